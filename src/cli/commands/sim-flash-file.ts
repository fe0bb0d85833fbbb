/**
 * The file that a simulated device keeps its flash in. It is replaced as a whole, so that it holds the flash of one
 * moment whatever happens to the process; what a killed process loses is the last `saveEveryMs`.
 */

import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { equalBytes } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import { BootproofError, messageOf, systemCodeOf } from '../../base/errors.ts';
import type { SimDevice } from '../../sim/device.ts';
import type { SimProfile } from '../../sim/profile.ts';
import { fileError } from '../problems.ts';

const saveEveryMs = 500;

/** The contents of all chips; undefined when there is no such file yet. Rejects with an input error for a file of another size. */
export async function readFlashFile(path: string, profile: SimProfile): Promise<Uint8Array | undefined> {
  const expected = flashSize(profile);
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size !== expected)
      throw wrongSize(path, found.isFile() ? `has ${found.size} bytes` : 'is no file', profile);
    return await readFile(path);
  } catch (thrown) {
    if (systemCodeOf(thrown) === 'ENOENT') return undefined;
    throw thrown instanceof BootproofError ? thrown : fileError(`cannot read ${path}`, thrown);
  }
}

function flashSize({ flash }: SimProfile): number {
  return flash.flatMap(({ sectors }) => sectors).reduce((total, [size, count]) => total + size * count, 0);
}

function wrongSize(path: string, what: string, profile: SimProfile): BootproofError {
  return new BootproofError(`${path} ${what}, but the flash of ${profile.name} has ${flashSize(profile)} bytes`, {
    fault: 'input',
    code: 'flash-file-size',
    hint: 'give the profile that the file was made with, or another file; one that does not exist is made',
  });
}

export interface KeptFlash {
  /** Saves once more. Rejects with an infra error when that failed now or before. */
  close(): Promise<void>;
}

export interface KeepOptions {
  readonly device: SimDevice;
  readonly clock: Clock;
  /** The file cannot be written any more. */
  readonly failed: (error: unknown) => void;
}

/** Saves now, whenever the device changes its state, and every `saveEveryMs`; only what changed. Rejects with an infra error when the file cannot be written. */
export async function keepFlash(path: string, { device, clock, failed }: KeepOptions): Promise<KeptFlash> {
  let saved: Uint8Array = new Uint8Array();
  const saveChanges = async (): Promise<void> => {
    const contents = device.flashImage();
    if (equalBytes(contents, saved)) return;
    await replaceFile(path, contents);
    saved = contents;
  };

  // At most one save waits behind the one that is being done. After a failure there are no more.
  let working = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const save = (): Promise<void> =>
    (waiting ??= working.then(() => {
      waiting = undefined;
      return (working = saveChanges());
    }));
  await save();

  const saveAside = (): void => void save().catch(failed);
  const again = (): void => {
    saveAside();
    timer = clock.arm(saveEveryMs, 'keeping the flash', again);
  };
  let timer = clock.arm(saveEveryMs, 'keeping the flash', again);
  const stopWatching = device.onState(saveAside);
  return {
    close: () => {
      timer.cancel();
      stopWatching();
      return save();
    },
  };
}

/** Writes beside, then puts it in place in one step. */
async function replaceFile(path: string, contents: Uint8Array): Promise<void> {
  const next = `${path}.next`;
  try {
    await writeFile(next, contents, { flush: true });
    await rename(next, path);
  } catch (cause) {
    // The first error is the one that matters.
    await rm(next, { force: true }).catch(() => undefined);
    throw new BootproofError(`cannot keep the flash in ${path}: ${messageOf(cause)}`, {
      fault: 'infra',
      code: 'flash-file-unwritable',
      hint: 'choose a file in a folder that exists, has room, and may be written to',
      cause,
    });
  }
}
