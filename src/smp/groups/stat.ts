/** Commands of the statistics group (smp.md 3.3). */

import { groupNumbers } from '../codes.ts';
import { listOf, map, named, required, text, wideInteger } from '../fields.ts';
import type { SmpCommand } from '../message.ts';

const group = groupNumbers.stat;

export interface Statistics {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly value: number | bigint }[];
}

export const statShow: SmpCommand<{ readonly name: string }, Statistics> = {
  name: 'stat show',
  group,
  command: 0,
  op: 'read',
  idempotent: true,
  encode: (request) => ({ name: request.name }),
  decode: (reply) => ({ name: required(reply, 'name', text), fields: named(required(reply, 'fields', map), wideInteger) }),
};

export const statList: SmpCommand<void, { readonly names: readonly string[] }> = {
  name: 'stat list',
  group,
  command: 1,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => ({ names: required(reply, 'stat_list', listOf(text)) }),
};
