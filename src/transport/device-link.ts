/** The symbolic link under which a serial face is found. It is replaced in one step, and removed only while it is ours. */

import { lstat, readlink, rename, rm, symlink } from 'node:fs/promises';
import { BootproofError } from '../base/errors.ts';
import { mendFor, openFailed, type Mends } from './link-errors.ts';

export interface DeviceLink {
  /** Leads to `device` from now on. Throws an infra error when the link cannot be made or a file has its name. */
  point(device: string): Promise<void>;
  remove(): Promise<void>;
}

const mends: Mends = {
  ENOENT: { code: 'link-folder-missing', hint: 'create the folder for the link first' },
  EACCES: { code: 'link-denied', hint: 'choose a link in a folder that you may write to' },
};

/** `name` is what messages call the face. A symbolic link that is there already is replaced: a killed run leaves one. */
export function createDeviceLink(path: string, name: string): DeviceLink {
  let target: string | undefined;
  return {
    point: async (device) => {
      const taken = await lstat(path).catch(() => undefined);
      if (taken?.isSymbolicLink() === false) throw linkTaken(name);
      try {
        await replaceLink(path, device);
      } catch (thrown) {
        throw openFailed(name, thrown, mendFor(thrown, mends));
      }
      target = device;
    },
    remove: async () => {
      const found = await readlink(path).catch(() => undefined);
      if (found !== undefined && found === target) await rm(path, { force: true });
    },
  };
}

async function replaceLink(path: string, device: string): Promise<void> {
  const next = `${path}.next`;
  await rm(next, { force: true });
  await symlink(device, next);
  await rename(next, path);
}

function linkTaken(name: string): BootproofError {
  return new BootproofError(`cannot open ${name}: a file that is no symbolic link has that name`, {
    fault: 'infra',
    code: 'link-taken',
    hint: 'choose another name, or remove the file that has it',
  });
}
