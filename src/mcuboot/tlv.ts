/** The type-length-value areas behind the body of an image: MCUboot `image.h`, mcuboot.md 1.3. */

import { concatBytes } from '../base/bytes.ts';
import { ImageError, buildError, damagedHint } from './errors.ts';

/** Numbers of the TLV types that MCUboot defines. */
export const tlvType = {
  keyHash: 0x01,
  publicKey: 0x02,
  sha256: 0x10,
  sha384: 0x11,
  sha512: 0x12,
  rsa2048: 0x20,
  ecdsa224: 0x21,
  ecdsa: 0x22,
  rsa3072: 0x23,
  ed25519: 0x24,
  pureSignature: 0x25,
  encryptionRsa2048: 0x30,
  encryptionKeyWrap: 0x31,
  encryptionP256: 0x32,
  encryptionX25519: 0x33,
  encryptionX25519Sha512: 0x34,
  dependency: 0x40,
  securityCounter: 0x50,
  bootRecord: 0x60,
  decompressedSize: 0x70,
  decompressedSha: 0x71,
  decompressedSignature: 0x72,
  compressedDecryptedSize: 0x73,
  vendorUuid: 0x74,
  classUuid: 0x75,
} as const;

/** The name that imgtool prints for each type. */
const tlvNames: ReadonlyMap<number, string> = new Map([
  [tlvType.keyHash, 'KEYHASH'],
  [tlvType.publicKey, 'PUBKEY'],
  [tlvType.sha256, 'SHA256'],
  [tlvType.sha384, 'SHA384'],
  [tlvType.sha512, 'SHA512'],
  [tlvType.rsa2048, 'RSA2048'],
  [tlvType.ecdsa224, 'ECDSA224'],
  [tlvType.ecdsa, 'ECDSASIG'],
  [tlvType.rsa3072, 'RSA3072'],
  [tlvType.ed25519, 'ED25519'],
  [tlvType.pureSignature, 'SIG_PURE'],
  [tlvType.encryptionRsa2048, 'ENCRSA2048'],
  [tlvType.encryptionKeyWrap, 'ENCKW'],
  [tlvType.encryptionP256, 'ENCEC256'],
  [tlvType.encryptionX25519, 'ENCX25519'],
  [tlvType.encryptionX25519Sha512, 'ENCX25519_SHA512'],
  [tlvType.dependency, 'DEPENDENCY'],
  [tlvType.securityCounter, 'SEC_CNT'],
  [tlvType.bootRecord, 'BOOT_RECORD'],
  [tlvType.decompressedSize, 'DECOMP_SIZE'],
  [tlvType.decompressedSha, 'DECOMP_SHA'],
  [tlvType.decompressedSignature, 'DECOMP_SIGNATURE'],
  [tlvType.compressedDecryptedSize, 'COMP_DEC_SIZE'],
  [tlvType.vendorUuid, 'UUID_VID'],
  [tlvType.classUuid, 'UUID_CID'],
]);

/** A TLV's name as imgtool prints it, `vendor 0x10a0` in the vendors' range, else `unknown 0x99`. */
export function tlvName(type: number): string {
  return tlvNames.get(type) ?? `${isVendorTlv(type) ? 'vendor' : 'unknown'} 0x${type.toString(16).padStart(2, '0')}`;
}

/** Types 0xXXA0 to 0xXXFF belong to vendors. */
export function isVendorTlv(type: number): boolean {
  return (type & 0xff) >= 0xa0;
}

/** The first two bytes of an area. */
export const areaMagic = { unprotected: 0x6907, protected: 0x6908 } as const;

/** Length of the magic and the total size that begin an area. */
export const areaHeaderSize = 4;

/** Length of the type and the length that begin a TLV. */
export const tlvHeaderSize = 4;

export interface Tlv {
  readonly type: number;
  /** Where the TLV begins, counted from the start of the image. Its value follows `tlvHeaderSize` bytes later. */
  readonly offset: number;
  /** A view into the image, not a copy. */
  readonly value: Uint8Array;
}

