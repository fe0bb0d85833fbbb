/** Swap using move: all sectors of the primary image move up by one, then the images change places sector by sector (mcuboot.md 4.2). */

import { imageMagic } from '../../mcuboot/header.ts';
import { trailerSize } from '../../mcuboot/trailer.ts';
import type { FlashArea } from '../flash.ts';
import { hasRoom, reportMismatch, sameLayout, sectorSize, sectorsFor, sourceFromPrimary } from './algorithm.ts';
import type { SwapAlgorithm } from './algorithm.ts';
import { readHeaderAt } from './header.ts';
import { findTrailer, initTrailer, isFresh, logTrailer, readRecords, writeRecord } from './progress.ts';
import type { Progress } from './progress.ts';
import { alignUp, copyRegion, eraseRegion, scrambleTrailer } from './region.ts';
import { statusUnit, tableCount } from './session.ts';
import type { ImageState, Session, Slot } from './session.ts';
import { readSwapSize, readTrailer, writeImageOk, writeMagic, writeSwapSize } from './trailer-access.ts';

/** Mode `move` (MCUBOOT_SWAP_USING_MOVE). */
export const moveAlgorithm: SwapAlgorithm = {
  slotsCompatible,
  maxImageSize,
  progressSource: sourceFromPrimary,
  readProgress,
  readHeader,
  run,
};

function slotsCompatible(session: Session, { primary, secondary }: ImageState): boolean {
  const [upper, lower] = [tableCount(session, primary.area), tableCount(session, secondary.area)];
  if (upper !== lower && upper !== lower + 1) return reportMismatch(session, 'not a compatible amount of sectors');
  if (!sameLayout(primary.area, secondary.area, lower)) return reportMismatch(session, 'not same sector layout');
  const spare = upper > lower ? primary.area.sectors.at(lower).size : undefined;
  if (spare !== undefined && spare !== primary.area.sectors.at(lower - 1).size) return reportMismatch(session, 'not same sector layout');
  return true;
}

/** One sector of the primary slot is kept free to move into. */
function maxImageSize(session: Session, image: ImageState): number {
  const size = sectorSize(image);
  const trailer = alignUp(trailerSize(session.fields, statusUnit(session, image)), size);
  const primary = image.primary.area.sectors.count * size - trailer - size;
  const secondary = image.secondary.area.sectors.count * size - trailer;
  return Math.min(primary >>> 0, secondary >>> 0);
}

/** The records of all moves come first, one for each sector of the table, then two for each swap. */
function readProgress(session: Session, image: ImageState, source: FlashArea, progress: Progress): void {
  const written = readRecords(session, image, source).lastIndexOf(true) + 1;
  if (written === 0) return;
  const swaps = written - session.config.maxSectors;
  progress.phase = swaps < 0 ? 'move' : 'swap';
  progress.index = swaps < 0 ? written + 1 : Math.floor(swaps / 2) + 1;
  progress.state = swaps < 0 ? 1 : (swaps % 2) + 1;
}

function recordOf(session: Session, { phase, index, state }: Progress): number {
  return phase === 'move' ? index - 1 : session.config.maxSectors + (index - 1) * 2 + (state - 1);
}

function readHeader(session: Session, image: ImageState, slot: Slot, progress: Progress | undefined): boolean {
  const resumed = progress !== undefined && !isFresh(session, progress);
  const { area, offset } = resumed ? headerInSwap(session, image, slot, progress) : { area: slot.area, offset: 0 };
  slot.header = readHeaderAt(area, offset);
  return progress === undefined || slot.header.magic === imageMagic;
}

/** The primary image moves up first; then the first sectors change places, so the headers soon lie in the other slots. */
function headerInSwap(session: Session, image: ImageState, slot: Slot, progress: Progress): { area: FlashArea; offset: number } {
  const size = sectorSize(image);
  const last = sectorsFor(readSwapSize(findTrailer(session, image), session.fields), size);
  const { phase, index, state } = progress;
  const isPrimary = slot === image.primary;
  const movedUp = phase === 'move' ? index > last : index === 1;
  if (isPrimary && movedUp) return { area: slot.area, offset: size };
  const changedPlaces = phase === 'swap' && (index === 1 ? state === 2 : index <= last);
  const home = isPrimary === changedPlaces ? image.secondary : image.primary;
  return { area: home.area, offset: 0 };
}

function run(session: Session, image: ImageState, progress: Progress): void {
  const last = sectorsFor(progress.swapSize, sectorSize(image));
  if (!hasRoom(session, image, progress, last)) return;
  prepareRevert(session, image, progress);
  if (progress.phase === 'move') {
    for (let sector = last - progress.index + 1; sector > 0; sector -= 1) moveUp(session, image, progress, sector);
    progress.index = 1;
  }
  progress.phase = 'swap';
  for (let sector = progress.index; sector <= last; sector += 1) swapSector(session, image, progress, sector);
}

/**
 * A revert that begins looks like a permanent request, so that a cut while the primary trailer is being rewritten
 * cannot leave the device without any request.
 */
function prepareRevert(session: Session, image: ImageState, progress: Progress): void {
  if (progress.swapType !== 'revert' || progress.phase !== 'move' || progress.index !== 1) return;
  const { area } = image.secondary;
  logTrailer(session, 'Secondary image', area);
  if (readTrailer(area, session.fields).magic !== 'unset') return;
  scrambleTrailer(session, image, area);
  writeImageOk(area, session.fields);
  writeSwapSize(area, session.fields, progress.swapSize);
  writeMagic(area, session.fields);
}

function moveUp(session: Session, image: ImageState, progress: Progress, sector: number): void {
  const { area } = image.primary;
  if (progress.index === 1) {
    if (progress.source !== 'primary slot') {
      scrambleTrailer(session, image, area);
      initTrailer(session, image, area, progress);
    }
    scrambleTrailer(session, image, image.secondary.area);
  }
  const size = sectorSize(image);
  const target = area.sectors.at(sector).offset;
  eraseRegion(session, area, { offset: target, size });
  copyRegion({ area, offset: area.sectors.at(sector - 1).offset }, { area, offset: target }, size);
  writeRecord(session, image, progress, recordOf(session, progress));
  progress.index += 1;
}

function swapSector(session: Session, image: ImageState, progress: Progress, sector: number): void {
  const [primary, secondary] = [image.primary.area, image.secondary.area];
  const size = sectorSize(image);
  const moved = primary.sectors.at(sector).offset;
  const home = primary.sectors.at(sector - 1).offset;
  const away = secondary.sectors.at(sector - 1).offset;
  if (progress.state === 1) {
    eraseRegion(session, primary, { offset: home, size });
    copyRegion({ area: secondary, offset: away }, { area: primary, offset: home }, size);
    writeRecord(session, image, progress, recordOf(session, progress));
    progress.state = 2;
  }
  if (progress.state === 2) {
    eraseRegion(session, secondary, { offset: away, size });
    copyRegion({ area: primary, offset: moved }, { area: secondary, offset: away }, size);
    writeRecord(session, image, progress, recordOf(session, progress));
    progress.index += 1;
    progress.state = 1;
  }
}
