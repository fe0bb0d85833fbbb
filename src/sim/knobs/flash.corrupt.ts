/**
 * A flash chip that stores wrong bits and reports success, such as the SPI controller of field report S2 that corrupts what
 * it sends while the radio is busy (nRF52840 anomaly 198): always, in a range, or only when data comes in too fast.
 */

import { bytesPerSecondOf } from '../../base/measures.ts';
import { bitErrors } from '../flash/disturbances.ts';
import { rangeOf } from './flash-range.ts';
import type { Knob } from './knob.ts';
import { createWriteRate } from './write-rate.ts';

const bytesPerErrorDefault = 4 * 1024;

export const corrupt: Knob<'flash.corrupt'> = (value, { clock, rng, device }) => {
  const { 'write-rate': limit, 'bytes-per-error': bytesPerError = bytesPerErrorDefault } = value;
  const range = rangeOf(value, device);
  if (limit === undefined) return { flash: bitErrors({ range, rng, bytesPerError }) };
  const rate = createWriteRate(clock);
  const safeRate = bytesPerSecondOf(limit);
  // The bootloader copies at any speed: nothing disturbs the bus while it runs.
  const when = ({ length }: { readonly length: number }): boolean => {
    if (device.state !== 'running') return false;
    rate.add(length);
    return rate.isAbove(safeRate);
  };
  return { flash: bitErrors({ range, rng, bytesPerError, when }) };
};
