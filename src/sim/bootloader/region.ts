/** Erasing, destroying and copying of flash regions: the operations from which every update is made. */

import { trailerSize } from '../../mcuboot/trailer.ts';
import type { FlashArea } from '../flash.ts';
import { FlashFailure } from '../flash/errors.ts';
import { bootAssert } from './panic.ts';
import { erases, statusUnit } from './session.ts';
import type { ImageState, Session, Slot } from './session.ts';

/** Copies go through a buffer of this size (loader.c `BUF_SZ`). */
const copyChunk = 1024;

/** Part of an area, in bytes. */
export interface Region {
  readonly offset: number;
  readonly size: number;
  /** Work from the end towards the start. */
  readonly backwards?: boolean;
}

/** Prepares a region for writing. Does nothing where no erase is needed. */
export function eraseRegion(session: Session, area: FlashArea, region: Region): void {
  checkInside(area, region);
  if (!erases(session, area)) return;
  if (session.features.erasesBySector) eraseSectors(area, region);
  else area.erase(region.offset, region.size);
}

/** Makes the contents of a region unusable: by erasing, or by overwriting where nothing is ever erased. */
export function scrambleRegion(session: Session, area: FlashArea, region: Region): void {
  if (region.size === 0) return;
  checkInside(area, region);
  if (erases(session, area)) eraseRegion(session, area, region);
  else overwriteRegion(area, region);
}

/** Destroys the trailer of a slot, in every release sector by sector from the end of the slot downwards. */
export function scrambleTrailer(session: Session, image: ImageState, area: FlashArea): void {
  destroyFrom(session, area, trailerScrambleOffset(session, area, statusUnit(session, image)));
}

/** Destroys an image that was refused: the whole slot, or just enough of it. Failures are ignored, as the original does. */
export function scrambleSlot(session: Session, slot: Slot): void {
  const { area } = slot;
  attempt(() => {
    if (!session.config.minimalScramble) {
      const size = session.config.defects.keepsTrailer === true ? trailerScrambleOffset(session, area, area.writeSize) : area.size;
      scrambleRegion(session, area, { offset: 0, size });
      return;
    }
    scrambleRegion(session, area, headerRegion(session, slot));
    destroyFrom(session, area, trailerScrambleOffset(session, area, area.writeSize));
  });
}

/** Copies in chunks. The target must have been erased. */
export function copyRegion(from: { area: FlashArea; offset: number }, to: { area: FlashArea; offset: number }, size: number): void {
  for (let done = 0; done < size; done += copyChunk) {
    const length = Math.min(copyChunk, size - done);
    to.area.program(to.offset + done, from.area.read(from.offset + done, length).slice());
  }
}

/** Runs flash work whose failure does not stop the bootloader; tells whether it succeeded. */
export function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (thrown) {
    if (thrown instanceof FlashFailure) return false;
    throw thrown;
  }
}

/** The next multiple of `alignment`, which need not be a power of two. */
export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

function checkInside(area: FlashArea, { offset, size }: Region): void {
  if (offset >= area.size || area.size - offset < size) throw new FlashFailure(`${area.name}: a region beyond the area`);
}

function eraseSectors(area: FlashArea, { offset, size, backwards = false }: Region): void {
  const first = area.sectors.indexAt(offset);
  const last = area.sectors.indexAt(offset + size - 1);
  for (let step = 0; step <= last - first; step += 1) {
    const sector = area.sectors.at(backwards ? last - step : first + step);
    area.erase(sector.offset, sector.size);
  }
}

/** Writes the erased value unit by unit. Going backwards the lowest unit is left out, as in the original. */
function overwriteRegion(area: FlashArea, { offset, size, backwards = false }: Region): void {
  const unit = area.writeSize;
  const blank = new Uint8Array(unit).fill(area.erasedValue);
  if (backwards) {
    const end = alignDown(offset, unit);
    for (let at = offset + size - unit; at > end; at -= unit) area.program(at, blank);
  } else {
    const end = alignDown(offset + size, unit);
    for (let at = offset; at < end; at += unit) area.program(at, blank);
  }
}

/** Destroys everything from `offset` to the end of the area, the end first. */
function destroyFrom(session: Session, area: FlashArea, offset: number): void {
  const region = { offset, size: area.size - offset, backwards: true };
  if (erases(session, area)) eraseSectors(area, region);
  else overwriteRegion(area, region);
}

/** Where destroying the trailer begins: at the sector, or without erase the write unit, in which it begins itself. */
function trailerScrambleOffset(session: Session, area: FlashArea, unit: number): number {
  const alignment = Math.max(unit, area.writeSize);
  const size = trailerSize(session.fields, alignment);
  if (!erases(session, area)) return area.size - alignDown(size, alignment);
  bootAssert(size <= area.size, `the trailer does not fit into ${area.name}`);
  return area.sectors.at(area.sectors.indexAt(area.size - size)).offset;
}

function headerRegion(session: Session, { area, name }: Slot): Region {
  const offset = session.config.mode === 'offset' && name === 'secondary' ? area.sectors.at(0).size : 0;
  if (!erases(session, area)) return { offset, size: alignUp(4, area.writeSize) };
  return { offset, size: area.sectors.at(area.sectors.indexAt(offset)).size };
}

function alignDown(value: number, alignment: number): number {
  return value - (value % alignment);
}
