/** Erasing slots and the room for an upload (smp.md 4.5 step 7, 4.7). */

import { coreCodes, groupCodes } from '../../../smp/codes.ts';
import { FlashError, FlashFailure } from '../../flash/errors.ts';
import { readImageInfo } from '../../images/info.ts';
import { oppositeSlot, runningImage, startOffset } from '../../images/store.ts';
import { answerMap, fail, refuse } from '../answer.ts';
import { isInUse } from './slot-flags.ts';
import type { FlashArea } from '../../flash.ts';
import type { ImageStore } from '../../images/store.ts';
import type { Answer, GroupError } from '../answer.ts';
import type { FieldReader } from '../fields.ts';
import type { ImageFeatures } from '../profile.ts';

const error = groupCodes.image;

/** Image erase. `slot` is a raw number; without one the slot that does not run. A damaged slot is erased unasked. */
export function eraseSlot(readFields: FieldReader, store: ImageStore, options: { features: ImageFeatures; endUpload: () => void }): Answer {
  const fields = readFields({ slot: 'uint32' });
  if (fields === undefined) return refuse(coreCodes.EINVAL);
  const opposite = oppositeSlot(store.activeSlot(runningImage));
  const slot = options.features.erasesAnySlot ? (fields.slot ?? opposite) : opposite;
  if (typeof readImageInfo(store, slot) === 'object' && isInUse(store, slot, options.features)) return fail(error.NO_FREE_SLOT);
  const area = store.area(slot);
  options.endUpload();
  if (area === undefined) return fail(error.FLASH_OPEN_FAILED);
  if (area.isErased(0, area.size)) return answerMap();
  return eraseRange(area, 0, area.size) ? answerMap() : fail(error.FLASH_ERASE_FAILED);
}

/** Makes room for an upload: the pages up to its last byte, and those of the trailer. Not the whole slot. */
export function eraseForUpload(store: ImageStore, slot: number, size: number): GroupError | undefined {
  const area = store.area(slot);
  if (area === undefined) return error.FLASH_OPEN_FAILED;
  const lastByte = startOffset(store, slot) + size - 1;
  if (lastByte >= area.size) return error.FLASH_ERASE_FAILED;
  const imageEnd = lastByte < 0 ? 0 : sectorEnd(area, lastByte);
  if (imageEnd > 0 && !eraseRange(area, 0, imageEnd)) return error.FLASH_ERASE_FAILED;
  const trailerAt = area.size - trailerDistance(store.maxAlign);
  if (trailerAt < imageEnd) return undefined;
  const trailerSector = area.sectors.at(area.sectors.indexAt(trailerAt));
  return eraseRange(area, trailerSector.offset, area.size) ? undefined : error.FLASH_ERASE_FAILED;
}

/** `boot_get_trailer_status_offset`: magic and two flags. */
function trailerDistance(maxAlign: number): number {
  return 16 + 2 * maxAlign;
}

function sectorEnd(area: FlashArea, offset: number): number {
  const sector = area.sectors.at(area.sectors.indexAt(offset));
  return sector.offset + sector.size;
}

export function eraseRange(area: FlashArea, from: number, to: number): boolean {
  return flashWorks(() => area.erase(from, to - from));
}

/** Runs flash work; false when the flash or its driver refused it. A power cut goes through. */
export function flashWorks(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (failure) {
    if (failure instanceof FlashFailure || failure instanceof FlashError) return false;
    throw failure;
  }
}
