/** The firmware that a bootloader started: what it prints, whether it confirms itself, and how it fails. */

import { listedVersion } from './images/info.ts';
import type { Timer } from '../base/clock.ts';
import type { BootedImage } from './bootloader/index.ts';
import type { ApplicationBehaviour, ApplicationProfile, ResetKind } from './profile.ts';

export interface ApplicationHost {
  /** Calls `work` after `ms`, unless the application is gone by then. */
  after(ms: number, what: string, work: () => void): Timer;
  print(line: string): void;
  /** The application is up and its server answers. */
  up(behaviour: ApplicationBehaviour): void;
  confirm(): void;
  /** It stopped for good, or restarts the device. */
  failed(how: 'dead' | 'restart'): void;
}

/** From an assertion to the restart that follows it. */
const restartMs = 5;

export interface ApplicationStart {
  readonly image: BootedImage;
  readonly reset: ResetKind;
}

/** Starts the application. Everything it does later goes through `host`. */
export function startApplication(profile: ApplicationProfile, start: ApplicationStart, host: ApplicationHost): void {
  const behaviour = behaviourOf(profile, start.image);
  host.after(profile.startMs, 'application starts', () => {
    for (const line of profile.lines) host.print(line);
    if (behaviour.fault?.resets?.includes(start.reset) !== false) failLater(behaviour, host);
    host.after(profile.serverMs, 'application sets up its server', () => {
      host.up(behaviour);
      confirmLater(behaviour, host);
    });
  });
}

function behaviourOf(profile: ApplicationProfile, image: BootedImage): ApplicationBehaviour {
  return { ...profile, ...profile.versions?.[listedVersion(image.version)] };
}

function confirmLater({ confirm }: ApplicationBehaviour, host: ApplicationHost): void {
  if (confirm === 'at-boot') host.confirm();
  else if (typeof confirm === 'object') host.after(confirm.afterMs, 'application confirms itself', () => host.confirm());
}

function failLater({ fault }: ApplicationBehaviour, host: ApplicationHost): void {
  if (fault === undefined) return;
  host.after(fault.afterMs, `application's ${fault.kind}`, () => {
    if (fault.kind === 'hang') return host.failed('dead');
    for (const line of fault.lines ?? []) host.print(line);
    if (!fault.restart) return host.failed('dead');
    host.failed('dead');
    host.after(restartMs, 'application restarts', () => host.failed('restart'));
  });
}
