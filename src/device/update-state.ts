/** Where the update of one image stands, by the names that the field uses for it, as an image list tells it (dfu-clients.md 1.4). */

import type { ListedImage } from './images.ts';

export type UpdateState = 'normal' | 'test' | 'permanent' | 'revert' | 'stuck';

type Flags = Pick<ListedImage, 'active' | 'confirmed' | 'pending' | 'permanent'>;

/** What the slots of one image ask of the next boot. */
export function requestOf(slots: readonly Flags[]): 'none' | 'test' | 'permanent' {
  if (slots.some(({ permanent }) => permanent)) return 'permanent';
  return slots.some(({ pending }) => pending) ? 'test' : 'none';
}

/** The state of one image by its slots. Undefined when none of them is active: serial recovery and some lists tell no flags. */
export function updateStateOf(slots: readonly Flags[], isStuck: boolean): UpdateState | undefined {
  const active = slots.find((slot) => slot.active);
  if (active === undefined) return undefined;
  const request = requestOf(slots);
  if (request !== 'none') return isStuck ? 'stuck' : request;
  return active.confirmed ? 'normal' : 'revert';
}
