/** A UART that log output shares with SMP without a lock: text gets into the middle of frames. */

import { concatBytes, utf8 } from '../../base/bytes.ts';
import { matcherOf } from './answer-match.ts';
import type { Knob } from './knob.ts';
import { uartHooks } from './uart-hooks.ts';

const textDefault = '[00:00:12.345,000] <inf> app: alive\r\n';

export const interleave: Knob<'serial.interleave'> = ({ text = textDefault, ...match }, { rng }) => {
  const isMeant = matcherOf(match, rng);
  return uartHooks((port) => ({
    frame: (response) => {
      const pieces = port.frame(response);
      return isMeant(response) ? pieces.map((piece) => within(piece, 1 + rng.below(piece.length - 1), utf8(text))) : pieces;
    },
  }));
};

function within(piece: Uint8Array, at: number, text: Uint8Array): Uint8Array {
  return concatBytes([piece.subarray(0, at), text, piece.subarray(at)]);
}
