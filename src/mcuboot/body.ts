/** Bodies for images that are built without a real application. */

import type { Rng } from '../base/rng.ts';

/** Offset of a vector's slot in the table of a Cortex-M; the others are reserved and zero. */
const handlers: readonly number[] = [1, 2, 3, 4, 5, 6, 11, 12, 14, 15];
const tableWords = 16;

/**
 * `size` random bytes behind the vector table of a Cortex-M application that is linked to run at `address`, so that tools which
 * look at the stack pointer and the reset vector believe it.
 */
export function generateBody(size: number, rng: Rng, address = 0xc200): Uint8Array {
  const body = rng.bytes(size);
  const table = new Uint8Array(tableWords * 4);
  const view = new DataView(table.buffer);
  view.setUint32(0, 0x2000_8000, true);
  for (const handler of handlers) view.setUint32(handler * 4, (address + table.length) | 1, true);
  body.set(table.subarray(0, size));
  return body;
}
