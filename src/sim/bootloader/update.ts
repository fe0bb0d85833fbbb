/** The main flow of the modes that install images into the primary slot: swap and overwrite (mcuboot.md 3.3). */

import { imageMagic } from '../../mcuboot/header.ts';
import { algorithmOf } from './algorithms.ts';
import { dependenciesOf } from './dependencies.ts';
import { allowsDowngrade } from './downgrade.ts';
import { installImage } from './install.ts';
import { BootPanic } from './panic.ts';
import { installOwnUpdate, prepareOwnUpdate } from './own-update.ts';
import { prepare, readHeaders } from './prepare.ts';
import { freshProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import { raiseForRunning } from './security-counter.ts';
import { runsOnNetworkCore } from './session.ts';
import type { ImageState, Session, Slot } from './session.ts';
import { checkSlot, isHeaderErased, slotSource } from './slot-check.ts';
import { confirmPrimary, finishSwap, swapImages } from './swap.ts';
import { readTrailer } from './trailer-access.ts';

/** Brings every image up to date and checks it: whether image 0 can be started from its primary slot, or the device must be reset first. */
export function updateAll(session: Session): 'boot' | 'no-image' | 'restart' {
  const { images, own } = session;
  const prepared = images.map((image) => prepare(session, image));
  if (own !== undefined) prepareOwnUpdate(session, own);
  if (images.length > 1 && images.some(isUpgrade) && !allDependenciesMet(session)) {
    for (const image of images) image.swapType = 'none';
  }
  for (const image of images) {
    const progress = images.length > 1 ? freshProgress(session) : prepared[image.index]!;
    progress.swapType = image.swapType;
    carryOut(session, image, progress);
  }
  if (own !== undefined && installOwnUpdate(session, own) && session.features.restartsForBootloader) return 'restart';
  return images.every((image) => checkPrimary(session, image)) ? 'boot' : 'no-image';
}

function isUpgrade({ swapType }: ImageState): boolean {
  return swapType === 'test' || swapType === 'perm' || swapType === 'revert';
}

function allDependenciesMet(session: Session): boolean {
  const choice = (image: ImageState): Slot => (isUpgrade(image) ? image.secondary : image.primary);
  return session.images.every((image) => {
    const slot = image.swapType === 'none' || image.swapType === 'fail' ? image.primary : image.secondary;
    return dependenciesOf(session, slot, slotSource(session, image, slot), choice);
  });
}

function carryOut(session: Session, image: ImageState, progress: Progress): void {
  switch (image.swapType) {
    case 'none':
      return;
    case 'test':
    case 'perm':
      if (!allowsDowngrade(session, image)) {
        image.swapType = 'none';
        return;
      }
      update(session, image, progress);
      return;
    case 'revert':
      update(session, image, progress);
      return;
    case 'fail':
      // As after a revert: the bad request must not come back at the next boot.
      if (session.config.mode !== 'overwrite') confirmPrimary(session, image);
      return;
    case 'unknown':
      session.log.error('panic!');
      throw new BootPanic('assert', 'swap_info holds no known swap type');
  }
}

function update(session: Session, image: ImageState, progress: Progress): void {
  if (session.config.mode === 'overwrite') {
    installImage(session, image);
    return;
  }
  const bootstrapping =
    session.config.bootstrap && (!checkSlot(session, image, image.primary, { progress }) || isHeaderErased(image.primary));
  if (bootstrapping) installImage(session, image);
  else swapImages(session, image, progress);
  finishSwap(session, image);
}

/** The last word on the image that is about to run. */
function checkPrimary(session: Session, image: ImageState): boolean {
  const { config, log, features } = session;
  const { primary } = image;
  if (runsOnNetworkCore(session, image)) return true;
  if (image.swapType !== 'none' && !readHeaders(session, image, algorithmOf(config.mode))) return false;
  if (config.validatePrimary) {
    if (!checkSlot(session, image, primary)) return false;
  } else if (primary.header.magic !== imageMagic) {
    const bad = features.capitalisedErrors ? 'Bad' : 'bad';
    log.error(`${bad} image magic 0x${primary.header.magic.toString(16)}; Image=${image.index}`);
    return false;
  }
  return !config.rollbackCounter || raiseAfterConfirmation(session, image);
}

/** An unconfirmed image does not raise the counter: there is still a way back from it. */
function raiseAfterConfirmation(session: Session, image: ImageState): boolean {
  const { magic, imageOk } = readTrailer(image.primary.area, session.fields);
  const unconfirmed = magic === 'good' && imageOk !== 'set' && session.config.defects.earlyCounter !== true;
  return unconfirmed || raiseForRunning(session, image, image.primary);
}
