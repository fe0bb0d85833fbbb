/** The slots of a device as its application sees them: areas, what MCUboot will do next, and the means to change that. */

import type { BootMode } from '../bootloader/config.ts';
import type { Trailer } from '../../mcuboot/trailer.ts';
import type { FlashArea } from '../flash.ts';
import type { UploadMemory } from './upload-memory.ts';

/** What bootutil answers: 0, or 1 flash, 3 bad image, 4 bad vector (its `BOOT_E...` numbers). */
export type BootutilStatus = number;

export interface ImageStore {
  readonly mode: BootMode;
  readonly downgradePrevention: boolean;
  /** Length of the hash TLV that identifies an image, and its type. */
  readonly hash: { readonly tlvType: number; readonly size: number };
  readonly maxAlign: number;
  readonly memory: UploadMemory;
  /** Number of updatable images. */
  readonly count: number;
  /** The area of a slot by its raw number (2 * image + slot). */
  area(slot: number): FlashArea | undefined;
  /** Raw number of the slot that an image runs from. */
  activeSlot(image: number): number;
  swapType(image: number): 'none' | 'test' | 'perm' | 'revert';
  trailer(slot: number): Trailer;
  /** `boot_set_next`: what an application calls to confirm itself or to request another slot. */
  setNext(slot: number, options: { readonly active: boolean; readonly confirm: boolean }): BootutilStatus;
  /** What becomes of uploaded bytes on their way to flash; faults get in here. `offset` counts from the start of the upload. */
  damage(data: Uint8Array, at: { readonly slot: number; readonly offset: number }): Uint8Array;
  /** Called when the last chunk of an upload is in flash. Anything but 0 is the code of the answer. */
  uploaded(slot: number): BootutilStatus;
}

/** The image that the device booted into; the others are only carried along. */
export const runningImage = 0;

export function oppositeSlot(slot: number): number {
  return slot ^ 1;
}

/**
 * Where in its slot an image begins. Swap-using-offset keeps the first sector of a secondary slot free, except while a
 * revert is due: then the former primary image lies at its start (`boot_get_image_start_offset`).
 */
export function startOffset(store: ImageStore, slot: number): number {
  if (store.mode !== 'offset' || slot % 2 === 0) return 0;
  return store.swapType(slot >> 1) === 'revert' ? 0 : uploadOffset(store, slot);
}

/** Where in its slot an upload is put, whatever is due. */
export function uploadOffset(store: ImageStore, slot: number): number {
  const area = store.area(slot);
  return area === undefined ? 0 : uploadStart(store.mode, slot, area);
}

/** As `uploadOffset`, for a slot that is at hand. */
export function uploadStart(mode: BootMode, slot: number, area: FlashArea): number {
  return mode === 'offset' && slot % 2 === 1 ? area.sectors.at(0).size : 0;
}
