/** The 32 bytes that every image begins with: MCUboot `image.h`, mcuboot.md 1.1. Little endian. */

import { readVersion, writeVersion } from './version.ts';
import type { ImageVersion } from './version.ts';

/** The magic of an image, and of the form that MCUboot used before 2017 and refuses since. */
export const imageMagic = 0x96f3_b83d;
export const oldImageMagic = 0x96f3_b83c;

/** A magic as it stands in the file. */
export function magicBytes(magic: number): Uint8Array {
  return Uint8Array.of(magic & 0xff, (magic >>> 8) & 0xff, (magic >>> 16) & 0xff, magic >>> 24);
}

/** Length of the header proper. What `headerSize` claims beyond it is padding in front of the body. */
export const headerSizeMin = 32;

/** Bits of the header's flags. */
export const imageFlag = {
  pic: 0x1,
  encryptedAes128: 0x4,
  encryptedAes256: 0x8,
  nonBootable: 0x10,
  ramLoad: 0x20,
  romFixed: 0x100,
  compressedLzma1: 0x200,
  compressedLzma2: 0x400,
  compressedArmThumb: 0x800,
} as const;

export interface ImageHeader {
  readonly magic: number;
  /** RAM address (`ramLoad`) or the flash address that the image was linked for (`romFixed`). */
  readonly loadAddress: number;
  /** Offset of the body. */
  readonly headerSize: number;
  /** Size of the protected TLV area with its own header; 0 if there is none. */
  readonly protectedTlvSize: number;
  /** Size of the body. */
  readonly imageSize: number;
  readonly flags: number;
  readonly version: ImageVersion;
}

/** The fields as they stand there, not checked. `bytes` must hold at least `headerSizeMin` bytes. */
export function decodeHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerSizeMin);
  return {
    magic: view.getUint32(0, true),
    loadAddress: view.getUint32(4, true),
    headerSize: view.getUint16(8, true),
    protectedTlvSize: view.getUint16(10, true),
    imageSize: view.getUint32(12, true),
    flags: view.getUint32(16, true),
    version: readVersion(view, 20),
  };
}

/** The inverse of `decodeHeader`; always `headerSizeMin` bytes. */
export function encodeHeader(header: ImageHeader): Uint8Array {
  const bytes = new Uint8Array(headerSizeMin);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.magic, true);
  view.setUint32(4, header.loadAddress, true);
  view.setUint16(8, header.headerSize, true);
  view.setUint16(10, header.protectedTlvSize, true);
  view.setUint32(12, header.imageSize, true);
  view.setUint32(16, header.flags, true);
  writeVersion(view, 20, header.version);
  return bytes;
}

/** Whether the body is encrypted while the image waits in the secondary slot. */
export function isEncrypted(header: ImageHeader): boolean {
  return (header.flags & (imageFlag.encryptedAes128 | imageFlag.encryptedAes256)) !== 0;
}

/** The names of the flags that are set; unknown bits as one hexadecimal number. */
export function flagNames(flags: number): readonly string[] {
  const known = Object.entries(imageFlag).filter(([, bit]) => (flags & bit) !== 0);
  const rest = (flags & ~known.reduce((bits, [, bit]) => bits | bit, 0)) >>> 0;
  return [...known.map(([name]) => name), ...(rest === 0 ? [] : [`0x${rest.toString(16)}`])];
}
