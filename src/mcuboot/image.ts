/** Reads MCUboot images, mcuboot.md 1: header, TLV areas and what they say. Checks the form only; `verify.ts` checks hash and signature. */

import { toHex } from '../base/bytes.ts';
import { formatSize } from '../base/quantities.ts';
import { ImageError, damagedHint } from './errors.ts';
import type { ImageErrorCode } from './errors.ts';
import { digestSizes, hashAlgorithmOf } from './hash.ts';
import type { HashAlgorithm } from './hash.ts';
import { decodeHeader, headerSizeMin, imageMagic, magicBytes } from './header.ts';
import type { ImageHeader } from './header.ts';
import { lookalike } from './lookalike.ts';
import { readRemainder } from './remainder.ts';
import type { Remainder } from './remainder.ts';
import { readTlvAreas, tlvName, tlvType } from './tlv.ts';
import type { Tlv, TlvArea } from './tlv.ts';
import { readVersion } from './version.ts';
import type { ImageVersion } from './version.ts';

/** The largest image and the largest file that is read or made. */
export const imageSizeMax = 16 * 1024 * 1024;

/** An image and the file it came in. All bytes are views into that file. */
export interface McubootImage {
  readonly file: Uint8Array;
  readonly header: ImageHeader;
  readonly body: Uint8Array;
  /** One or two areas, the protected one first. */
  readonly areas: readonly TlvArea[];
  /** Header, body and protected TLVs: what hash and signature cover. */
  readonly covered: Uint8Array;
  /** Undefined only for images with a pure signature, where it may be left out. */
  readonly hash: ImageHash | undefined;
  /** The signature covers the image itself instead of its hash. */
  readonly pure: boolean;
  readonly signatures: readonly ImageSignature[];
  readonly claims: ImageClaims;
  /** Where the image ends in the file. */
  readonly end: number;
  readonly remainder: Remainder;
}

/** The image hash: what SMP lists and names images by. */
export interface ImageHash {
  readonly algorithm: HashAlgorithm;
  readonly digest: Uint8Array;
}

export interface ImageSignature {
  readonly tlvType: number;
  readonly signature: Uint8Array;
  /** The TLV before the signature that names its key, by hash or in full; MCUboot ignores a signature without one. */
  readonly signer: { readonly kind: 'hash' | 'public-key'; readonly value: Uint8Array } | undefined;
}

/** What the protected TLVs say. */
export interface ImageClaims {
  readonly securityCounter: number | undefined;
  readonly dependencies: readonly ImageDependency[];
  /** A CBOR map for measured boot, not looked into. */
  readonly bootRecord: Uint8Array | undefined;
  readonly vendorUuid: Uint8Array | undefined;
  readonly classUuid: Uint8Array | undefined;
}

/** The image demands that image number `image` has at least version `minimum`. */
export interface ImageDependency {
  readonly image: number;
  readonly minimum: ImageVersion;
}

/** Reads an image of at most `imageSizeMax` bytes. Throws `ImageError`; whatever the bytes are, nothing else. */
export function parseImage(file: Uint8Array): McubootImage {
  const header = readHeader(file);
  const bodyEnd = header.headerSize + header.imageSize;
  const areas = readTlvAreas(file, bodyEnd, header.protectedTlvSize);
  const unprotected = areas.find((area) => area.kind === 'unprotected')?.tlvs ?? [];
  const protectedTlvs = areas.find((area) => area.kind === 'protected')?.tlvs ?? [];
  checkLengths([...protectedTlvs, ...unprotected]);
  const end = areas.reduce((at, area) => at + area.size, bodyEnd);
  const pure = unprotected.some((tlv) => tlv.type === tlvType.pureSignature && tlv.value[0] === 1);
  return {
    file,
    header,
    body: file.subarray(header.headerSize, bodyEnd),
    areas,
    covered: file.subarray(0, bodyEnd + header.protectedTlvSize),
    hash: readHash(unprotected, pure),
    pure,
    signatures: readSignatures(unprotected),
    claims: readClaims(protectedTlvs),
    end,
    remainder: readRemainder(file.subarray(end)),
  };
}

/** Also finds files that are no images at all, and sizes that cannot be. */
function readHeader(file: Uint8Array): ImageHeader {
  if (file.length === 0) throw new ImageError('image-empty', 'the file is empty', 'look at the step that should have written it');
  checkMagic(file);
  if (file.length < headerSizeMin) throw truncated(file, headerSizeMin);
  if (file.length > imageSizeMax) {
    const text = `the file has ${formatSize(file.length)}, more than the ${formatSize(imageSizeMax)} supported`;
    throw new ImageError('image-too-large', text, 'give the image alone, not a dump of the whole flash');
  }
  const header = decodeHeader(file);
  checkSizes(file, header);
  return header;
}

