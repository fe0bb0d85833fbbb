/** Which answers a knob is about: those of a command, and a share of them or the first few. */

import type { Rng } from '../../base/rng.ts';
import { checkedQuantity } from '../../base/measures.ts';
import { parsePercentage } from '../../base/quantities.ts';
import { decodeHeader } from '../../smp/header.ts';

export interface AnswerMatch {
  readonly group?: number;
  readonly command?: number;
  readonly share?: string;
  readonly count?: number;
}

/** Counts and draws: it is asked once for each answer. */
export function matcherOf({ group, command, share, count = Infinity }: AnswerMatch, rng: Rng): (response: Uint8Array) => boolean {
  const limit = share === undefined ? 1 : checkedQuantity(parsePercentage(share));
  let left = count;
  return (response) => {
    const header = decodeHeader(response);
    const meant = (group ?? header?.group) === header?.group && (command ?? header?.command) === header?.command;
    if (!meant || left === 0 || rng.float() >= limit) return false;
    left -= 1;
    return true;
  };
}
