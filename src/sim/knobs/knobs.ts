/** What is wrong with a simulated device on purpose, so that scenarios can be proven to catch it. Each knob wraps the part that it spoils. */

import { withAutoPending } from './auto-pending.ts';
import { withFastWrites } from './fast-writes.ts';
import { withLostConfirm } from './lost-confirm.ts';
import type { FastWritesContext, FastWritesKnob } from './fast-writes.ts';
import type { ImageStore } from '../images/store.ts';

/** A knob that is absent is off; a healthy device has none. */
export interface SimKnobs {
  readonly autoPending?: boolean;
  readonly fastWrites?: FastWritesKnob;
  readonly lostConfirm?: boolean;
}

/** The image store that the application's server gets in place of `store`. */
export function withKnobs(store: ImageStore, knobs: SimKnobs, context: FastWritesContext): ImageStore {
  let sick = store;
  if (knobs.fastWrites !== undefined) sick = withFastWrites(sick, knobs.fastWrites, context);
  if (knobs.autoPending === true) sick = withAutoPending(sick);
  if (knobs.lostConfirm === true) sick = withLostConfirm(sick);
  return sick;
}
