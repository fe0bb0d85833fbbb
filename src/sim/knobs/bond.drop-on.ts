/** A board that loses the keys of its bond with the central, while the central keeps its own: links end when they are encrypted. */

import type { Knob } from './knob.ts';
import { createSwapWatch } from './swap-watch.ts';

export const dropOn: Knob<'bond.drop-on'> = (event, { device }) => {
  const watch = createSwapWatch(device);
  let erased = false;
  const lost = (): boolean => (event === 'swap' ? watch.swapped : erased);
  return {
    state: (state) => watch.state(state),
    radio: (radio) => ({ ...radio, hasKeys: () => !lost() && radio.hasKeys() }),
    flash: {
      write: ({ kind, flash, at }) => {
        const { storage } = device.profile;
        if (kind === 'erase' && storage?.flash === flash && at >= storage.offset && at < storage.offset + storage.size) erased = true;
        return 'proceed';
      },
    },
  };
};
