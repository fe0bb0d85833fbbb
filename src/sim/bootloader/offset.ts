/** Swap using offset: the update lies one sector higher in the secondary slot, so that each sector has a free place to go to (mcuboot.md 4.3). */

import { imageMagic } from '../../mcuboot/header.ts';
import { trailerSize } from '../../mcuboot/trailer.ts';
import type { FlashArea } from '../flash.ts';
import { hasRoom, reportMismatch, sameLayout, sectorSize, sectorsFor, sourceFromPrimary } from './algorithm.ts';
import type { SwapAlgorithm } from './algorithm.ts';
import { readHeaderAt } from './header.ts';
import { findTrailer, initTrailer, isFresh, logTrailer, readRecords, writeRecord } from './progress.ts';
import type { Progress } from './progress.ts';
import { alignUp, copyRegion, eraseRegion, scrambleRegion, scrambleTrailer } from './region.ts';
import { statusUnit, tableCount } from './session.ts';
import type { ImageState, Session, Slot } from './session.ts';
import { querySwapType } from './swap-type.ts';
import { readSwapSize, readTlvSizes, readTrailer, writeCopyDone } from './trailer-access.ts';

/** Mode `offset` (MCUBOOT_SWAP_USING_OFFSET). */
export const offsetAlgorithm: SwapAlgorithm = {
  slotsCompatible,
  maxImageSize,
  progressSource: sourceFromPrimary,
  readProgress,
  readHeader,
  run,
};

function slotsCompatible(session: Session, { primary, secondary }: ImageState): boolean {
  const [upper, lower] = [tableCount(session, primary.area), tableCount(session, secondary.area)];
  if (upper !== lower && upper + 1 !== lower) return reportMismatch(session, 'not a compatible amount of sectors');
  if (!sameLayout(primary.area, secondary.area, lower - 1)) return reportMismatch(session, 'not same sector layout');
  return true;
}

/** One sector of the secondary slot is kept free. */
function maxImageSize(session: Session, image: ImageState): number {
  const size = sectorSize(image);
  const trailer = alignUp(trailerSize(session.fields, statusUnit(session, image)), size);
  const primary = image.primary.area.sectors.count * size - trailer;
  const secondary = image.secondary.area.sectors.count * size - trailer - size;
  return Math.min(primary >>> 0, secondary >>> 0);
}

/** Two records for each sector. */
function readProgress(session: Session, image: ImageState, source: FlashArea, progress: Progress): void {
  const last = readRecords(session, image, source).lastIndexOf(true) + 1;
  if (last === 0) return;
  progress.index = Math.floor(last / 2) + 1;
  progress.state = (last % 2) + 1;
}

function readHeader(session: Session, image: ImageState, slot: Slot, progress: Progress | undefined): boolean {
  const resumed = progress !== undefined && !isFresh(session, progress);
  const place = resumed ? headerInSwap(session, image, slot, progress) : headerAtRest(session, image, slot, progress);
  let header = readHeaderAt(place.area, place.offset);
  if (!resumed && header.magic !== imageMagic && slot === image.secondary) {
    place.offset = querySwapType(session, image) === 'revert' ? slotStep(image) : 0;
    header = readHeaderAt(place.area, place.offset);
  }
  slot.header = header;
  const inSecondary = place.area === image.secondary.area && header.magic === imageMagic;
  if (inSecondary) rememberOffset(session, image, place.offset, progress !== undefined);
  return progress === undefined || header.magic === imageMagic;
}

interface HeaderPlace {
  readonly area: FlashArea;
  offset: number;
}

/** An update is expected at the second sector, the image to revert to at the first. */
function headerAtRest(session: Session, image: ImageState, slot: Slot, progress: Progress | undefined): HeaderPlace {
  if (progress === undefined && slot === image.primary) return { area: slot.area, offset: 0 };
  const reverting = progress?.swapType === 'revert' || querySwapType(session, image) === 'revert';
  return { area: slot.area, offset: slot === image.secondary && !reverting ? slotStep(image) : 0 };
}

function headerInSwap(session: Session, image: ImageState, slot: Slot, progress: Progress): HeaderPlace {
  const [primary, secondary] = [image.primary.area, image.secondary.area];
  const size = readSwapSize(findTrailer(session, image), session.fields);
  const last = sectorsFor(size, sectorSize(image)) - 1;
  const { index, state } = progress;
  const done = index - 1;
  const isPrimary = slot === image.primary;
  if (progress.swapType === 'revert' || querySwapType(session, image) === 'revert') {
    if (isPrimary) {
      const away = done > last || (done === last && state === 2);
      return away ? { area: secondary, offset: sectorSize(image) } : { area: primary, offset: 0 };
    }
    const home = done > last || (done === last && state === 3);
    return { area: home ? primary : secondary, offset: 0 };
  }
  if (isPrimary) {
    const away = (index > 1 || state === 2) && index <= last;
    return { area: away ? secondary : primary, offset: 0 };
  }
  return index > 1 ? { area: primary, offset: 0 } : { area: secondary, offset: sectorSize(image) };
}

