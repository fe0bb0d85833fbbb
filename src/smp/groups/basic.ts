/** The command of Zephyr's basic group (smp.md 3.10). */

import { groupNumbers } from '../codes.ts';
import { nothing } from '../fields.ts';
import type { SmpCommand } from '../message.ts';

/** Erases the whole storage partition, settings and bonds with it. */
export const basicEraseStorage: SmpCommand<void, void> = {
  name: 'zephyr-basic erase storage',
  group: groupNumbers['zephyr-basic'],
  command: 0,
  op: 'write',
  idempotent: false,
  encode: () => ({}),
  decode: nothing,
};
