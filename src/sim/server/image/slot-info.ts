/** Slot info: sizes of all slots and where uploads may go (smp.md 3.2, command 6). */

import { answerMap, mapOf } from '../answer.ts';
import type { ImageStore } from '../../images/store.ts';
import type { Answer, Entries } from '../answer.ts';
import type { ImageFeatures } from '../profile.ts';

/** The error that opening a missing flash area gives. */
const noSuchArea = -2;

export function slotInfo(store: ImageStore, features: ImageFeatures): Answer {
  const images = Array.from({ length: store.count }, (_, image) => {
    const slots = [image * 2, image * 2 + 1].map((slot) => mapOf(['slot', slot % 2], ...slotEntries(store, slot, features)));
    return mapOf(['image', image], ['slots', slots], ...maxSize(store, image, features));
  });
  return answerMap(['images', images]);
}

function slotEntries(store: ImageStore, slot: number, features: ImageFeatures): Entries {
  const area = store.area(slot);
  if (area === undefined) return [['rc', noSuchArea]];
  const size = ['size', area.size] as const;
  if (features.directUpload) return [size, ['upload_image_id', slot + 1]];
  return slot === store.activeSlot(slot >> 1) ? [size] : [size, ['upload_image_id', slot >> 1]];
}

function maxSize(store: ImageStore, image: number, features: ImageFeatures): Entries {
  if (features.footerSize === undefined) return [];
  const sizes = [image * 2, image * 2 + 1].map((slot) => store.area(slot)?.size ?? Infinity);
  return [['max_image_size', Math.min(...sizes) - features.footerSize]];
}
