/** What the application's copy of bootutil does to the trailers: the calls behind "test" and "confirm" (mcuboot.md 3.5). */

import { assert } from '../../base/assert.ts';
import { swapTypeCode } from '../../mcuboot/trailer.ts';
import type { FlashArea } from '../flash.ts';
import { FlashFailure } from '../flash/errors.ts';
import type { BootAreas, BootConfig, SlotPair } from './config.ts';
import { featuresOf } from './release.ts';
import { trailerFieldsOf } from './session.ts';
import { decideSwapType, emptyTrailer } from './swap-type.ts';
import type { RequestedSwap } from './swap-type.ts';
import { readTrailer, writeCopyDone, writeImageOk, writeMagic, writeSwapInfo } from './trailer-access.ts';

/** Return values, by bootutil's names: BOOT_EFLASH 1, BOOT_EBADIMAGE 3, BOOT_EBADVECT 4. */
export const bootError = { none: 0, flash: 1, badImage: 3, badVector: 4 } as const;
/** One of those return values. */
export type BootError = (typeof bootError)[keyof typeof bootError];

/** `boot_swap_type_multi`: what the next boot will do with an image, without printing anything. A missing secondary slot counts as empty. */
export function swapType(areas: BootAreas, config: BootConfig, image = 0): RequestedSwap {
  const { primary, secondary } = slotsOf(areas, image);
  const fields = trailerFieldsOf(config);
  const below = secondary === undefined ? emptyTrailer : readTrailer(secondary, fields);
  return decideSwapType(readTrailer(primary, fields), below, { offset: config.mode === 'offset' });
}

/** `boot_set_pending_multi`: requests the image in the secondary slot, for one trial or for good. A request that exists is not changed. */
export function setPending(
  areas: BootAreas,
  config: BootConfig,
  options: { readonly permanent: boolean; readonly image?: number },
): BootError {
  const { image = 0, permanent } = options;
  const { secondary } = slotsOf(areas, image);
  return secondary === undefined ? bootError.flash : setNext(secondary, config, { active: false, confirm: permanent, image });
}

/** `boot_set_confirmed_multi`: the running image is to stay. */
export function setConfirmed(areas: BootAreas, config: BootConfig, image = 0): BootError {
  return setNext(slotsOf(areas, image).primary, config, { active: true, confirm: true, image });
}

/** What is asked of a slot: to run next time for a trial, or, with `confirm`, for good. */
export interface NextBoot {
  /** The slot is the one that is running. */
  readonly active: boolean;
  readonly confirm: boolean;
  /** Image to which the slot belongs. */
  readonly image?: number;
}

/** `boot_set_next`: the general form of both. */
export function setNext(slot: FlashArea, config: BootConfig, next: NextBoot): BootError {
  try {
    return config.directXipLibrary ? setNextDirectXip(slot, config, next) : setNextSwap(slot, config, next);
  } catch (thrown) {
    if (thrown instanceof FlashFailure) return bootError.flash;
    throw thrown;
  }
}

function setNextSwap(slot: FlashArea, config: BootConfig, { active, confirm, image = 0 }: NextBoot): BootError {
  const fields = trailerFieldsOf(config);
  const features = featuresOf(config.release);
  const trailer = readTrailer(slot, fields);
  switch (trailer.magic) {
    case 'good':
      if (!active) return bootError.none;
      if (!features.confirmsWithoutCopyDone && trailer.copyDone === 'unset') return bootError.badVector;
      if (trailer.imageOk === 'unset') writeImageOk(slot, fields);
      return bootError.none;
    case 'unset': {
      if (active) return bootError.none;
      const permanent = confirm;
      writeMagic(slot, fields);
      if (permanent) writeImageOk(slot, fields);
      writeSwapInfo(slot, fields, { type: permanent ? swapTypeCode.perm : swapTypeCode.test, image });
      return bootError.none;
    }
    case 'bad':
      if (active) return bootError.badVector;
      if (!features.pendingKeepsBadSlot) slot.erase(0, slot.size);
      return bootError.badImage;
  }
}

/** Direct-xip only looks at magic, copy_done and image_ok; confirming is the only way to make a slot the next one. */
function setNextDirectXip(slot: FlashArea, config: BootConfig, { active, confirm }: NextBoot): BootError {
  const fields = trailerFieldsOf(config);
  const trailer = readTrailer(slot, fields);
  if (trailer.magic === 'bad') return bootError.badImage;
  if (trailer.magic === 'unset') writeMagic(slot, fields);
  if (!active && !confirm) return bootError.none;
  if (trailer.copyDone === 'unset') writeCopyDone(slot, fields);
  if (trailer.imageOk === 'unset') writeImageOk(slot, fields);
  return bootError.none;
}

function slotsOf(areas: BootAreas, image: number): SlotPair {
  const pair = areas.images[image];
  assert(pair !== undefined, `no image ${image}`);
  return pair;
}
