/**
 * The metadata by which Nordic's immutable bootloader (NSIB, B0) knows firmware: a block inside it, and a signature behind it
 * (mcuboot.md 10; sdk-nrf `fw_info_bare.h`, `bl_validation.c`). The magic's third word names SoC and struct version; any is taken.
 */

import { concatBytes } from '../base/bytes.ts';
import { rawKeySize, rawSignatureSize } from './raw-ecdsa.ts';

/** Where the block may be, counted from the start of the firmware. */
const fwInfoOffsets = [0x0, 0x200, 0x400, 0x600, 0x800, 0xe00, 0x1000];
/** Where builds put it unless told otherwise. */
export const fwInfoOffset = 0x200;
export const fwInfoSize = 60;
/** The value of `valid` until the firmware is invalidated. */
export const validWord = 0x9102_ffff;
const invalidMask = 0xffff_0000;
const validAt = 32;

const commonMagic = 0x281e_e6de;
const infoMagic = 0x8fce_bb4c;
const validationMagic = 0x8651_8483;
/** Struct version 2 on an nRF52. */
const compatibility = 2 | (52 << 8);
const magicSize = 12;
const digestSize = 32;
const validationSize = magicSize + 4 + digestSize + rawKeySize + rawSignatureSize;
/** The signature begins at most so many bytes behind the firmware. */
const searchDistance = 4;

export interface FwInfo {
  /** Where the block is, counted from the start of the firmware. */
  readonly offset: number;
  readonly totalSize: number;
  /** Bytes from the start of the firmware that are signed. */
  readonly size: number;
  readonly version: number;
  /** Where the firmware was linked to be. */
  readonly address: number;
  readonly bootAddress: number;
  /** `validWord`, until it is invalidated. */
  readonly valid: number;
}

export interface ValidationInfo {
  readonly address: number;
  readonly digest: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/** Reads from the start of the firmware; an empty array where there is nothing to read. */
export type FirmwareReader = (offset: number, length: number) => Uint8Array;

export function findFwInfo(read: FirmwareReader): FwInfo | undefined {
  for (const offset of fwInfoOffsets) {
    const view = blockAt(read, offset, { size: fwInfoSize, magic: infoMagic });
    if (view === undefined) continue;
    const word = (at: number): number => view.getUint32(at, true);
    const [totalSize, size, version, address, bootAddress] = [word(12), word(16), word(20), word(24), word(28)];
    return { offset, totalSize, size, version, address, bootAddress, valid: word(validAt) };
  }
  return undefined;
}

/** The word that marks firmware as invalid for ever, and where it belongs. */
export function invalidation({ offset }: FwInfo): { readonly at: number; readonly bytes: Uint8Array } {
  return { at: offset + validAt, bytes: words([(validWord & invalidMask) >>> 0]) };
}

export function encodeFwInfo({ size, version, address }: Pick<FwInfo, 'size' | 'version' | 'address'>): Uint8Array {
  const head = words([commonMagic, infoMagic, compatibility, fwInfoSize, size, version, address, address, validWord]);
  const block = new Uint8Array(fwInfoSize);
  block.set(head);
  return block;
}

/** What follows the signed bytes, `size` of them. */
export function findValidationInfo(read: FirmwareReader, size: number): ValidationInfo | undefined {
  for (let offset = size; offset <= size + searchDistance; offset += 1) {
    const view = blockAt(read, offset, { size: validationSize, magic: validationMagic });
    if (view === undefined) continue;
    const part = (at: number, length: number): Uint8Array => new Uint8Array(view.buffer, view.byteOffset + at, length).slice();
    const keyAt = magicSize + 4 + digestSize;
    return {
      address: view.getUint32(magicSize, true),
      digest: part(magicSize + 4, digestSize),
      publicKey: part(keyAt, rawKeySize),
      signature: part(keyAt + rawKeySize, rawSignatureSize),
    };
  }
  return undefined;
}

export function encodeValidationInfo({ address, digest, publicKey, signature }: ValidationInfo): Uint8Array {
  return concatBytes([words([commonMagic, validationMagic, compatibility, address]), digest, publicKey, signature]);
}

function blockAt(read: FirmwareReader, offset: number, { size, magic }: { size: number; magic: number }): DataView | undefined {
  const bytes = read(offset, size);
  if (bytes.length < size) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  return view.getUint32(0, true) === commonMagic && view.getUint32(4, true) === magic ? view : undefined;
}

function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint32(index * 4, value, true));
  return bytes;
}
