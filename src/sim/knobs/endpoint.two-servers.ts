/** Two servers on one port: another one, without images, hears and answers every request as well, and is the quicker of the two. */

import { createFileSystem } from '../server/files.ts';
import { createLogStore } from '../server/log-store.ts';
import { serverProfile } from '../server/releases.ts';
import { createSmpServer } from '../server/server.ts';
import { createSettingsStore } from '../server/settings-store.ts';
import { createShell } from '../shell.ts';
import { groupNumbers } from '../../smp/codes.ts';
import type { SmpServer } from '../server/server.ts';
import type { Knob, KnobContext } from './knob.ts';

export const twoServers: Knob<'endpoint.two-servers'> = (on, context) => {
  if (!on) return {};
  const other = osServer(context);
  return {
    server: (server) => ({
      ...server,
      handle: (packet, output) => {
        other.handle(packet, output);
        server.handle(packet, output);
      },
    }),
  };
};

function osServer({ clock }: KnobContext): SmpServer {
  const uptimeMs = (): number => clock.now();
  const nothing = (): void => undefined;
  return createSmpServer({
    profile: serverProfile('z4.4', { groups: [groupNumbers.os] }),
    uptimeMs,
    dateTime: { get: () => undefined, set: nothing },
    requestReset: nothing,
    images: undefined,
    shell: createShell({ uptimeMs, kernelVersion: '4.4.0', reboot: nothing, confirm: undefined }, { logLevel: false }),
    storage: undefined,
    files: createFileSystem('/', new Map()),
    settings: createSettingsStore(new Map()),
    log: createLogStore(),
  });
}
