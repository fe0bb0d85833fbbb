/** Image headers where the bootloader finds them: read from flash as they are, trusted or not. */

import { decodeHeader, headerSizeMin } from '../../mcuboot/header.ts';
import type { ImageHeader } from '../../mcuboot/header.ts';
import type { FlashArea } from '../flash.ts';

export { decodeHeader as decodeRawHeader, headerSizeMin as imageHeaderSize, imageFlag, imageMagic } from '../../mcuboot/header.ts';
export type { ImageHeader as RawHeader } from '../../mcuboot/header.ts';

/** A header that was never read: all zero. */
export const blankHeader: ImageHeader = decodeHeader(new Uint8Array(headerSizeMin));

/** Reads the header at `offset` of an area. */
export function readHeaderAt(area: FlashArea, offset: number): ImageHeader {
  return decodeHeader(area.read(offset, headerSizeMin));
}

/** Where the TLV areas begin, counted from the start of the image. Wraps as the bootloader's 32-bit arithmetic does. */
export function tlvOffset(header: ImageHeader): number {
  return (header.headerSize + header.imageSize) >>> 0;
}
