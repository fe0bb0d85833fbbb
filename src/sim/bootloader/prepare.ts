/** Before anything is installed: what was interrupted is finished, and what is asked for is found out (mcuboot.md 3.2, 3.3). */

import { imageMagic } from '../../mcuboot/header.ts';
import type { SwapAlgorithm } from './algorithm.ts';
import { algorithmOf } from './algorithms.ts';
import { destinationOf } from './destination.ts';
import { readHeaderAt } from './header.ts';
import { networkCoreHeader, updateNetworkCore } from './network-core.ts';
import { BootPanic, bootAssert } from './panic.ts';
import { freshProgress, isFresh, storedSwapType } from './progress.ts';
import type { Progress } from './progress.ts';
import { attempt, eraseRegion, scrambleSlot, scrambleTrailer } from './region.ts';
import { sectorsMatch } from './sector-walk.ts';
import { runsOnNetworkCore, scratchOf } from './session.ts';
import type { ImageState, Session, Slot, SwapType } from './session.ts';
import { checkSlot, isHeaderErased } from './slot-check.ts';
import { querySwapType } from './swap-type.ts';
import type { RequestedSwap } from './swap-type.ts';
import { resumeSwap } from './swap.ts';

/** Finishes what was interrupted and finds out what is to be done. Whatever goes wrong, the image stays as it is. */
export function prepare(session: Session, image: ImageState): Progress {
  const progress = freshProgress(session);
  image.swapType = 'none';
  if (!readSectors(session, image)) return progress;
  const algorithm = algorithmOf(session.config.mode);
  if (!readHeaders(session, image, algorithm)) return giveUp(session, image, progress);
  const compatible = algorithm?.slotsCompatible(session, image) ?? sectorsMatch(session, image, undefined);
  if (!compatible) return progress;
  if (algorithm !== undefined) {
    if (!readStatus(session, image, algorithm, progress)) {
      session.log.warn(`Failed reading boot status; Image=${image.index}`);
      return progress;
    }
    const found = readHeaders(session, image, algorithm, progress);
    const bootstrapping = session.config.bootstrap && isHeaderErased(image.primary);
    if (!found && !bootstrapping) return giveUp(session, image, progress);
  }
  if (isFresh(session, progress)) decide(session, image, progress);
  else resume(session, image, algorithm, progress);
  return progress;
}

function resume(session: Session, image: ImageState, algorithm: SwapAlgorithm | undefined, progress: Progress): void {
  const { defects } = session.config;
  reviewReverts(session, image, true);
  if (defects.resume === 'skips-sector') Object.assign(progress, { index: progress.index + 1, state: 1 });
  resumeSwap(session, image, progress);
  bootAssert(readHeaders(session, image, algorithm), 'headers after a resumed swap');
  if (defects.resume === 'wrong-headers') image.primary.header = image.secondary.header;
}

function giveUp(session: Session, image: ImageState, progress: Progress): Progress {
  session.log.warn(`Failed reading image headers; Image=${image.index}`);
  return progress;
}

/** False when the primary slot has more sectors than the table; its header is not even read then. */
function readSectors(session: Session, image: ImageState): boolean {
  const { maxSectors, mode } = session.config;
  const fits = (slot: Slot): boolean => slot.area.sectors.count <= maxSectors;
  const scratchFits = mode !== 'scratch' || scratchOf(session).sectors.count <= maxSectors;
  if (fits(image.primary) && fits(image.secondary) && scratchFits) return true;
  session.log.warn(`Failed reading sectors; BOOT_MAX_IMG_SECTORS=${maxSectors} - too small?`);
  return fits(image.primary) && scratchFits;
}

/** Reads both headers. That of the secondary slot may be missing, unless a swap is under way. */
export function readHeaders(session: Session, image: ImageState, algorithm: SwapAlgorithm | undefined, progress?: Progress): boolean {
  const read = (slot: Slot): boolean => {
    let found = true;
    if (slot === image.primary && runsOnNetworkCore(session, image)) {
      slot.header = networkCoreHeader;
      return true;
    }
    const readable = attempt(() => {
      if (algorithm !== undefined) found = algorithm.readHeader(session, image, slot, progress);
      else slot.header = readHeaderAt(slot.area, 0);
    });
    return readable && found;
  };
  if (!read(image.primary)) return false;
  const secondary = read(image.secondary);
  return secondary || progress === undefined || isFresh(session, progress);
}