/** Where the image begins in the secondary slot, for everything that reads on from its header. */
function rememberOffset(session: Session, image: ImageState, offset: number, settled: boolean): void {
  const { bootstrap } = session.config;
  if (!settled && (!bootstrap || image.secondaryOffsetKnown)) return;
  image.secondaryOffsetKnown = bootstrap;
  image.secondaryOffset = offset;
}

function slotStep(image: ImageState): number {
  return image.secondary.area.sectors.at(0).size;
}

function run(session: Session, image: ImageState, progress: Progress): void {
  const last = sectorsFor(progress.swapSize, sectorSize(image)) - 1;
  if (!hasRoom(session, image, progress, last)) return;
  prepareRevert(session, image, progress);
  if (progress.index === 1) prepareTrailers(session, image, progress);
  const sizes = readTlvSizes(image.primary.area, session.fields);
  const used = {
    primary: usedSectors(image.primary, sizes.primary, image),
    secondary: usedSectors(image.secondary, sizes.secondary, image),
  };
  const reverting = progress.swapType === 'revert' || querySwapType(session, image) === 'revert';
  for (let step = progress.index - 1; step <= last; step += 1) {
    const sector = reverting ? last - step : step;
    const skip = { primary: sector > used.primary, secondary: sector > used.secondary };
    swapSector(session, image, progress, { sector, skip, reverting });
  }
  if (reverting) cleanUpAfterRevert(session, image);
}

/** As in move mode: a revert that begins leaves a request that a cut cannot lose. */
function prepareRevert(session: Session, image: ImageState, progress: Progress): void {
  if (progress.swapType !== 'revert' || progress.index !== 1) return;
  const { area } = image.secondary;
  logTrailer(session, 'Secondary image', area);
  if (readTrailer(area, session.fields).magic !== 'unset') return;
  scrambleTrailer(session, image, area);
  writeCopyDone(area, session.fields);
  initTrailer(session, image, area, progress);
}

function prepareTrailers(session: Session, image: ImageState, progress: Progress): void {
  const { area } = image.primary;
  if (progress.source !== 'primary slot') {
    scrambleTrailer(session, image, area);
    initTrailer(session, image, area, progress);
  }
  scrambleTrailer(session, image, image.secondary.area);
}

function usedSectors({ header }: Slot, tlvSize: number, image: ImageState): number {
  return Math.ceil((header.headerSize + header.protectedTlvSize + tlvSize + header.imageSize) / sectorSize(image));
}

interface SectorStep {
  readonly sector: number;
  /** Sectors behind the end of an image are passed over, yet recorded. */
  readonly skip: { readonly primary: boolean; readonly secondary: boolean };
  readonly reverting: boolean;
}

/** The primary sector goes to the free place in the secondary slot, then the one that belongs there comes. */
function swapSector(session: Session, image: ImageState, progress: Progress, { sector, skip, reverting }: SectorStep): void {
  const [primary, secondary] = [image.primary.area, image.secondary.area];
  const size = sectorSize(image);
  const home = primary.sectors.at(sector).offset;
  const [lower, upper] = [secondary.sectors.at(sector).offset, home + primary.sectors.at(sector).size];
  const [free, coming] = reverting ? [upper, home] : [lower, upper];
  if (progress.state === 1) {
    if (!skip.primary) {
      eraseRegion(session, secondary, { offset: free, size });
      copyRegion({ area: primary, offset: home }, { area: secondary, offset: free }, size);
    }
    writeRecord(session, image, progress, (progress.index - 1) * 2);
    progress.state = 2;
  }
  if (progress.state === 2) {
    if (!skip.secondary) {
      eraseRegion(session, primary, { offset: home, size });
      copyRegion({ area: secondary, offset: coming }, { area: primary, offset: home }, size);
    }
    writeRecord(session, image, progress, (progress.index - 1) * 2 + 1);
    progress.index += 1;
    progress.state = 1;
  }
}

/** The first sector would pass for an image that was uploaded to the wrong place; the trailer must allow a new request. */
function cleanUpAfterRevert(session: Session, image: ImageState): void {
  const { area } = image.secondary;
  scrambleRegion(session, area, { offset: area.sectors.at(0).offset, size: sectorSize(image) });
  scrambleTrailer(session, image, area);
}