function checkSizes(file: Uint8Array, { headerSize, imageSize, protectedTlvSize }: ImageHeader): void {
  if (headerSize < headerSizeMin) {
    throw damaged('image-header', `the header claims a size of ${headerSize} bytes, but has at least ${headerSizeMin}`);
  }
  const claimed = headerSize + imageSize + protectedTlvSize;
  if (claimed > imageSizeMax) {
    const overflow = claimed > 0xffff_ffff ? ', more than 32 bits can count' : '';
    throw damaged('image-size', `the header claims an image of ${claimed} bytes${overflow}`);
  }
  if (headerSize + imageSize > file.length) throw truncated(file, headerSize + imageSize);
}

function truncated(file: Uint8Array, needed: number): ImageError {
  return damaged('image-truncated', `header and body need ${needed} bytes, but the file ends after ${file.length}`);
}

function checkMagic(file: Uint8Array): void {
  const magic = magicBytes(imageMagic);
  if (magic.subarray(0, file.length).every((byte, at) => file[at] === byte)) return;
  const known = lookalike(file);
  if (known !== undefined) throw new ImageError('image-magic', `this is not an MCUboot image; it looks like ${known.what}`, known.hint);
  const found = toHex(file.subarray(0, magic.length));
  const text = `this is not an MCUboot image: it begins with ${found} instead of ${toHex(magic)}`;
  throw new ImageError('image-magic', text, 'give the signed binary that imgtool wrote (Zephyr: zephyr.signed.bin)');
}

function damaged(code: ImageErrorCode, message: string): ImageError {
  return new ImageError(code, message, damagedHint);
}

/** Lengths of values that have just one. Digests are among them. */
const valueSizes: ReadonlyMap<number, number> = new Map([
  [tlvType.sha256, digestSizes.sha256],
  [tlvType.sha384, digestSizes.sha384],
  [tlvType.sha512, digestSizes.sha512],
  [tlvType.pureSignature, 1],
  [tlvType.dependency, 12],
  [tlvType.securityCounter, 4],
  [tlvType.vendorUuid, 16],
  [tlvType.classUuid, 16],
]);

function checkLengths(tlvs: readonly Tlv[]): void {
  for (const { type, offset, value } of tlvs) {
    const size = valueSizes.get(type);
    if (size === undefined || size === value.length) continue;
    throw damaged('image-tlv', `the TLV ${tlvName(type)} at offset ${offset} has ${value.length} bytes instead of ${size}`);
  }
}

function readHash(tlvs: readonly Tlv[], pure: boolean): ImageHash | undefined {
  const hashes = tlvs.flatMap(({ type, value }) => {
    const algorithm = hashAlgorithmOf(type);
    return algorithm === undefined ? [] : [{ algorithm, digest: value }];
  });
  if (hashes.length > 1) throw damaged('image-hash-duplicate', `the image carries ${hashes.length} hashes instead of one`);
  if (hashes.length === 0 && !pure) {
    throw new ImageError(
      'image-hash-missing',
      'the image carries no hash',
      'MCUboot refuses it and SMP servers do not list it; sign it with imgtool',
    );
  }
  return hashes[0];
}

/** MCUboot takes the last key named before a signature, once. */
function readSignatures(tlvs: readonly Tlv[]): readonly ImageSignature[] {
  const signatures: ImageSignature[] = [];
  let signer: ImageSignature['signer'];
  for (const { type, value } of tlvs) {
    if (type === tlvType.keyHash) signer = { kind: 'hash', value };
    if (type === tlvType.publicKey) signer = { kind: 'public-key', value };
    if (!signatureTypes.has(type)) continue;
    signatures.push({ tlvType: type, signature: value, signer });
    signer = undefined;
  }
  return signatures;
}

const signatureTypes: ReadonlySet<number> = new Set([tlvType.rsa2048, tlvType.ecdsa224, tlvType.ecdsa, tlvType.rsa3072, tlvType.ed25519]);

function readClaims(tlvs: readonly Tlv[]): ImageClaims {
  const first = (type: number): Uint8Array | undefined => tlvs.find((tlv) => tlv.type === type)?.value;
  const counter = first(tlvType.securityCounter);
  return {
    securityCounter: counter === undefined ? undefined : viewOf(counter).getUint32(0, true),
    dependencies: tlvs.filter((tlv) => tlv.type === tlvType.dependency).map((tlv) => readDependency(tlv.value)),
    bootRecord: first(tlvType.bootRecord),
    vendorUuid: first(tlvType.vendorUuid),
    classUuid: first(tlvType.classUuid),
  };
}

/** The image number, three bytes of padding, the version. */
function readDependency(value: Uint8Array): ImageDependency {
  const view = viewOf(value);
  return { image: view.getUint8(0), minimum: readVersion(view, 4) };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
