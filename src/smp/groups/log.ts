/** Commands of the log group (smp.md 3.5), which only Mynewt has. */

import type { CborMap } from '../cbor.ts';
import { groupNumbers } from '../codes.ts';
import { byteString, count, integer, listOf, map, named, nothing, optional, required, text } from '../fields.ts';
import type { SmpCommand } from '../message.ts';

const group = groupNumbers.log;

export interface LogShowRequest {
  /** All logs when absent. */
  readonly log?: string | undefined;
  /** The first entry that is wanted. */
  readonly index?: number | undefined;
}

export interface LoggedEntry {
  readonly index: number;
  /** Microseconds, of whichever clock the device has. */
  readonly timestamp: number;
  readonly level: number;
  readonly module: number;
  readonly message: Uint8Array;
}

export interface Log {
  readonly name: string;
  readonly entries: readonly LoggedEntry[];
}

export interface LogShowReply {
  /** What the next entry will be numbered. */
  readonly nextIndex: number;
  readonly logs: readonly Log[];
}

export const logShow: SmpCommand<LogShowRequest, LogShowReply> = {
  name: 'log show',
  group,
  command: 0,
  op: 'read',
  idempotent: true,
  encode: (request) => ({ log_name: request.log, ts: 0, index: request.index }),
  decode: (reply) => ({ nextIndex: required(reply, 'next_index', count), logs: required(reply, 'logs', listOf(map)).map(readLog) }),
};

function readLog(log: CborMap): Log {
  return { name: required(log, 'name', text), entries: required(log, 'entries', listOf(map)).map(readEntry) };
}

/** Devices differ in the keys of an entry: those that are missing count as 0. */
function readEntry(entry: CborMap): LoggedEntry {
  return {
    index: optional(entry, 'index', count) ?? 0,
    timestamp: optional(entry, 'ts', integer) ?? 0,
    level: optional(entry, 'level', count) ?? 0,
    module: optional(entry, 'module', count) ?? 0,
    message: required(entry, 'msg', byteString),
  };
}

/** All logs, or the one that is named. */
export const logClear: SmpCommand<{ readonly log?: string | undefined }, void> = {
  name: 'log clear',
  group,
  command: 1,
  op: 'write',
  idempotent: true,
  encode: (request) => ({ log_name: request.log }),
  decode: nothing,
};

export interface NamedNumber {
  readonly name: string;
  readonly value: number;
}

export const logModules: SmpCommand<void, { readonly modules: readonly NamedNumber[] }> = {
  name: 'log modules',
  group,
  command: 3,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => ({ modules: named(required(reply, 'module_map', map), count) }),
};

export const logLevels: SmpCommand<void, { readonly levels: readonly NamedNumber[] }> = {
  name: 'log levels',
  group,
  command: 4,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => ({ levels: named(required(reply, 'level_map', map), count) }),
};

export const logList: SmpCommand<void, { readonly names: readonly string[] }> = {
  name: 'log list',
  group,
  command: 5,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => ({ names: required(reply, 'log_list', listOf(text)) }),
};
