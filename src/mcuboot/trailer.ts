/**
 * The image trailer: the fields at the end of a slot by which MCUboot and the application talk to each other
 * (mcuboot.md 2, without encryption keys). Bytes and numbers only; whoever owns the flash does the reading and writing.
 */

import { equalBytes } from '../base/bytes.ts';

/** How a magic reads. `bad` is anything that is neither the magic of the alignment nor erased. */
export type TrailerMagic = 'good' | 'bad' | 'unset';
/** How a flag byte reads. `bad` is anything but 1 and the erased value; the swap rules take it for neither. */
export type TrailerFlag = 'set' | 'unset' | 'bad';

/** The swap types as `swap_info` stores them. */
export const swapTypeCode = { none: 1, test: 2, perm: 3, revert: 4 } as const;

/** What a trailer says, apart from the progress of a swap. */
export interface Trailer {
  readonly magic: TrailerMagic;
  /** The raw low nibble of `swap_info`; 1 (none) when it is erased or above 4. */
  readonly swapType: number;
  readonly imageNumber: number;
  readonly copyDone: TrailerFlag;
  readonly imageOk: TrailerFlag;
}

/** Distances of the fields that every mode has, in bytes before the end of the slot. They depend on `BOOT_MAX_ALIGN` only. */
export interface TrailerFields {
  /** 8, 16 or 32; everything in the trailer is spaced by it. */
  readonly maxAlign: number;
  readonly magic: number;
  /** Where writing the magic begins: padding precedes it when `maxAlign` exceeds its 16 bytes. */
  readonly paddedMagic: number;
  readonly imageOk: number;
  readonly copyDone: number;
  readonly swapInfo: number;
}

/** Distances of the fields of a swap in progress. */
export interface SwapTrailerFields extends TrailerFields {
  readonly swapSize: number;
  /** Sizes of the unprotected TLV areas of both images; in offset mode only. */
  readonly tlvSizes: number | undefined;
  /** Number of one-byte progress records in the slot's trailer, each one write unit wide. */
  readonly statusCount: number;
  /** Size of all fields above the progress records. */
  readonly infoSize: number;
}

/** The modes that swap slots and so keep progress records. The others lay out their trailers as `scratch` does. */
export type SwapMode = 'scratch' | 'move' | 'offset';

/** The modes that exchange the slots, and so can go back; they keep records of their work. */
export function isSwapMode(mode: string): mode is SwapMode {
  return mode === 'scratch' || mode === 'move' || mode === 'offset';
}

/** Number of progress records for each sector (vectors: traces of the power-cut sweeps). */
export const statusPerSector: Readonly<Record<SwapMode, number>> = { scratch: 3, move: 3, offset: 2 };

/** Length of the magic. */
export const trailerMagicSize = 16;

/** Where the fields are that every mode has (mcuboot.md 2). */
export function trailerFields(maxAlign: number): TrailerFields {
  const paddedMagic = alignUp(trailerMagicSize, maxAlign);
  const imageOk = paddedMagic + maxAlign;
  return { maxAlign, magic: trailerMagicSize, paddedMagic, imageOk, copyDone: imageOk + maxAlign, swapInfo: imageOk + 2 * maxAlign };
}

/** Build settings that shape the trailer: `BOOT_MAX_ALIGN` and `BOOT_MAX_IMG_SECTORS`. */
export interface SwapTrailerOptions {
  readonly maxAlign: number;
  readonly maxSectors: number;
  /** Whether the trailer holds the TLV sizes: in offset mode since v2.3. */
  readonly tlvSizes?: boolean;
}

/** Where all fields are, those of a swap in progress included (mcuboot.md 2). */
export function swapTrailerFields(
  mode: SwapMode,
  { maxAlign, maxSectors, tlvSizes: hasTlvSizes = mode === 'offset' }: SwapTrailerOptions,
): SwapTrailerFields {
  const fields = trailerFields(maxAlign);
  const next = fields.swapInfo + maxAlign;
  const tlvSizes = hasTlvSizes ? next : undefined;
  const swapSize = hasTlvSizes ? next + maxAlign : next;
  return { ...fields, tlvSizes, swapSize, infoSize: swapSize, statusCount: maxSectors * statusPerSector[mode] };
}

/** Size of a slot's whole trailer with records of `writeSize` bytes. */
export function trailerSize(fields: SwapTrailerFields, writeSize: number): number {
  return fields.infoSize + fields.statusCount * writeSize;
}

/** The 16 magic bytes. With the usual alignment of 8 they are fixed, with others they name it. */
export function trailerMagic(maxAlign: number): Uint8Array {
  if (maxAlign === 8) return Uint8Array.of(0x77, 0xc2, 0x95, 0xf3, 0x60, 0xd2, 0xef, 0x7f, 0x35, 0x52, 0x50, 0x0f, 0x2c, 0xb6, 0x79, 0x80);
  const rest = [0x2d, 0xe1, 0x5d, 0x29, 0x41, 0x0b, 0x8d, 0x77, 0x67, 0x9c, 0x11, 0x0f, 0x1f, 0x8a];
  return Uint8Array.of(maxAlign & 0xff, maxAlign >> 8, ...rest);
}

/** Reads the end of a slot; `tail` must hold at least `swapInfo` bytes. */
export function decodeTrailer(tail: Uint8Array, fields: TrailerFields, erasedValue = 0xff): Trailer {
  const at = (distance: number): number => tail[tail.length - distance] ?? erasedValue;
  const info = at(fields.swapInfo);
  const known = info !== erasedValue && (info & 0x0f) <= swapTypeCode.revert;
  return {
    magic: decodeTrailerMagic(tail.subarray(tail.length - fields.magic), fields.maxAlign, erasedValue),
    swapType: known ? info & 0x0f : swapTypeCode.none,
    imageNumber: known ? info >> 4 : 0,
    copyDone: decodeFlag(at(fields.copyDone), erasedValue),
    imageOk: decodeFlag(at(fields.imageOk), erasedValue),
  };
}

/** Reads a magic; `bytes` are its 16 bytes without padding. */
export function decodeTrailerMagic(bytes: Uint8Array, maxAlign: number, erasedValue = 0xff): TrailerMagic {
  if (bytes.every((byte) => byte === erasedValue)) return 'unset';
  return equalBytes(bytes, trailerMagic(maxAlign)) ? 'good' : 'bad';
}

/** A `swap_info` byte. */
export function encodeSwapInfo(swapType: number, imageNumber: number): number {
  return (imageNumber << 4) | swapType;
}

/** The byte of a flag that is set. */
export const flagSet = 0x01;

function decodeFlag(byte: number, erasedValue: number): TrailerFlag {
  if (byte === erasedValue) return 'unset';
  return byte === flagSet ? 'set' : 'bad';
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
