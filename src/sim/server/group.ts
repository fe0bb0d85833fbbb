/** The form of a command group: a table of handlers over state that lives as long as the application runs. */

import type { FlashArea } from '../flash.ts';
import type { Shell } from '../shell.ts';
import type { ImageStore } from '../images/store.ts';
import type { Answer } from './answer.ts';
import type { FieldReader } from './fields.ts';
import type { FileSystem } from './files.ts';
import type { LogStore } from './log-store.ts';
import type { ServerProfile } from './profile.ts';
import type { SettingsStore } from './settings-store.ts';

/** Takes the fields of the request; those that need none do not even look whether it has a map. */
export type Handler = (readFields: FieldReader) => Answer;

export interface Command {
  readonly read?: Handler;
  readonly write?: Handler;
}

export interface Group {
  readonly id: number;
  /** As the enumeration group names it. */
  readonly name: string;
  readonly commands: Readonly<Record<number, Command>>;
}

export type GroupFactory = (context: ServerContext) => Group;

/** What handlers may use of the device. */
export interface ServerContext {
  readonly profile: ServerProfile;
  /** Milliseconds since the application started. */
  uptimeMs(): number;
  /** Wall time of the device's clock, for os datetime; kept by the device over resets. */
  readonly dateTime: { get(): number | undefined; set(ms: number): void };
  /** Restarts the device after a delay; `recovery` asks the bootloader to stay. */
  requestReset(delayMs: number, boot: 'normal' | 'recovery'): void;
  readonly images: ImageStore | undefined;
  readonly shell: Shell;
  readonly storage: FlashArea | undefined;
  readonly files: FileSystem;
  readonly settings: SettingsStore;
  readonly log: LogStore;
  /** All groups built in, for the enumeration group. */
  groups(): readonly Group[];
}
