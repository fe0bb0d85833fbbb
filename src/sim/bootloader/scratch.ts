/** Swap using scratch: regions as large as the scratch area change places through it, the last one first (mcuboot.md 4.1). */

import { statusPerSector, trailerSize } from '../../mcuboot/trailer.ts';
import type { FlashArea } from '../flash.ts';
import type { SwapAlgorithm } from './algorithm.ts';
import { readHeaderAt } from './header.ts';
import { BootPanic, bootAssert } from './panic.ts';
import { findTrailer, isFresh, logTrailer, readRecords } from './progress.ts';
import type { Progress, ProgressSource } from './progress.ts';
import { RegionSwap, firstTrailerSector } from './scratch-region.ts';
import type { SwapRegion } from './scratch-region.ts';
import { sectorsMatch, walkSectors } from './sector-walk.ts';
import { scratchOf, statusUnit } from './session.ts';
import type { ImageState, Session, Slot } from './session.ts';
import { readSwapSize, readTrailer } from './trailer-access.ts';

/** Mode `scratch` (MCUBOOT_SWAP_USING_SCRATCH). */
export const scratchAlgorithm: SwapAlgorithm = {
  slotsCompatible: (session, image) => sectorsMatch(session, image, scratchOf(session).size),
  maxImageSize,
  progressSource,
  readProgress,
  readHeader,
  run,
};

/** Space for the trailer is kept free, and for the scratch area's own trailer while it shares a sector with image data. */
function maxImageSize(session: Session, image: ImageState): number {
  const walk = walkSectors(session, image, scratchOf(session).size);
  if (walk === undefined) return 0;
  const unit = statusUnit(session, image);
  const trailer = walk.common - trailerSize(session.fields, unit);
  const firstSectorEnd = Math.max(
    trailerSectorEnd(session, image, image.primary.area),
    trailerSectorEnd(session, image, image.secondary.area),
  );
  const inFirstSector = (firstSectorEnd - trailer) >>> 0;
  const scratchTrailer = session.fields.infoSize + statusPerSector.scratch * unit;
  return (trailer - Math.max(0, scratchTrailer - inFirstSector)) >>> 0;
}

function trailerSectorEnd(session: Session, image: ImageState, area: FlashArea): number {
  const sector = area.sectors.at(firstTrailerSector(session, image, area));
  return sector.offset + sector.size;
}

function progressSource(session: Session, image: ImageState): ProgressSource {
  const scratchArea = scratchOf(session);
  const primary = readTrailer(image.primary.area, session.fields);
  const scratch = readTrailer(scratchArea, session.fields);
  logTrailer(session, 'Primary image', image.primary.area);
  logTrailer(session, 'Scratch', scratchArea);
  let source: ProgressSource = 'none';
  if (scratch.magic === 'good') {
    const foreign = session.images.length > 1 && scratch.imageNumber !== image.index;
    source = foreign ? 'none' : 'scratch';
  } else if (primary.magic !== 'bad' && primary.copyDone === 'unset') source = 'primary slot';
  session.log.info(`Boot source: ${source}`);
  return source;
}

/** Three records for each region. The swap goes on behind the first unbroken run of records. */
function readProgress(session: Session, image: ImageState, source: FlashArea, progress: Progress): void {
  const records = readRecords(session, image, source);
  const first = records.indexOf(true);
  if (first < 0) return;
  const gap = records.indexOf(false, first);
  if (gap >= 0 && records.indexOf(true, gap) >= 0) {
    session.log.error('Detected inconsistent status!');
    bootAssert(session.config.validatePrimary, 'inconsistent status without a check of the primary image');
  }
  const next = gap < 0 ? records.length : gap;
  progress.index = Math.floor(next / statusPerSector.scratch) + 1;
  progress.state = (next % statusPerSector.scratch) + 1;
}

function readHeader(session: Session, image: ImageState, slot: Slot, progress: Progress | undefined): boolean {
  slot.header = readHeaderAt(headerArea(session, image, slot, progress), 0);
  return true;
}

/** The first sectors are swapped last, hence the headers stay where they are until then. */
function headerArea(session: Session, image: ImageState, slot: Slot, progress: Progress | undefined): FlashArea {
  if (progress === undefined || isFresh(session, progress)) return slot.area;
  const size = readSwapSize(findTrailer(session, image), session.fields);
  const regions = regionsOf(session, image, size).length;
  const done = progress.index - 1;
  if (done >= regions) return (slot === image.primary ? image.secondary : image.primary).area;
  if (done < regions - 1) return slot.area;
  if (slot === image.secondary && progress.state >= 2) return scratchOf(session);
  if (slot === image.primary && progress.state >= 3) return image.secondary.area;
  return slot.area;
}

/** The regions to swap, in order: each as many primary sectors as fit into the scratch area. */
function regionsOf(session: Session, image: ImageState, copySize: number): SwapRegion[] {
  const { sectors } = image.primary.area;
  const scratchSize = scratchOf(session).size;
  const regions: SwapRegion[] = [];
  for (let last = lastSector(image, copySize); last >= 0;) {
    const { offset, size } = sectors.at(last);
    const end = offset + size;
    let first = last;
    while (first > 0 && end - sectors.at(first - 1).offset <= scratchSize) first -= 1;
    regions.push({ offset: sectors.at(first).offset, size: end - sectors.at(first).offset });
    last = first - 1;
  }
  return regions;
}

/** The last primary sector to swap: the slots must have a common boundary behind it. */
function lastSector(image: ImageState, copySize: number): number {
  const [primary, secondary] = [image.primary.area.sectors, image.secondary.area.sectors];
  let [upper, lower, i, j] = [0, 0, 0, 0];
  while (upper < copySize || lower < copySize || upper !== lower) {
    if (upper < copySize || upper < lower) upper += nextSize(primary, i++);
    if (lower < copySize || lower < upper) lower += nextSize(secondary, j++);
  }
  return i - 1;
}

function nextSize(sectors: FlashArea['sectors'], index: number): number {
  if (index >= sectors.count) throw new BootPanic('crash', 'the size of the swap in the trailer exceeds the slot');
  return sectors.at(index).size;
}

function run(session: Session, image: ImageState, progress: Progress): void {
  const regions = regionsOf(session, image, progress.swapSize);
  for (const region of regions.slice(progress.index - 1)) new RegionSwap({ session, image, progress, region }).run();
}
