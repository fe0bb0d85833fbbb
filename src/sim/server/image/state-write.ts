/** Image state write: mark pending, make permanent, confirm. The order of the checks is that of smp.md 4.4. */

import { isSwapMode } from '../../../mcuboot/trailer.ts';
import { equalBytes } from '../../../base/bytes.ts';
import { coreCodes, groupCodes } from '../../../smp/codes.ts';
import { readImageInfo } from '../../images/info.ts';
import { nextBoot } from '../../images/next-boot.ts';
import { runningImage } from '../../images/store.ts';
import { fail, refuse } from '../answer.ts';
import { listImages } from './list.ts';
import { setNextByFlags } from './state-write-flags.ts';
import type { BootMode } from '../../bootloader/config.ts';
import type { NextBoot } from '../../images/next-boot.ts';
import type { ImageStore } from '../../images/store.ts';
import type { Answer, GroupError } from '../answer.ts';
import type { FieldReader } from '../fields.ts';
import type { ImageFeatures } from '../profile.ts';
import type { StateRequest } from './state-write-flags.ts';

const error = groupCodes.image;

/** Modes that choose by version alone: the command is not built in. */
export function hasStateWrite(mode: BootMode): boolean {
  return mode !== 'xip' && mode !== 'ramload';
}

export function writeState(readFields: FieldReader, store: ImageStore, features: ImageFeatures): Answer {
  const fields = readFields({ hash: 'bytes', confirm: 'bool' });
  if (fields === undefined) return refuse(coreCodes.EINVAL);
  const confirm = fields.confirm ?? false;
  const slot = chooseSlot(fields.hash ?? new Uint8Array(), confirm, store);
  if (typeof slot !== 'number') return fail(slot);
  const setNext = features.slotRules === 'next-boot' ? setNextSlot : setNextByFlags;
  const refused = setNext({ slot, confirm }, store, features);
  return refused === undefined ? listImages(store, features) : fail(refused);
}

/** The slot that is meant: the one with the hash, lowest first, or without a hash the one that is running. */
function chooseSlot(hash: Uint8Array, confirm: boolean, store: ImageStore): number | GroupError {
  if (hash.length === 0) return confirm ? store.activeSlot(runningImage) : error.INVALID_HASH;
  if (hash.length !== store.hash.size) return error.INVALID_HASH;
  for (let slot = 0; slot < store.count * 2; slot += 1) {
    const info = readImageInfo(store, slot);
    if (typeof info === 'object' && equalBytes(info.hash, hash)) return slot;
  }
  return error.HASH_NOT_FOUND;
}

function setNextSlot(request: StateRequest, store: ImageStore, features: ImageFeatures): GroupError | undefined {
  const { slot, confirm } = request;
  const image = slot >> 1;
  const active = store.activeSlot(image);
  const trial = store.mode === 'xip-revert' || store.mode === 'ramload-revert';
  if (!trial) {
    const denied = confirmationDenied(request, { image, active, store, features });
    if (denied) return error.IMAGE_CONFIRMATION_DENIED;
  }
  if (!confirm && slot === active) return error.IMAGE_SETTING_TEST_TO_ACTIVE_DENIED;
  if (!trial) {
    const decision = decide(request, active, nextBoot(store, image));
    if (decision === 'done') return undefined;
    if (decision === 'refused') return error.IMAGE_ALREADY_PENDING;
  }
  const status = store.setNext(slot, { active: slot === active, confirm });
  return status === 0 ? undefined : (bootutilErrors[status] ?? error.UNKNOWN);
}

function confirmationDenied(
  { slot, confirm }: StateRequest,
  context: { readonly image: number; readonly active: number; readonly store: ImageStore; readonly features: ImageFeatures },
): boolean {
  const { image, active, store, features } = context;
  if (!confirm) return false;
  if (slot !== active && !mayConfirmInactive(store.mode, features)) return true;
  if (image === runningImage || features.confirmOtherImage === 'any') return false;
  return features.confirmOtherImage === 'none' || slot === active;
}

function mayConfirmInactive(mode: BootMode, { confirmInactiveSlot }: ImageFeatures): boolean {
  return confirmInactiveSlot === 'always' || (confirmInactiveSlot === 'with-revert' && isSwapMode(mode));
}

/** Whether a request still has to be written, is fulfilled already, or comes too late. */
function decide({ slot, confirm }: StateRequest, active: number, next: NextBoot): 'write' | 'done' | 'refused' {
  switch (next.type) {
    case 'test':
      return !confirm && slot === next.slot ? 'done' : 'refused';
    case 'normal':
      if (confirm && slot === next.slot) return 'done';
      return (slot === active && active !== next.slot) || (!confirm && slot === next.slot) ? 'refused' : 'write';
    case 'revert':
      if (confirm && slot === next.slot) return 'done';
      return confirm ? 'write' : 'refused';
  }
}

/** By bootutil's number: flash, bad image, bad vector table. */
const bootutilErrors: Readonly<Record<number, GroupError>> = {
  1: error.FLASH_WRITE_FAILED,
  3: error.INVALID_IMAGE_HEADER_MAGIC,
  4: error.INVALID_IMAGE_VECTOR_TABLE,
};