/** A TLV that is not yet in an image. */
export type TlvContent = Pick<Tlv, 'type' | 'value'>;

export interface TlvArea {
  readonly kind: 'protected' | 'unprotected';
  /** Where the area begins, counted from the start of the image. */
  readonly offset: number;
  /** Length of the area with its own header. */
  readonly size: number;
  readonly tlvs: readonly Tlv[];
}

/**
 * Reads the areas of an image that begin at `offset`: the protected one if `protectedSize`, the size that the image header
 * claims for it, is not 0, then always the unprotected one. Throws `ImageError` (`image-tlv`) when they are not exactly that.
 */
export function readTlvAreas(image: Uint8Array, offset: number, protectedSize: number): readonly TlvArea[] {
  if (protectedSize === 0) return [readArea(image, offset, 'unprotected')];
  const first = readArea(image, offset, 'protected');
  if (first.size !== protectedSize) {
    throw tlvError(`the protected TLV area has ${first.size} bytes, but the header says ${protectedSize}`);
  }
  return [first, readArea(image, offset + first.size, 'unprotected')];
}

/** The bytes of an area; none if there are no TLVs. Throws `BootproofError` (`build-spec`) when a size exceeds its 16 bits. */
export function encodeTlvArea(kind: TlvArea['kind'], tlvs: readonly TlvContent[]): Uint8Array {
  const parts = tlvs.flatMap(({ type, value }) => [encodePair(type, value.length), value]);
  const size = parts.reduce((sum, part) => sum + part.length, areaHeaderSize);
  if (size > 0xffff) throw buildError('build-spec', `the ${kind} TLVs need ${size} bytes`, 'an area has at most 65535');
  return tlvs.length === 0 ? new Uint8Array(0) : concatBytes([encodePair(areaMagic[kind], size), ...parts]);
}

/** Areas and TLVs both begin with two 16-bit numbers. */
function encodePair(first: number, second: number): Uint8Array {
  return Uint8Array.of(first & 0xff, first >> 8, second & 0xff, second >> 8);
}

function readArea(image: Uint8Array, offset: number, kind: TlvArea['kind']): TlvArea {
  if (offset + areaHeaderSize > image.length) {
    throw tlvError(`the ${kind} TLV area at offset ${offset} is missing: the file ends at ${image.length}`);
  }
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const magic = view.getUint16(offset, true);
  const size = view.getUint16(offset + 2, true);
  if (magic !== areaMagic[kind]) {
    throw tlvError(`no ${kind} TLV area at offset ${offset}: its magic is 0x${hex4(magic)} instead of 0x${hex4(areaMagic[kind])}`);
  }
  const end = offset + size;
  if (size < areaHeaderSize) throw tlvError(`the ${kind} TLV area at offset ${offset} claims an impossible size of ${size} bytes`);
  if (end > image.length) {
    throw tlvError(`the ${kind} TLV area at offset ${offset} needs ${size} bytes, but only ${image.length - offset} are there`);
  }
  const tlvs: Tlv[] = [];
  for (let at = offset + areaHeaderSize; at < end;) {
    const tlv = readTlv(image, view, { at, end });
    tlvs.push(tlv);
    at += tlvHeaderSize + tlv.value.length;
  }
  return { kind, offset, size, tlvs };
}

function readTlv(image: Uint8Array, view: DataView, { at, end }: { at: number; end: number }): Tlv {
  if (at + tlvHeaderSize > end) throw tlvError(`${end - at} stray bytes end the TLV area at offset ${at}`);
  const type = view.getUint16(at, true);
  const valueAt = at + tlvHeaderSize;
  const valueEnd = valueAt + view.getUint16(at + 2, true);
  if (valueEnd > end) throw tlvError(`the TLV ${tlvName(type)} at offset ${at} reaches ${valueEnd - end} bytes beyond its area`);
  return { type, offset: at, value: image.subarray(valueAt, valueEnd) };
}

function tlvError(message: string): ImageError {
  return new ImageError('image-tlv', message, damagedHint);
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}
