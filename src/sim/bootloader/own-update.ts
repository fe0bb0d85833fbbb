/**
 * An update of the bootloader itself: the candidate in the secondary slot of image 0 that is linked for the other slot of the
 * first stage is copied there. There is no way back but the first stage's own choice (mcuboot.md 10, sdk-mcuboot `swap_nsib.c`).
 */

import { isSwapMode } from '../../mcuboot/trailer.ts';
import { imageMagic } from '../../mcuboot/header.ts';
import { sourceFromPrimary } from './algorithm.ts';
import { destinationOf } from './destination.ts';
import { readHeaderAt } from './header.ts';
import { attempt, copyRegion, eraseRegion, scrambleTrailer } from './region.ts';
import type { ImageState, Session } from './session.ts';
import { checkSlot } from './slot-check.ts';
import { querySwapType } from './swap-type.ts';

/** Finds out whether there is such an update, and whether it is asked for and sound. Comes after the other images. */
export function prepareOwnUpdate(session: Session, own: ImageState): void {
  const start = session.config.mode === 'offset' ? own.secondary.area.sectors.at(0).size : 0;
  own.secondaryOffset = start;
  if (!attempt(() => void (own.secondary.header = readHeaderAt(own.secondary.area, start)))) return;
  if (isSwapMode(session.config.mode)) sourceFromPrimary(session, own);
  const present = own.secondary.header.magic === imageMagic;
  if (present && destinationOf(session, own) !== 'other-bootloader') return;
  const requested = querySwapType(session, own);
  const asked = requested === 'test' || requested === 'perm';
  own.swapType = asked && checkSlot(session, own, own.secondary) ? requested : 'none';
}

/** Copies the candidate and uses it up. True when it did. */
export function installOwnUpdate(session: Session, own: ImageState): boolean {
  if (own.swapType === 'none') return false;
  const [primary, secondary] = [own.primary.area, own.secondary.area];
  const how = session.features.copiesBootloader ? 'nsib' : session.config.mode;
  if (session.features.announcesSwap) session.log.info(`Starting swap using ${how} algorithm.`);
  eraseRegion(session, primary, { offset: 0, size: primary.size });
  copyRegion({ area: secondary, offset: own.secondaryOffset }, { area: primary, offset: 0 }, primary.size);
  scrambleTrailer(session, own, secondary);
  const used = Math.min(primary.size + secondary.sectors.at(0).size, secondary.size);
  eraseRegion(session, secondary, { offset: 0, size: used });
  return true;
}
