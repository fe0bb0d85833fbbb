/** Firmware with more attributes in front of SMP's than the one before: after an update, handles that a client remembered are wrong. */

import { shiftHandles } from '../ble/gatt-database.ts';
import type { Knob } from './knob.ts';
import { createSwapWatch } from './swap-watch.ts';

export const handlesShift: Knob<'gatt.handles-shift'> = (by, { device }) => {
  const watch = createSwapWatch(device);
  return {
    state: (state) => watch.state(state),
    radio: (radio) => ({
      ...radio,
      database: (own) => (watch.swapped ? shiftHandles(radio.database(own), by) : radio.database(own)),
    }),
  };
};
