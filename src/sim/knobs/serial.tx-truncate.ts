/** A UART whose send buffer is too small: what of an answer's frame does not fit is never sent, its newline included. */

import { concatBytes } from '../../base/bytes.ts';
import { bytesOf } from '../../base/measures.ts';
import type { Knob } from './knob.ts';
import { uartHooks } from './uart-hooks.ts';

export const txTruncate: Knob<'serial.tx-truncate'> = (limit) =>
  uartHooks((port) => ({ frame: (response) => [concatBytes(port.frame(response)).subarray(0, bytesOf(limit))] }));