function readStatus(session: Session, image: ImageState, algorithm: SwapAlgorithm, progress: Progress): boolean {
  progress.source = algorithm.progressSource(session, image);
  if (session.config.defects.resume === 'lost') progress.source = 'none';
  if (progress.source === 'none') return true;
  const area = progress.source === 'scratch' ? scratchOf(session) : image.primary.area;
  return attempt(() => {
    algorithm.readProgress(session, image, area, progress);
    progress.swapType = storedSwapType(session, area);
  });
}

/** Nothing was interrupted: what do the trailers ask for, and can it be had? */
function decide(session: Session, image: ImageState, progress: Progress): void {
  const { secondary } = image;
  if (progress.swapType === 'none') {
    image.swapType = validatedSwapType(session, image, progress);
  } else {
    image.swapType = checkSlot(session, image, secondary, { progress }) ? progress.swapType : 'fail';
  }
  reviewReverts(session, image, false);
  if (session.config.bootstrap && image.swapType === 'none') considerBootstrap(session, image, progress);
}

/** What the trailers ask for, if the candidate is there for this image, and sound. */
function validatedSwapType(session: Session, image: ImageState, progress: Progress): SwapType {
  const { secondary } = image;
  const destination = destinationOf(session, image);
  if (destination === 'running-bootloader') return refuseWrongCopy(session, image);
  if (destination === 'other-bootloader' || destination === 'nothing') return 'none';
  const requested = querySwapType(session, image);
  const thwarted = requested === 'none' || isThwarted(session, image, requested);
  if (thwarted || !checkSlot(session, image, secondary, { progress, requested })) return 'none';
  return destination === 'network-core' ? updateNetworkCore(session, image, session.networkCore!) : requested;
}

/** A bootloader that was linked for the slot from which the running one runs. */
function refuseWrongCopy(session: Session, image: ImageState): SwapType {
  const { area } = image.secondary;
  session.log.error('Image in slot is for wrong s0/s1 image');
  attempt(() => eraseRegion(session, area, { offset: 0, size: area.size }));
  session.log.error(`Cleaned-up secondary slot of image ${image.index}`);
  return 'fail';
}

/** What a defective bootloader does with a request in place of an update. */
function isThwarted(session: Session, image: ImageState, requested: RequestedSwap): boolean {
  const { requests, passedOver = [] } = session.config.defects;
  if (requested === 'revert') return false;
  if (passedOver.includes(image.index)) return true;
  if (requests === undefined) return false;
  if (requests === 'panic') throw new BootPanic('assert', 'a request that this bootloader cannot deal with');
  if (requests === 'cleared') attempt(() => scrambleTrailer(session, image, image.secondary.area));
  if (requests === 'refused') {
    session.log.error('Image in the secondary slot is not valid!');
    scrambleSlot(session, image.secondary);
  }
  return true;
}

/** A primary slot without a valid image takes the secondary one as if it were reverted to, which also confirms it. */
function considerBootstrap(session: Session, image: ImageState, progress: Progress): void {
  const primaryGood = checkSlot(session, image, image.primary, { progress });
  if (primaryGood && !isHeaderErased(image.primary)) return;
  const present = image.secondary.header.magic === imageMagic;
  if (checkSlot(session, image, image.secondary, { progress }) && present) image.swapType = 'revert';
}

/**
 * After a reset between the updates of two images the first one looks like an unconfirmed test. When this image is
 * still on its way forward, the images before it were not meant to go back.
 */
function reviewReverts(session: Session, image: ImageState, interrupted: boolean): void {
  if (!interrupted && (image.swapType === 'none' || image.swapType === 'revert')) return;
  for (const other of session.images.slice(0, image.index)) if (other.swapType === 'revert') other.swapType = 'none';
}
