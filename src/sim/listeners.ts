/** The two SMP servers of a device as its ports meet them: the application's and the bootloader's. */

import { recoveryFeatures } from './recovery/releases.ts';
import { createRecoveryServer } from './recovery/server.ts';
import { createFileSystem } from './server/files.ts';
import { serverProfile } from './server/releases.ts';
import { createSmpServer } from './server/server.ts';
import { createSettingsStore } from './server/settings-store.ts';
import { recoveryFraming, zephyrFraming } from './port-hub.ts';
import { createShell } from './shell.ts';
import type { FlashArea } from './flash.ts';
import type { Hardware } from './hardware.ts';
import type { ActiveKnobs } from './knobs/active-knobs.ts';
import type { ImageStore } from './images/store.ts';
import type { Listener } from './port-hub.ts';
import type { SimProfile } from './profile.ts';
import type { RecoveryProfile } from './recovery/profile.ts';
import type { Answers } from './knobs/knob.ts';
import type { LogStore } from './server/log-store.ts';
import type { ServerProfile } from './server/profile.ts';
import type { Shell } from './shell.ts';

/** What of the device outlives a reset, beside flash. */
export interface DeviceMemory {
  readonly files: Map<string, Uint8Array>;
  readonly settings: Map<string, Uint8Array>;
  readonly log: LogStore;
  /** What the clock was set to, and the wall time then. */
  dateTime: { readonly set: number; readonly at: number } | undefined;
}

export interface ApplicationListenerOptions {
  readonly profile: SimProfile;
  readonly images: ImageStore;
  readonly knobs: ActiveKnobs;
  readonly storage: FlashArea | undefined;
  readonly memory: DeviceMemory;
  uptimeMs(): number;
  /** Wall time of the clock that drives the device. */
  wall(): number;
  requestReset(delayMs: number, boot: 'normal' | 'recovery'): void;
  /** What the shell's command does; undefined where it has none. */
  readonly confirm: (() => void) | undefined;
}

/** The server of an application that just came up; undefined when it has none. */
export function applicationListener(options: ApplicationListenerOptions): Listener | undefined {
  const { profile, memory, knobs } = options;
  if (profile.server === undefined) return undefined;
  const server = serverProfile(profile.server.profile, profile.server.overrides);
  logBoot(server, memory.log);
  const shell = shellOf(server, options);
  const smp = createSmpServer({
    profile: server,
    uptimeMs: () => options.uptimeMs(),
    dateTime: {
      get: () => (memory.dateTime === undefined ? undefined : memory.dateTime.set + options.wall() - memory.dateTime.at),
      set: (ms) => (memory.dateTime = { set: ms, at: options.wall() }),
    },
    requestReset: (delayMs, boot) => options.requestReset(delayMs, boot),
    images: options.images,
    shell,
    storage: options.storage,
    files: createFileSystem(server.files.mount, memory.files),
    settings: createSettingsStore(memory.settings),
    log: memory.log,
    wrapCommands: (commands) => knobs.wrap('commands', commands),
  });
  return {
    server: knobs.wrap('server', smp),
    answers: knobs.wrap('answers', plainAnswers),
    buffers: server.buffers,
    pollMs: server.lines.pollMs,
    requestUs: server.requestUs,
    framing: (kind, print) => {
      const framing = zephyrFraming(kind, { ...framingOptions(profile, server), print, execute: (line) => shell(line).output });
      return knobs.wrap('port', { kind, print, ...framing });
    },
  };
}

/** Each boot leaves an entry in the first log, where there is one. */
function logBoot({ log: { logs, modules, levels } }: ServerProfile, log: LogStore): void {
  const [name] = logs;
  if (name !== undefined) log.append(name, { timestamp: 0, level: levels['INFO'] ?? 0, module: modules['REBOOT'] ?? 0, message: 'boot' });
}

/** Answers go out at once, and what finds no buffer is forgotten. */
const plainAnswers: Answers = { send: (response, deliver) => deliver(response), overflow: () => undefined };

function framingOptions(profile: SimProfile, server: ServerProfile): Omit<Parameters<typeof zephyrFraming>[1], 'print' | 'execute'> {
  return {
    bufferSize: server.buffers.size,
    lineMax: server.lines.max,
    burst: server.lines.burst,
    datagramMax: profile.links.udp.datagramMax,
    ble: profile.links.ble,
  };
}

function shellOf(server: ServerProfile, options: ApplicationListenerOptions): Shell {
  const environment = {
    uptimeMs: () => options.uptimeMs(),
    kernelVersion: server.os.info?.version ?? 'unknown',
    reboot: () => options.requestReset(0, 'normal'),
    confirm: options.confirm,
  };
  return createShell(environment, { logLevel: server.shell.logLevelCommand });
}

export interface RecoveryListenerOptions {
  readonly hardware: Hardware;
  readonly profile: RecoveryProfile;
  readonly ram: Uint8Array | undefined;
  readonly knobs: ActiveKnobs;
  readonly memory: DeviceMemory;
  requestReset(delayMs: number): void;
}

/** The bootloader takes one packet after the other from its UART; what waits there is the UART's business. */
const recoveryBuffers = 16;
const recoveryRequestUs = 500;

export function recoveryListener(options: RecoveryListenerOptions): Listener {
  const { hardware, profile, ram, knobs, memory } = options;
  const { areas, config, storage } = hardware;
  const features = recoveryFeatures(profile);
  const storageErased = (): void => memory.settings.clear();
  const requestReset = (ms: number): void => options.requestReset(ms);
  return {
    server: knobs.wrap('recovery', createRecoveryServer({ areas, config, features, ram, storage, storageErased, requestReset })),
    answers: plainAnswers,
    buffers: { count: recoveryBuffers, exhausted: 'drop' },
    requestUs: recoveryRequestUs,
    framing: (kind) => recoveryFraming(kind, features),
  };
}
