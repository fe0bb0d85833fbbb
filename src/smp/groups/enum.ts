/** Commands of the enumeration group (smp.md 3.9): which groups a server has. */

import type { CborMap } from '../cbor.ts';
import { groupNumbers } from '../codes.ts';
import { count, flag, listOf, map, optional, required, text } from '../fields.ts';
import type { SmpCommand } from '../message.ts';

const group = groupNumbers.enum;

export const enumCount: SmpCommand<void, { readonly count: number }> = {
  name: 'enum count',
  group,
  command: 0,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => ({ count: required(reply, 'count', count) }),
};

export const enumList: SmpCommand<void, { readonly groups: readonly number[] }> = {
  name: 'enum list',
  group,
  command: 1,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => ({ groups: required(reply, 'groups', listOf(count)) }),
};

/** `end` is true on the last group. */
export const enumSingle: SmpCommand<{ readonly index?: number | undefined }, { readonly group: number; readonly end: boolean }> = {
  name: 'enum single',
  group,
  command: 2,
  op: 'read',
  idempotent: true,
  encode: (request) => ({ index: request.index }),
  decode: (reply) => ({ group: required(reply, 'group', count), end: flag(reply, 'end') }),
};

export interface GroupDetails {
  readonly group: number;
  readonly name: string | undefined;
  /** Number of commands. */
  readonly handlers: number | undefined;
}

/** Without `groups` all are described. */
export const enumDetails: SmpCommand<{ readonly groups?: readonly number[] | undefined }, { readonly groups: readonly GroupDetails[] }> = {
  name: 'enum details',
  group,
  command: 3,
  op: 'read',
  idempotent: true,
  encode: (request) => ({ groups: request.groups }),
  decode: (reply) => ({ groups: required(reply, 'groups', listOf(map)).map(readDetails) }),
};

function readDetails(entry: CborMap): GroupDetails {
  return {
    group: required(entry, 'group', count),
    name: optional(entry, 'name', text),
    handlers: optional(entry, 'handlers', count),
  };
}
