/** Which slot an upload goes to (smp.md 4.6). */

import { oppositeSlot } from '../../images/store.ts';
import { isInUse } from './slot-flags.ts';
import type { ImageStore } from '../../images/store.ts';
import type { ImageFeatures } from '../profile.ts';

/**
 * The raw slot for `image` of an upload; undefined when it is in use. A number beyond all slots is returned as it is:
 * opening it fails later. Before Zephyr 3.5 the secondary slot of a second image was never found to be in use.
 */
export function freeSlot(store: ImageStore, image: number, features: ImageFeatures): number | undefined {
  const free = (slot: number): boolean => !isInUse(store, slot, features);
  if (store.count > 1 && features.slotRules !== 'next-boot') return [free(1) ? 1 : undefined, 3][image];
  if (store.count > 1) {
    const slot = oppositeSlot(store.activeSlot(image));
    return free(slot) ? slot : undefined;
  }
  if (!features.directUpload || image === 0) return [0, 1].find((slot) => store.area(slot) !== undefined && free(slot));
  const slot = image - 1;
  return slot < 2 && !free(slot) ? undefined : slot;
}
