/** Commands of the settings group (smp.md 3.4). Writes are not repeated by themselves: a handler may act on each. */

import { groupNumbers } from '../codes.ts';
import { byteString, count, nothing, optional, required } from '../fields.ts';
import type { SmpCommand } from '../message.ts';

const group = groupNumbers.settings;

export interface SettingsReadRequest {
  readonly name: string;
  /** Bytes that are wanted at most. */
  readonly sizeMax?: number | undefined;
}

export interface SettingsReadReply {
  readonly value: Uint8Array;
  /** The server's own limit, present when more was asked for. */
  readonly sizeMax: number | undefined;
}

export const settingsRead: SmpCommand<SettingsReadRequest, SettingsReadReply> = {
  name: 'settings read',
  group,
  command: 0,
  op: 'read',
  idempotent: true,
  encode: (request) => ({ name: request.name, max_size: request.sizeMax }),
  decode: (reply) => ({ value: required(reply, 'val', byteString), sizeMax: optional(reply, 'max_size', count) }),
};

export const settingsWrite: SmpCommand<{ readonly name: string; readonly value: Uint8Array }, void> = {
  name: 'settings write',
  group,
  command: 0,
  op: 'write',
  idempotent: false,
  encode: (request) => ({ name: request.name, val: request.value }),
  decode: nothing,
};

export const settingsDelete: SmpCommand<{ readonly name: string }, void> = {
  name: 'settings delete',
  group,
  command: 1,
  op: 'write',
  idempotent: false,
  encode: (request) => ({ name: request.name }),
  decode: nothing,
};

export const settingsCommit: SmpCommand<void, void> = {
  name: 'settings commit',
  group,
  command: 2,
  op: 'write',
  idempotent: false,
  encode: () => ({}),
  decode: nothing,
};

export const settingsLoad: SmpCommand<void, void> = {
  name: 'settings load',
  group,
  command: 3,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: nothing,
};

/** `name` restricts it to one subtree, on the newest servers only. */
export const settingsSave: SmpCommand<{ readonly name?: string | undefined }, void> = {
  name: 'settings save',
  group,
  command: 3,
  op: 'write',
  idempotent: false,
  encode: (request) => ({ name: request.name }),
  decode: nothing,
};
