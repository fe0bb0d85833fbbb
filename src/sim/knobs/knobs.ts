/** What is wrong with a simulated device on purpose, so that scenarios can be proven to catch it. Each knob wraps the part that it spoils. */

import { withAutoPending } from './auto-pending.ts';
import { withFastWrites } from './fast-writes.ts';
import type { FastWritesContext, FastWritesKnob } from './fast-writes.ts';
import type { ImageStore } from '../images/store.ts';

/** A knob that is absent is off; a healthy device has none. */
export interface SimKnobs {
  readonly fastWrites?: FastWritesKnob;
  readonly autoPending?: boolean;
}

/** The image store that the application's server gets in place of `store`. */
export function withKnobs(store: ImageStore, { fastWrites, autoPending }: SimKnobs, context: FastWritesContext): ImageStore {
  const stored = fastWrites === undefined ? store : withFastWrites(store, fastWrites, context);
  return autoPending === true ? withAutoPending(stored) : stored;
}
