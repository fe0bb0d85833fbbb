/** A part of a chip as knobs name it. */

import { BootproofError } from '../../base/errors.ts';
import { bytesOf } from '../../base/measures.ts';
import type { FlashRange } from '../flash/disturbances.ts';
import type { KnobDevice } from './knob.ts';

export interface WrittenRange {
  readonly flash?: string;
  readonly from?: string | number;
  readonly to?: string | number;
}

/** Throws an input error for a chip that the device does not have: the knob would do nothing. */
export function rangeOf({ flash, from, to }: WrittenRange, { profile }: Pick<KnobDevice, 'profile'>): FlashRange {
  const chips = profile.flash.map(({ name }) => name);
  if (flash !== undefined && !chips.includes(flash)) {
    const hint = `it has ${chips.join(', ')}`;
    throw new BootproofError(`the device ${profile.name} has no flash chip "${flash}"`, { fault: 'input', code: 'chip-unknown', hint });
  }
  return { flash, from: from === undefined ? undefined : bytesOf(from), to: to === undefined ? undefined : bytesOf(to) };
}
