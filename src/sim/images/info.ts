/** Version, hash and flags of the image in a slot, found as Zephyr's image group finds them (smp.md 4.1): nothing is verified. */

import { decodeRawHeader, imageHeaderSize, imageMagic, tlvOffset } from '../bootloader/header.ts';
import { FlashFailure } from '../flash/errors.ts';
import { startOffset } from './store.ts';
import type { RawHeader } from '../bootloader/header.ts';
import type { ImageVersion } from '../../mcuboot/version.ts';
import type { FlashArea } from '../flash.ts';
import type { ImageStore } from './store.ts';

export interface ImageInfo {
  readonly version: ImageVersion;
  readonly hash: Uint8Array;
  readonly flags: number;
}

/** `no-image`: the slot begins with erased bytes; `invalid`: anything else that is no image, or cannot be read. */
export type ImageInfoResult = ImageInfo | 'no-image' | 'invalid';

export function readImageInfo(store: ImageStore, slot: number): ImageInfoResult {
  const area = store.area(slot);
  if (area === undefined) return 'invalid';
  try {
    return readInfo(area, startOffset(store, slot), store.hash);
  } catch (error) {
    if (error instanceof FlashFailure) return 'invalid';
    throw error;
  }
}

const tlvInfoMagic = { unprotected: 0x6907, protected: 0x6908 } as const;
/** Head of a TLV area, and of each TLV in it. */
const tlvHeadSize = 4;

function readInfo(area: FlashArea, start: number, hash: ImageStore['hash']): ImageInfoResult {
  const header = decodeRawHeader(area.read(start, imageHeaderSize));
  if (header.magic !== imageMagic) {
    return area.read(start, 4).every((byte) => byte === area.erasedValue) ? 'no-image' : 'invalid';
  }
  const tlvs = findTlvs(area, start, header);
  const found = tlvs === undefined ? undefined : findHash(area, tlvs, hash);
  return found === undefined ? 'invalid' : { version: header.version, hash: found, flags: header.flags };
}

/** The unprotected TLVs, without their head. */
function findTlvs(area: FlashArea, start: number, header: RawHeader): { at: number; end: number } | undefined {
  let at = start + tlvOffset(header);
  const guarded = readWords(area, at);
  if (guarded[0] === tlvInfoMagic.protected) at += guarded[1];
  const [magic, total] = readWords(area, at);
  return magic === tlvInfoMagic.unprotected ? { at: at + tlvHeadSize, end: at + tlvHeadSize + total } : undefined;
}

/** The one hash TLV; undefined when there is none, or more than one. */
function findHash(area: FlashArea, tlvs: { at: number; end: number }, wanted: ImageStore['hash']): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  let { at } = tlvs;
  while (at + tlvHeadSize <= tlvs.end) {
    const [type, length] = readWords(area, at);
    at += tlvHeadSize;
    if (type === wanted.tlvType && length === wanted.size) {
      if (found !== undefined || at + length > tlvs.end) return undefined;
      found = area.read(at, length).slice();
    }
    at += length;
  }
  return found;
}

function readWords(area: FlashArea, at: number): readonly [number, number] {
  const bytes = area.read(at, tlvHeadSize);
  return [bytes[0]! | (bytes[1]! << 8), bytes[2]! | (bytes[3]! << 8)];
}

/** As image lists show it: the build number follows a dot, and only when it is not 0. */
export function listedVersion({ major, minor, revision, build }: ImageVersion): string {
  return build === 0 ? `${major}.${minor}.${revision}` : `${major}.${minor}.${revision}.${build}`;
}
