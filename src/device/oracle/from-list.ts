/** Image states from an image list, as far as the board tells them. */

import { toHex } from '../../base/bytes.ts';
import { compareVersions } from '../../mcuboot/version.ts';
import { requestOf } from '../update-state.ts';
import { readListedVersion } from './versions.ts';
import type { ImageSlot } from '../../smp/groups/image.ts';
import type { ImageState } from './state.ts';

/** Images without a hash, or without an active slot, cannot be told apart and are left out. */
export function statesFromList(slots: readonly ImageSlot[]): readonly ImageState[] {
  const images = [...new Set(slots.map(({ image }) => image))];
  return images.flatMap((image) => {
    const state = stateOf(
      image,
      slots.filter((slot) => slot.image === image),
    );
    return state === undefined ? [] : [state];
  });
}

function stateOf(image: number, slots: readonly ImageSlot[]): ImageState | undefined {
  const [active, other] = [slots.find((slot) => slot.active), slots.find((slot) => !slot.active)];
  if (active?.hash === undefined) return undefined;
  return {
    image,
    active: toHex(active.hash),
    confirmed: active.confirmed,
    other: other?.hash === undefined ? undefined : toHex(other.hash),
    request: requestOf(slots),
    isNewer: other !== undefined && compareVersions(readListedVersion(active.version), readListedVersion(other.version)) > 0,
  };
}
