/** Whether the application that runs is another one than when a knob was turned: what an update changes begins then. */

import { equalBytes } from '../../base/bytes.ts';
import { readImageInfo } from '../images/info.ts';
import type { SimState } from '../device.ts';
import type { KnobDevice } from './knob.ts';

export interface SwapWatch {
  readonly swapped: boolean;
  /** Told each change of the device's state. */
  state(state: SimState): void;
}

export function createSwapWatch(device: KnobDevice): SwapWatch {
  let first: Uint8Array | undefined;
  let swapped = false;
  const runningHash = (): Uint8Array | undefined => {
    const { store } = device;
    const info = readImageInfo(store, store.activeSlot(0));
    return typeof info === 'string' ? undefined : info.hash;
  };
  return {
    get swapped() {
      return swapped;
    },
    state: (state) => {
      if (state !== 'running') return;
      const hash = runningHash();
      first ??= hash;
      swapped = first !== undefined && hash !== undefined && !equalBytes(first, hash);
    },
  };
}
