/**
 * A server that marks an upload pending by itself after the last chunk, before anything has looked at the image. Field
 * report S5: a patch for clients that cannot do it. What bootutil refuses leaks out as the code of the answer.
 */

import type { Knob } from './knob.ts';

export const autopend: Knob<'upload.autopend'> = (on) =>
  on ? { store: (store) => ({ ...store, uploaded: (slot) => store.setNext(slot, { active: false, confirm: false }) }) } : {};
