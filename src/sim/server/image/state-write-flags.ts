/** Image state write by the flags of the slots, as it was up to Zephyr 3.4 (img_mgmt_state.c; smp.md 4.4 at its end). */

import { groupCodes } from '../../../smp/codes.ts';
import { runningImage } from '../../images/store.ts';
import { slotFlags } from './slot-flags.ts';
import type { ImageStore } from '../../images/store.ts';
import type { GroupError } from '../answer.ts';
import type { ImageFeatures } from '../profile.ts';

const error = groupCodes.image;

export interface StateRequest {
  /** Raw number. */
  readonly slot: number;
  readonly confirm: boolean;
}

/** Marks the slot; the error when it does not come to that. */
export function setNextByFlags(request: StateRequest, store: ImageStore, features: ImageFeatures): GroupError | undefined {
  const { slot, confirm } = request;
  if (slot !== store.activeSlot(runningImage) || !confirm) return requestUpgrade(request, store, features);
  const failure = confirmRunning(slot, store, features);
  return features.tellsFailedConfirm ? failure : undefined;
}

function confirmRunning(slot: number, store: ImageStore, features: ImageFeatures): GroupError | undefined {
  const anyPending = [0, 1].some((raw) => slotFlags(store, raw, features).pending);
  if (anyPending) return error.IMAGE_ALREADY_PENDING;
  return store.setNext(slot, { active: true, confirm: true }) === 0 ? undefined : error.UNKNOWN;
}

/** Only secondary slots can be asked for. One that is pending already stays as it is. */
function requestUpgrade({ slot, confirm }: StateRequest, store: ImageStore, features: ImageFeatures): GroupError | undefined {
  if (slot !== 0 && slotFlags(store, slot, features).confirmed) return error.IMAGE_ALREADY_PENDING;
  if (slot % 2 === 0) return error.UNKNOWN;
  return store.setNext(slot, { active: false, confirm }) === 0 ? undefined : error.UNKNOWN;
}
