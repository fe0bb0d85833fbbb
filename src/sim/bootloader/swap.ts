/** Swapping two images, from the start or from where an earlier run was interrupted. */

import { imageMagic } from '../../mcuboot/header.ts';
import { algorithmOf } from './algorithms.ts';
import { imageSizeOf } from './image-size.ts';
import { bootAssert } from './panic.ts';
import { findTrailer, isFresh } from './progress.ts';
import type { Progress } from './progress.ts';
import { raiseForInstalled } from './security-counter.ts';
import type { ImageState, Session, Slot, SwapType } from './session.ts';
import { readSwapSize, readTrailer, writeCopyDone, writeImageOk } from './trailer-access.ts';

/** Swaps as many bytes as the larger image has, or goes on with as many as the trailer says. */
export function swapImages(session: Session, image: ImageState, progress: Progress): void {
  const { config, features, fields, log } = session;
  const algorithm = algorithmOf(config.mode);
  bootAssert(algorithm !== undefined, 'a swap in a mode that does not swap');
  if (isFresh(session, progress)) {
    const sizeOf = (slot: Slot): number => (slot.header.magic === imageMagic ? imageSizeOf(session, image, slot) : 0);
    progress.swapSize = Math.max(sizeOf(image.primary), sizeOf(image.secondary));
  } else progress.swapSize = readSwapSize(findTrailer(session, image), fields);
  if (features.announcesSwap) log.info(`Starting swap using ${config.mode} algorithm.`);
  algorithm.run(session, image, progress);
  if (session.statusFailures > 0) log.warn(`${session.statusFailures} status write fails performing the swap`);
}

/** Completes an interrupted swap. The type comes from its trailer; the trailers' flags say nothing at this point. */
export function resumeSwap(session: Session, image: ImageState, progress: Progress): void {
  const { resume } = session.config.defects;
  swapImages(session, image, progress);
  if (resume !== 'unconfirmed') confirmWhereFinal(session, image, progress.swapType);
  if (resume === 'unfinished') return;
  if (progress.swapType === 'test' || isFinal(progress.swapType)) writeCopyDone(image.primary.area, session.fields);
}

/** Marks a swap as complete. */
export function finishSwap(session: Session, image: ImageState): void {
  confirmWhereFinal(session, image, image.swapType);
  if (image.swapType === 'perm' && session.config.rollbackCounter) raiseForInstalled(session, image);
  writeCopyDone(image.primary.area, session.fields);
}

/** Sets image_ok unless it is set. */
export function confirmPrimary(session: Session, image: ImageState): void {
  const { area } = image.primary;
  if (readTrailer(area, session.fields).imageOk === 'unset') writeImageOk(area, session.fields);
}

/** Nobody else will confirm an image that was installed for good or reverted to. */
function confirmWhereFinal(session: Session, image: ImageState, swapType: SwapType): void {
  if (isFinal(swapType)) confirmPrimary(session, image);
}

function isFinal(swapType: SwapType): boolean {
  return swapType === 'perm' || swapType === 'revert';
}
