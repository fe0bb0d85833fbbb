/** What the three swap algorithms have in common, and how the main flow sees them. */

import { trailerSize } from '../../mcuboot/trailer.ts';
import type { FlashArea } from '../flash.ts';
import { BootPanic } from './panic.ts';
import { isFresh, logTrailer } from './progress.ts';
import type { Progress, ProgressSource } from './progress.ts';
import { statusUnit } from './session.ts';
import type { ImageState, Session, Slot } from './session.ts';
import { readTrailer } from './trailer-access.ts';

/** What a swap algorithm has to offer. Flash failures leave its methods as `FlashFailure`. */
export interface SwapAlgorithm {
  /** Whether the sector layouts of the slots allow a swap at all; prints why not. */
  slotsCompatible(session: Session, image: ImageState): boolean;
  /** The largest image, counted to the end of its TLVs, that can be swapped. */
  maxImageSize(session: Session, image: ImageState): number;
  /** Where an interrupted swap has left its records; prints the trailers. */
  progressSource(session: Session, image: ImageState): ProgressSource;
  /** Sets phase, index and state from the records. */
  readProgress(session: Session, image: ImageState, source: FlashArea, progress: Progress): void;
  /** Reads the header of the image that belongs to a slot, wherever it is now. False when there is none where it should be. */
  readHeader(session: Session, image: ImageState, slot: Slot, progress: Progress | undefined): boolean;
  /** Swaps, or goes on swapping, `progress.swapSize` bytes. */
  run(session: Session, image: ImageState, progress: Progress): void;
}

/** Size of sector 0 of the primary slot: move and offset mode take all sectors to be like it. */
export function sectorSize(image: ImageState): number {
  return image.primary.area.sectors.at(0).size;
}

/** Number of sectors that hold `size` bytes, at least one. A size out of an erased trailer makes the original count for ever. */
export function sectorsFor(size: number, sector: number): number {
  const count = Math.max(1, Math.ceil(size / sector));
  if (count * sector > 0xffff_ffff) throw new BootPanic('hang', `counting the sectors of a swap of ${size} bytes`);
  return count;
}

/**
 * Whether the sectors up to index `last` may be used. A swap that begins must leave the trailer of the primary slot alone,
 * and this prints by how much it does not. One that goes on has been here before: if it does not fit now, its trailer lies.
 */
export function hasRoom(session: Session, image: ImageState, progress: Progress, last: number): boolean {
  const size = sectorSize(image);
  const { count } = image.primary.area.sectors;
  if (!isFresh(session, progress)) {
    if (last >= count) throw new BootPanic('crash', 'the size of the swap in the trailer exceeds the slot');
    return true;
  }
  const first = count - Math.ceil(trailerSize(session.fields, statusUnit(session, image)) / size);
  if (last < first) return true;
  session.log.warn('Not enough free space to run swap upgrade');
  if (session.features.logsRequiredRoom) session.log.warn(`required ${(last + 1) * size} bytes but only ${first * size} are available`);
  return false;
}

/** Whether the first `count` sectors of both slots have the same sizes. */
export function sameLayout(primary: FlashArea, secondary: FlashArea, count: number): boolean {
  for (let index = 0; index < count; index += 1) {
    if (primary.sectors.at(index).size !== secondary.sectors.at(index).size) return false;
  }
  return true;
}

/** Prints why no update is possible with these slots. */
export function reportMismatch(session: Session, reason: string): false {
  session.log.warn(`Cannot upgrade: ${reason}`);
  return false;
}

/** In move and offset mode the records are always in the primary slot. */
export function sourceFromPrimary(session: Session, image: ImageState): ProgressSource {
  logTrailer(session, 'Primary image', image.primary.area);
  logTrailer(session, 'Secondary image', image.secondary.area);
  const primary = readTrailer(image.primary.area, session.fields);
  const secondary = readTrailer(image.secondary.area, session.fields);
  const interrupted = primary.magic === 'good' && primary.copyDone === 'unset' && secondary.magic !== 'good';
  const source = interrupted ? 'primary slot' : 'none';
  session.log.info(`Boot source: ${source}`);
  return source;
}
