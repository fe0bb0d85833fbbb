/** A board that goes by another address once another image runs: a client that wants the old one never finds it. */

import type { Knob } from './knob.ts';
import { createSwapWatch } from './swap-watch.ts';

export const rotate: Knob<'addr.rotate'> = (on, { device }) => {
  const watch = createSwapWatch(device);
  return {
    state: (state) => watch.state(state),
    radio: (radio) => ({
      ...radio,
      address: (own) => {
        const address = radio.address(own);
        return on && watch.swapped ? next(address) : address;
      },
    }),
  };
};

/** One higher in its lowest byte, which is the first; the bits that say "static random" are in the last one. */
function next(address: Uint8Array): Uint8Array {
  return Uint8Array.of((address[0] ?? 0) + 1, ...address.subarray(1));
}
