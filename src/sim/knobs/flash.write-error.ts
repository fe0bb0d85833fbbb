/** A flash chip whose operations fail: with an error, or unnoticed and half done. */

import { failingOperations } from '../flash/disturbances.ts';
import { rangeOf } from './flash-range.ts';
import type { Knob } from './knob.ts';

export const writeError: Knob<'flash.write-error'> = ({ kinds = ['program'], fate = 'fail', count = Infinity, ...place }, { device }) => {
  let left = count;
  const when = (): boolean => {
    if (left === 0) return false;
    left -= 1;
    return true;
  };
  return { flash: failingOperations({ range: rangeOf(place, device), kinds, fate, when }) };
};
