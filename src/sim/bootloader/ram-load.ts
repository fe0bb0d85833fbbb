/** Copying an image to the RAM it was linked for. What is checked and started is the copy (mcuboot.md 6.3). */

import { imageFlag } from '../../mcuboot/header.ts';
import type { ImageHeader } from '../../mcuboot/header.ts';
import { FlashFailure } from '../flash/errors.ts';
import { attempt } from './region.ts';
import type { ImageState, Session, Slot } from './session.ts';
import { slotSource } from './slot-check.ts';
import { findTlvAreas } from './tlv-walk.ts';
import type { ImageSource } from './tlv-walk.ts';

interface Place {
  readonly address: number;
  readonly size: number;
}

/** An image in RAM. */
export interface LoadedImage extends Place {
  /** The copy in RAM. */
  readonly source: ImageSource;
}

/** Loads the image of a slot, which must not meet the others in RAM; undefined when it cannot be, having printed why where the original does. */
export function loadImage(
  session: Session,
  image: ImageState,
  slot: Slot,
  others: readonly (LoadedImage | undefined)[],
): LoadedImage | undefined {
  const { header } = slot;
  if ((header.flags & imageFlag.ramLoad) === 0) return undefined;
  const source = slotSource(session, image, slot);
  const size = sizeOf(source, header);
  if (size === undefined) return undefined;
  const address = header.loadAddress;
  const problem = placementProblem(session, { address, size }, others);
  if (problem !== undefined) {
    report(session, image, problem);
    return undefined;
  }
  let copy: Uint8Array | undefined;
  attempt(() => void (copy = source.read(0, size).slice()));
  report(session, image, `loading to 0x${address.toString(16)} is ${copy === undefined ? 'failed' : 'succeeded'}.`);
  return copy === undefined ? undefined : { address, size, source: readerOf(copy) };
}

/** Gives up a copy that must not run. The original overwrites it with zeros; here it is forgotten. */
export function removeFromRam(session: Session, image: ImageState, loaded: LoadedImage): void {
  session.log.info(`Removing image ${image.index} from SRAM at address 0x${loaded.address.toString(16)}`);
}

function sizeOf(source: ImageSource, header: ImageHeader): number | undefined {
  let size: number | undefined;
  attempt(() => void (size = findTlvAreas(source, header)?.end));
  return size;
}

function placementProblem(session: Session, place: Place, others: readonly (Place | undefined)[]): string | undefined {
  const address = `0x${place.address.toString(16)}`;
  const { start, size } = session.config.executableRam;
  if (place.address < start || place.address + place.size > start + size) return `load address ${address} is invalid.`;
  const overlaps = others.some((other) => other !== undefined && placesOverlap(place, other));
  // The text is broken across lines in the original, with its indentation in it.
  return overlaps ? `loading to address ${address} would overlap with${' '.repeat(25)}another image.` : undefined;
}

function report(session: Session, image: ImageState, what: string): void {
  session.log.info(session.features.imageNumberInSlotLog ? `Image ${image.index} RAM ${what}` : `RAM ${what}`);
}

/** Places that touch count as overlapping when the second begins where the first ends. */
function placesOverlap(a: Place, b: Place): boolean {
  if (b.address > a.address + a.size) return false;
  return b.address >= a.address || b.address + b.size > a.address;
}

function readerOf(bytes: Uint8Array): ImageSource {
  return {
    read: (offset, length) => {
      if (offset + length > bytes.length) throw new FlashFailure('beyond the image in RAM');
      return bytes.subarray(offset, offset + length);
    },
  };
}
