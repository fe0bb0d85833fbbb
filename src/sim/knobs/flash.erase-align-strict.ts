/** A flash driver that refuses to erase what does not begin and end at multiples of a unit, larger than a sector (field failure B2). */

import { bytesOf } from '../../base/measures.ts';
import type { Knob } from './knob.ts';

export const eraseAlignStrict: Knob<'flash.erase-align-strict'> = (size) => {
  const unit = bytesOf(size);
  return {
    flash: { write: ({ kind, at, length }) => (kind === 'erase' && (at % unit !== 0 || length % unit !== 0) ? 'fail' : 'proceed') },
  };
};
