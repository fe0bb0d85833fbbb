/** A part of a chip as knobs name it. */

import { bytesOf } from '../../base/measures.ts';
import type { FlashRange } from '../flash/disturbances.ts';

export interface WrittenRange {
  readonly flash?: string;
  readonly from?: string | number;
  readonly to?: string | number;
}

export function rangeOf({ flash, from, to }: WrittenRange): FlashRange {
  return { flash, from: from === undefined ? undefined : bytesOf(from), to: to === undefined ? undefined : bytesOf(to) };
}
