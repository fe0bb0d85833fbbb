/** Walking the TLVs of an image where it lies, with the bootloader's own leniency: only what it looks at is checked. */

import type { ImageHeader } from '../../mcuboot/header.ts';
import { areaHeaderSize, areaMagic, tlvHeaderSize } from '../../mcuboot/tlv.ts';
import { tlvOffset } from './header.ts';

/** Where an image is read from: a slot or RAM. Throws `FlashFailure` when it cannot be. */
export interface ImageSource {
  /** Reads from `offset`, counted from the start of the image. */
  read(offset: number, length: number): Uint8Array;
}

/** A TLV without its value. Its length is what it claims: the value may end beyond the areas. */
export interface RawTlv {
  readonly type: number;
  readonly length: number;
  /** Where the value begins, counted from the start of the image. */
  readonly offset: number;
  readonly protected: boolean;
}

/** The extent of both areas, counted from the start of the image. */
export interface TlvExtent {
  readonly start: number;
  readonly protectedEnd: number;
  readonly end: number;
  /** Size that the unprotected area claims. */
  readonly unprotectedSize: number;
}

/** Finds the areas; undefined when their magics and sizes are not what the header says. */
export function findTlvAreas(source: ImageSource, header: ImageHeader): TlvExtent | undefined {
  const start = tlvOffset(header);
  let info = readAreaHeader(source, start);
  if (info.magic === areaMagic.protected) {
    if (info.size !== header.protectedTlvSize) return undefined;
    info = readAreaHeader(source, start + info.size);
  } else if (header.protectedTlvSize !== 0) return undefined;
  if (info.magic !== areaMagic.unprotected) return undefined;
  const protectedEnd = start + header.protectedTlvSize;
  return { start, protectedEnd, end: protectedEnd + info.size, unprotectedSize: info.size };
}

/** The TLVs one after the other; with `protectedOnly` up to the end of the protected area. */
export function* walkTlvs(source: ImageSource, extent: TlvExtent, options: { readonly protectedOnly?: boolean } = {}): Generator<RawTlv> {
  const { protectedEnd, end, start } = extent;
  for (let at = start + areaHeaderSize; at < end;) {
    if (protectedEnd > start && at === protectedEnd) at += areaHeaderSize;
    const view = viewOf(source.read(at, tlvHeaderSize));
    const [type, length] = [view.getUint16(0, true), view.getUint16(2, true)];
    if (options.protectedOnly === true && at >= protectedEnd) return;
    const offset = at + tlvHeaderSize;
    yield { type, length, offset, protected: offset < protectedEnd };
    at = offset + length;
  }
}

function readAreaHeader(source: ImageSource, offset: number): { magic: number; size: number } {
  const view = viewOf(source.read(offset, areaHeaderSize));
  return { magic: view.getUint16(0, true), size: view.getUint16(2, true) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
