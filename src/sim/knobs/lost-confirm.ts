/**
 * Knob: an application whose confirm goes nowhere, because it takes the trailer to be somewhere else than the bootloader
 * does. The answer is a success, and the image stays on trial.
 */

import type { ImageStore } from '../images/store.ts';

export function withLostConfirm(store: ImageStore): ImageStore {
  return { ...store, setNext: (slot, options) => (options.active && options.confirm ? 0 : store.setNext(slot, options)) };
}
