/** Reading and writing trailer fields in flash. Used by the bootloader and by the application's library alike. */

import { decodeTrailer, decodeTrailerMagic, encodeSwapInfo, flagSet, trailerMagic } from '../../mcuboot/trailer.ts';
import type { SwapTrailerFields, Trailer, TrailerFields, TrailerMagic } from '../../mcuboot/trailer.ts';
import type { FlashArea } from '../flash.ts';
import { FlashFailure } from '../flash/errors.ts';

/** Reads the fields that every mode has. */
export function readTrailer(area: FlashArea, fields: TrailerFields): Trailer {
  const { swapInfo } = fields;
  return decodeTrailer(area.read(area.size - swapInfo, swapInfo), fields, area.erasedValue);
}

/** Reads the magic alone. */
export function readMagic(area: FlashArea, fields: TrailerFields): TrailerMagic {
  return decodeTrailerMagic(area.read(area.size - fields.magic, fields.magic), fields.maxAlign, area.erasedValue);
}

/** The raw swap_info byte; undefined when it is erased. */
export function readSwapInfo(area: FlashArea, fields: TrailerFields): number | undefined {
  const info = area.read(area.size - fields.swapInfo, 1)[0];
  return info === area.erasedValue ? undefined : info;
}

/** Number of bytes that the swap in progress covers; the erased pattern when there is none. */
export function readSwapSize(area: FlashArea, fields: SwapTrailerFields): number {
  return readUint32(area, area.size - fields.swapSize);
}

/** Writes the good magic, and the padding before it where the alignment calls for some. */
export function writeMagic(area: FlashArea, fields: TrailerFields): void {
  const padded = new Uint8Array(fields.paddedMagic).fill(area.erasedValue);
  padded.set(trailerMagic(fields.maxAlign), fields.paddedMagic - fields.magic);
  area.program(area.size - fields.paddedMagic, padded);
}

/** Marks the image of the slot as confirmed. */
export function writeImageOk(area: FlashArea, fields: TrailerFields): void {
  writeField(area, fields.maxAlign, area.size - fields.imageOk, Uint8Array.of(flagSet));
}

/** Marks the swap into the slot as complete. */
export function writeCopyDone(area: FlashArea, fields: TrailerFields): void {
  writeField(area, fields.maxAlign, area.size - fields.copyDone, Uint8Array.of(flagSet));
}

/** Notes what kind of swap is under way, and for which image. `type` is a `swapTypeCode`. */
export function writeSwapInfo(area: FlashArea, fields: TrailerFields, info: { type: number; image: number }): void {
  writeField(area, fields.maxAlign, area.size - fields.swapInfo, Uint8Array.of(encodeSwapInfo(info.type, info.image)));
}

/** Notes how many bytes the swap covers. */
export function writeSwapSize(area: FlashArea, fields: SwapTrailerFields, size: number): void {
  writeField(area, fields.maxAlign, area.size - fields.swapSize, uint32Bytes(size));
}

/** Sizes of the unprotected TLV areas of both images (offset mode). */
export function writeTlvSizes(area: FlashArea, fields: SwapTrailerFields, sizes: { primary: number; secondary: number }): void {
  if (fields.tlvSizes === undefined) return;
  const combined = ((sizes.secondary << 16) | sizes.primary) >>> 0;
  writeField(area, fields.maxAlign, area.size - fields.tlvSizes, uint32Bytes(combined));
}

/** Reads what `writeTlvSizes` wrote; zeros where the mode has no such field. */
export function readTlvSizes(area: FlashArea, fields: SwapTrailerFields): { primary: number; secondary: number } {
  const combined = fields.tlvSizes === undefined ? 0 : readUint32(area, area.size - fields.tlvSizes);
  return { primary: combined & 0xffff, secondary: combined >>> 16 };
}

/** Fields are written in whole write units, filled up with the erased value; a unit wider than the alignment is an error. */
function writeField(area: FlashArea, maxAlign: number, offset: number, value: Uint8Array): void {
  const size = Math.ceil(value.length / area.writeSize) * area.writeSize;
  if (size > maxAlign) throw new FlashFailure(`${area.name}: its write unit exceeds the trailer's alignment`);
  const padded = new Uint8Array(size).fill(area.erasedValue);
  padded.set(value);
  area.program(offset, padded);
}

function uint32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function readUint32(area: FlashArea, offset: number): number {
  const bytes = area.read(offset, 4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}
