/** Two servers on one port: another board, of the same make and with empty slots, hears and answers every request as well, and is the quicker of the two. */

import { createHardware } from '../hardware.ts';
import { createDeviceStore } from '../images/device-store.ts';
import { createFileSystem } from '../server/files.ts';
import { createLogStore } from '../server/log-store.ts';
import { serverProfile } from '../server/releases.ts';
import { createSmpServer } from '../server/server.ts';
import { createSettingsStore } from '../server/settings-store.ts';
import { createShell } from '../shell.ts';
import type { SmpServer } from '../server/server.ts';
import type { Knob, KnobContext } from './knob.ts';

export const twoServers: Knob<'endpoint.two-servers'> = (on, context) => {
  if (!on) return {};
  let other: SmpServer | undefined;
  return {
    server: (server) => ({
      ...server,
      handle: (packet, output) => {
        other ??= otherServer(context);
        other?.handle(packet, output);
        server.handle(packet, output);
      },
    }),
  };
};

/** All groups of the device's own server, over slots, settings and files of its own. Nobody resets it. */
function otherServer({ clock, device: { profile } }: KnobContext): SmpServer | undefined {
  if (profile.server === undefined) return undefined;
  const server = serverProfile(profile.server.profile, profile.server.overrides);
  const hardware = createHardware(profile);
  const uptimeMs = (): number => clock.now();
  const kernelVersion = server.os.info?.version ?? 'unknown';
  const nothing = (): void => undefined;
  return createSmpServer({
    profile: server,
    uptimeMs,
    dateTime: { get: () => undefined, set: nothing },
    requestReset: nothing,
    images: createDeviceStore({ hardware, bootedSlot: 'primary', loader: false, memory: { upload: undefined }, damage: (data) => data }),
    shell: createShell({ uptimeMs, kernelVersion, reboot: nothing, confirm: undefined }, { logLevel: server.shell.logLevelCommand }),
    storage: hardware.storage,
    files: createFileSystem(server.files.mount, new Map()),
    settings: createSettingsStore(new Map()),
    log: createLogStore(),
  });
}
