/** How far a swap has got: the progress records in a trailer, and the fields that go with them (mcuboot.md 2, 3.2). */

import { statusPerSector, swapTypeCode } from '../../mcuboot/trailer.ts';
import type { FlashArea } from '../flash.ts';
import { bootAssert } from './panic.ts';
import { attempt } from './region.ts';
import { scratchOf, statusUnit } from './session.ts';
import type { ImageState, Session, SwapType } from './session.ts';
import {
  readMagic,
  readSwapInfo,
  readTrailer,
  writeImageOk,
  writeMagic,
  writeSwapInfo,
  writeSwapSize,
  writeTlvSizes,
} from './trailer-access.ts';

/** Where the progress of an interrupted swap is to be read. */
export type ProgressSource = 'none' | 'scratch' | 'primary slot';

/** The position of a swap. Indices and states count from 1, as the records that stand for them do. */
export interface Progress {
  phase: 'move' | 'swap';
  index: number;
  state: number;
  source: ProgressSource;
  swapType: SwapType;
  swapSize: number;
  /** Scratch mode: records go to the scratch area for now, since the primary trailer is part of the region being swapped. */
  useScratch: boolean;
}

/** The position of a swap of which nothing has been done. Offset mode has no move phase. */
export function freshProgress(session: Session): Progress {
  const phase = session.config.mode === 'offset' ? 'swap' : 'move';
  return { phase, index: 1, state: 1, source: 'none', swapType: 'none', swapSize: 0, useScratch: false };
}

/** Whether nothing of the swap has been recorded yet. */
export function isFresh(session: Session, progress: Progress): boolean {
  const start = freshProgress(session);
  return progress.phase === start.phase && progress.index === 1 && progress.state === 1;
}

/** Where the records begin in the trailer of a slot or of the scratch area. */
export function recordsOffset(session: Session, area: FlashArea): number {
  const { infoSize } = session.fields;
  const fromEnd = infoSize + recordCount(session, area) * area.writeSize;
  bootAssert(fromEnd <= area.size, `the trailer does not fit into ${area.name}`);
  return area.size - fromEnd;
}

/** The scratch area's trailer has records for one region only. */
export function recordCount(session: Session, area: FlashArea): number {
  return area === session.scratch ? statusPerSector.scratch : session.fields.statusCount;
}

/** Reads all records; true where one is written. */
export function readRecords(session: Session, image: ImageState, area: FlashArea): boolean[] {
  const unit = statusUnit(session, image);
  const count = recordCount(session, area);
  const start = recordsOffset(session, area);
  const bytes = area.read(start, Math.min(count * unit, area.size - start));
  return Array.from({ length: count }, (_, index) => (bytes[index * unit] ?? area.erasedValue) !== area.erasedValue);
}

/** Writes the record of the position just reached. */
export function writeRecord(session: Session, image: ImageState, progress: Progress, record: number): void {
  const area = progress.useScratch ? scratchOf(session) : image.primary.area;
  const bytes = new Uint8Array(area.writeSize).fill(area.erasedValue);
  bytes[0] = progress.state;
  const offset = recordsOffset(session, area) + record * statusUnit(session, image);
  keepRecords(session, () => area.program(offset, bytes));
}

/** Work on records may fail as long as the primary image is checked in the end: failures are counted and reported. */
export function keepRecords(session: Session, work: () => void): void {
  if (attempt(work)) return;
  bootAssert(session.config.validatePrimary, 'a progress record cannot be written');
  session.statusFailures += 1;
}

/** Writes the fields that a swap needs into a trailer, the magic last: from then on the swap is resumed. */
export function initTrailer(session: Session, image: ImageState, area: FlashArea, progress: Progress): void {
  const { fields } = session;
  const secondary = readTrailer(image.secondary.area, fields);
  const { swapType } = progress;
  if (swapType !== 'none') {
    bootAssert(swapType in swapTypeCode, `swap type ${swapType}`);
    writeSwapInfo(area, fields, { type: swapTypeCode[swapType as keyof typeof swapTypeCode], image: image.index });
  }
  if (secondary.imageOk === 'set') writeImageOk(area, fields);
  writeSwapSize(area, fields, progress.swapSize);
  writeTlvSizes(area, fields, image.tlvSizes);
  writeMagic(area, fields);
}

/** The area whose trailer describes the swap in progress: the first one with a good magic. */
export function findTrailer(session: Session, image: ImageState): FlashArea {
  const { scratch, fields, config, features } = session;
  if (config.mode === 'scratch' && scratch !== undefined && readMagic(scratch, fields) === 'good') return scratch;
  const { area } = image.primary;
  bootAssert(features.resumesWithoutMagic || readMagic(area, fields) === 'good', 'a swap in progress without a good magic');
  return area;
}

/** The swap type in an area's trailer as it is, sensible or not. */
export function storedSwapType(session: Session, area: FlashArea): SwapType {
  const info = readSwapInfo(area, session.fields);
  return info === undefined ? 'none' : (storedTypes[info & 0x0f] ?? 'unknown');
}

/** Prints the state of a trailer in the words of the log. */
export function logTrailer(session: Session, title: string, area: FlashArea): void {
  const { magic, swapType, copyDone, imageOk } = readTrailer(area, session.fields);
  const flags = `copy_done=0x${flagDigit[copyDone]}, image_ok=0x${flagDigit[imageOk]}`;
  session.log.info(`${title}: magic=${magic}, swap_type=0x${swapType.toString(16)}, ${flags}`);
}

/** What the low nibble of swap_info means. */
const storedTypes: readonly (SwapType | undefined)[] = [undefined, 'none', 'test', 'perm', 'revert', 'fail'];

const flagDigit = { set: 1, bad: 2, unset: 3 } as const;
