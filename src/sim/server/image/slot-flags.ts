/** What the flags of a slot are, and whether it is in use: by the rules that the server has for it (smp.md 4.3, 4.6). */

import { nextBoot, slotInUse } from '../../images/next-boot.ts';
import { runningImage } from '../../images/store.ts';
import type { ImageStore } from '../../images/store.ts';
import type { ImageFeatures } from '../profile.ts';

export type SlotFlags = Readonly<Record<'pending' | 'confirmed' | 'active' | 'permanent', boolean>>;

export function slotFlags(store: ImageStore, slot: number, { slotRules }: ImageFeatures): SlotFlags {
  switch (slotRules) {
    case 'next-boot':
      return flagsByNextBoot(store, slot);
    case 'running-image':
      return flagsBySwapType(store, slot, store.activeSlot(slot >> 1));
    case 'slot-0':
      return flagsBySwapType(store, slot, store.activeSlot(runningImage));
  }
}

/** Whether a slot must not be erased or uploaded to. */
export function isInUse(store: ImageStore, slot: number, features: ImageFeatures): boolean {
  if (features.slotRules === 'next-boot') return slotInUse(store, slot, features);
  const { active, confirmed, pending } = slotFlags(store, slot, features);
  return active || confirmed || pending;
}

function flagsByNextBoot(store: ImageStore, slot: number): SlotFlags {
  const image = slot >> 1;
  const active = store.activeSlot(image);
  const next = nextBoot(store, image);
  if (slot === active) return { active: true, confirmed: next.type !== 'revert', pending: false, permanent: false };
  const moves = next.slot !== active;
  return {
    active: false,
    confirmed: moves && next.type === 'revert',
    pending: moves && next.type !== 'revert',
    permanent: moves && next.type === 'normal',
  };
}

/** `current` is the slot that has the flags of a primary; all others of the image have those of a secondary, even its primary. */
function flagsBySwapType(store: ImageStore, slot: number, current: number): SlotFlags {
  const type = store.swapType(slot >> 1);
  const isCurrent = slot === current;
  return {
    active: slot === store.activeSlot(runningImage),
    confirmed: isCurrent ? type !== 'revert' : type === 'revert',
    pending: !isCurrent && (type === 'test' || type === 'perm'),
    permanent: !isCurrent && type === 'perm',
  };
}
