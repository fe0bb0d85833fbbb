/** Swapping one region through the scratch area: the step of which a scratch swap is made (mcuboot.md 4.1). */

import { statusPerSector, swapTypeCode, trailerSize } from '../../mcuboot/trailer.ts';
import type { FlashArea } from '../flash.ts';
import { bootAssert } from './panic.ts';
import { initTrailer, keepRecords, recordsOffset, writeRecord } from './progress.ts';
import type { Progress } from './progress.ts';
import { copyRegion, eraseRegion, scrambleTrailer } from './region.ts';
import { scratchOf, statusUnit } from './session.ts';
import type { ImageState, Session } from './session.ts';
import { readTrailer, writeImageOk, writeMagic, writeSwapInfo, writeSwapSize } from './trailer-access.ts';

/** Whole sectors that fit into the scratch area together. */
export interface SwapRegion {
  readonly offset: number;
  readonly size: number;
}

/** What the swap of one region needs to know. */
export interface RegionSwapOptions {
  readonly session: Session;
  readonly image: ImageState;
  readonly progress: Progress;
  readonly region: SwapRegion;
}

/** Index of the sector in which the trailer of a slot begins. */
export function firstTrailerSector(session: Session, image: ImageState, area: FlashArea): number {
  const size = trailerSize(session.fields, statusUnit(session, image));
  bootAssert(size <= area.size, `the trailer does not fit into ${area.name}`);
  return area.sectors.indexAt(area.size - size);
}

/** The three steps of one region, each of which can be the one at which an interrupted swap goes on. */
export class RegionSwap {
  readonly #session: Session;
  readonly #image: ImageState;
  readonly #progress: Progress;
  readonly #region: SwapRegion;
  readonly #scratch: FlashArea;
  /** How much of the region is image: less than all of it when it touches the trailer. */
  readonly #imageSize: number;

  constructor({ session, image, progress, region }: RegionSwapOptions) {
    this.#session = session;
    this.#image = image;
    this.#progress = progress;
    this.#region = region;
    this.#scratch = scratchOf(session);
    this.#imageSize = this.#sizeWithoutTrailer();
  }

  run(): void {
    const progress = this.#progress;
    progress.useScratch = progress.index === 1 && this.#imageSize !== this.#region.size;
    if (progress.state === 1) this.#secondaryToScratch();
    if (progress.state === 2) this.#primaryToSecondary();
    if (progress.state === 3) this.#scratchToPrimary();
  }

  #sizeWithoutTrailer(): number {
    const { area } = this.#image.primary;
    const { offset, size } = this.#region;
    const first = area.sectors.at(firstTrailerSector(this.#session, this.#image, area)).offset;
    if (offset + size <= first) return size;
    const trailer = trailerSize(this.#session.fields, statusUnit(this.#session, this.#image));
    return Math.min((area.size - offset - trailer) >>> 0, recordsOffset(this.#session, this.#scratch));
  }

  #secondaryToScratch(): void {
    this.#eraseScratch();
    if (this.#progress.index === 1) this.#writeTrailers();
    const { offset } = this.#region;
    copyRegion({ area: this.#image.secondary.area, offset }, { area: this.#scratch, offset: 0 }, this.#imageSize);
    this.#record();
    this.#progress.state = 2;
  }

  /** The scratch area holds the request while the primary trailer is rewritten, and all the time if the region touches it. */
  #writeTrailers(): void {
    initTrailer(this.#session, this.#image, this.#scratch, this.#progress);
    if (this.#progress.useScratch) return;
    const { area } = this.#image.primary;
    scrambleTrailer(this.#session, this.#image, area);
    initTrailer(this.#session, this.#image, area, this.#progress);
    this.#eraseScratch();
  }

  #primaryToSecondary(): void {
    const { area } = this.#image.secondary;
    if (this.#progress.index === 1) scrambleTrailer(this.#session, this.#image, area);
    this.#eraseImagePart(area);
    const { offset } = this.#region;
    copyRegion({ area: this.#image.primary.area, offset }, { area, offset }, this.#imageSize);
    this.#record();
    this.#progress.state = 3;
  }

  #scratchToPrimary(): void {
    const { area } = this.#image.primary;
    const progress = this.#progress;
    const usedScratch = progress.useScratch;
    if (usedScratch) scrambleTrailer(this.#session, this.#image, area);
    this.#eraseImagePart(area);
    copyRegion({ area: this.#scratch, offset: 0 }, { area, offset: this.#region.offset }, this.#imageSize);
    if (usedScratch) this.#moveTrailerToPrimary();
    progress.useScratch = false;
    this.#record();
    progress.index += 1;
    progress.state = 1;
    // Backwards, so that a cut cannot leave a scratch area that looks whole but is not.
    if (usedScratch) eraseRegion(this.#session, this.#scratch, { offset: 0, size: this.#scratch.size, backwards: true });
  }

  /** The sectors of the trailer are erased with it; what remains of the region is erased here. */
  #eraseImagePart(area: FlashArea): void {
    const { offset, size } = this.#region;
    const end = this.#progress.useScratch ? area.sectors.at(firstTrailerSector(this.#session, this.#image, area)).offset : offset + size;
    bootAssert(end >= offset, 'a region that begins within the trailer');
    if (end > offset) eraseRegion(this.#session, area, { offset, size: end - offset });
  }

  #moveTrailerToPrimary(): void {
    const { area } = this.#image.primary;
    const { fields } = this.#session;
    const records = (statusPerSector.scratch - 1) * statusUnit(this.#session, this.#image);
    const from = { area: this.#scratch, offset: recordsOffset(this.#session, this.#scratch) };
    const to = { area, offset: this.#region.offset + this.#imageSize };
    keepRecords(this.#session, () => copyRegion(from, to, records));
    const trailer = readTrailer(this.#scratch, fields);
    if (trailer.imageOk === 'set') writeImageOk(area, fields);
    if (trailer.swapType !== swapTypeCode.none) writeSwapInfo(area, fields, { type: trailer.swapType, image: this.#image.index });
    writeSwapSize(area, fields, this.#progress.swapSize);
    writeMagic(area, fields);
  }

  #eraseScratch(): void {
    eraseRegion(this.#session, this.#scratch, { offset: 0, size: this.#scratch.size });
  }

  #record(): void {
    const { index, state } = this.#progress;
    writeRecord(this.#session, this.#image, this.#progress, (index - 1) * statusPerSector.scratch + state - 1);
  }
}
