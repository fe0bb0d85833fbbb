/** Pads an image to its slot and writes the trailer there, as `imgtool sign --pad` and `--confirm` do. */

import { buildError } from './errors.ts';
import { maxAligns } from './remainder.ts';
import { flagSet, swapTrailerFields, trailerFields, trailerMagic, trailerSize } from './trailer.ts';

/** The slot an image is meant for. */
export interface SlotPadding {
  /** In bytes. */
  readonly size: number;
  /** Write size of the flash: 1, 2, 4, 8, 16 or 32. */
  readonly align: number;
  /** `BOOT_MAX_ALIGN`: 8, 16 or 32; the larger of 8 and `align` unless given. */
  readonly maxAlign?: number;
  /** `BOOT_MAX_IMG_SECTORS`: 128 unless given. */
  readonly maxSectors?: number;
  /** The bootloader only overwrites: a short trailer, without confirmation. */
  readonly overwriteOnly?: boolean;
  /** `no`: only check that the image fits. `pending`: MCUboot installs it for a test. `confirmed`: MCUboot installs it for good. */
  readonly pad: 'no' | 'pending' | 'confirmed';
}

/** The image as it is, or padded. Throws `BootproofError` (`build-spec`, `build-slot-too-small`). */
export function padToSlot(image: Uint8Array, slot: SlotPadding, erasedValue: number): Uint8Array {
  const { align, maxAlign = Math.max(8, align) } = slot;
  checkAlignment(align, maxAlign);
  const needed = image.length + reservedSize(slot, maxAlign);
  if (needed > slot.size) {
    const text = `the image with its trailer needs ${needed} bytes, but the slot has ${slot.size}`;
    throw buildError('build-slot-too-small', text, 'make the body smaller, or check slot size, alignment and number of sectors');
  }
  if (slot.pad === 'no') return image;
  const padded = new Uint8Array(slot.size).fill(erasedValue);
  padded.set(image);
  const fields = trailerFields(maxAlign);
  padded.set(trailerMagic(maxAlign), slot.size - fields.magic);
  if (slot.pad === 'confirmed' && slot.overwriteOnly !== true) padded[slot.size - fields.imageOk] = flagSet;
  return padded;
}

function checkAlignment(align: number, maxAlign: number): void {
  if ([1, 2, 4, 8, 16, 32].includes(align) && maxAligns.includes(maxAlign)) return;
  const text = `a write size of ${align} with a maximum alignment of ${maxAlign} is not possible`;
  throw buildError('build-spec', text, `write sizes are powers of 2 up to 32, maximum alignments ${maxAligns.join(', ')}`);
}

/** imgtool reserves a swap-move trailer for every swap mode. */
function reservedSize({ align, maxSectors = 128, overwriteOnly = false }: SlotPadding, maxAlign: number): number {
  const fields = swapTrailerFields('move', { maxAlign, maxSectors });
  return overwriteOnly ? fields.copyDone : trailerSize(fields, align);
}
