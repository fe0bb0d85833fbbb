/**
 * An application that takes its trailers to be somewhere else than the bootloader does (field failures C8 and C9): what it
 * asks for is answered with success, and lands where nobody looks.
 */

import { bytesOf } from '../../base/measures.ts';
import { bootConfig, setNext } from '../bootloader/index.ts';
import type { FlashArea } from '../flash.ts';
import type { Knob } from './knob.ts';

export const trailerOffsetDelta: Knob<'app.trailer-offset-delta'> = (written, { device }) => {
  const deltaOf = (slot: number): number => bytesOf(written[slot % 2 === 0 ? 'primary' : 'secondary'] ?? 0);
  return {
    store: (store) => ({
      ...store,
      setNext: (slot, options) => {
        const area = store.area(slot);
        if (area === undefined || deltaOf(slot) === 0) return store.setNext(slot, options);
        return setNext(lowered(area, deltaOf(slot)), bootConfig(device.profile.bootloader.config), { ...options, image: slot >> 1 });
      },
    }),
  };
};

/** The slot with its end lower: what is programmed lands below the trailer. What is read is the real one. */
function lowered(area: FlashArea, delta: number): FlashArea {
  return { ...area, program: (offset, bytes) => area.program(offset - delta, bytes) };
}
