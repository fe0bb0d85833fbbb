/** Copying the secondary image over the primary one: overwrite mode, and bootstrap in the swap modes (mcuboot.md 4.4, 5.1). */

import { trailerSize } from '../../mcuboot/trailer.ts';
import type { FlashArea } from '../flash.ts';
import { imageSizeOf } from './image-size.ts';
import { transfer } from './network-core.ts';
import { bootAssert } from './panic.ts';
import { copyRegion, eraseRegion, scrambleRegion } from './region.ts';
import { raiseForInstalled } from './security-counter.ts';
import { runsOnNetworkCore, statusUnit } from './session.ts';
import type { ImageState, Session } from './session.ts';
import { writeMagic } from './trailer-access.ts';

/** How much is copied, and what becomes of the source. */
interface InstallPlan {
  /** Only the image is copied; the trailer of the primary slot is made new with a good magic. */
  readonly imageOnly: boolean;
  /** The secondary slot loses its header as well as its trailer. */
  readonly consume: boolean;
}

/** Copies the image and uses up the secondary slot. A flash failure leaves both as they are then. */
export function installImage(session: Session, image: ImageState): void {
  const { config, features, log, fields } = session;
  const [primary, secondary] = [image.primary.area, image.secondary.area];
  const plan = planFor(session);
  const imageSize = plan.imageOnly ? imageSizeOf(session, image, image.secondary) : undefined;
  log.info(`${features.imageIndexInLog ? `Image ${image.index}` : 'Image'} upgrade secondary slot -> primary slot`);
  log.info('Erasing the primary slot');
  const size = erasePrimary(session, image, imageSize);
  const copying = features.imageIndexInLog ? `Image ${image.index} copying` : 'Copying';
  log.info(`${copying} the secondary slot to the primary slot: 0x${size.toString(16)} bytes`);
  const from = config.mode === 'offset' ? secondary.sectors.at(0).size : 0;
  copyRegion({ area: secondary, offset: from }, { area: primary, offset: 0 }, size);
  if (runsOnNetworkCore(session, image)) bootAssert(transfer(session, primary), 'the network core did not take its update');
  if (plan.imageOnly) writeMagic(primary, fields);
  if (config.rollbackCounter) raiseForInstalled(session, image);
  releaseSecondary(session, image, plan);
}

function planFor(session: Session): InstallPlan {
  if (session.config.mode === 'overwrite') return { imageOnly: true, consume: true };
  const imageOnly = session.config.mode !== 'scratch' && session.features.bootstrapCopiesImageOnly;
  return { imageOnly, consume: !imageOnly };
}

/** Erases what the image needs, or everything, and returns how much to copy. */
function erasePrimary(session: Session, image: ImageState, imageSize: number | undefined): number {
  const { area } = image.primary;
  if (imageSize === undefined) {
    eraseUpTo(session, area, area.size);
    // In move mode the primary slot may be larger by the sector that it keeps free.
    return session.config.mode === 'move' ? image.secondary.area.size : area.size;
  }
  const unit = statusUnit(session, image);
  eraseUpTo(session, area, imageSize);
  const { offset } = area.sectors.at(area.sectors.indexAt(area.size - trailerSize(session.fields, unit)));
  eraseRegion(session, area, { offset, size: area.size - offset });
  // One write unit more than rounding up asks for, as the original computes it.
  return imageSize + unit - (imageSize % unit);
}

/** Erases sector by sector, in every release, until `size` bytes are free. */
function eraseUpTo(session: Session, area: FlashArea, size: number): void {
  for (let index = 0, erased = 0; erased < size && index < area.sectors.count; index += 1) {
    const sector = area.sectors.at(index);
    eraseRegion(session, area, sector);
    erased += sector.size;
  }
}

function releaseSecondary(session: Session, image: ImageState, plan: InstallPlan): void {
  const { area } = image.secondary;
  if (plan.consume) scrambleRegion(session, area, area.sectors.at(0));
  scrambleRegion(session, area, area.sectors.at(area.sectors.count - 1));
}
