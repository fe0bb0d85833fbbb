/** Makes images as `imgtool sign` does, byte for byte (vectors images/manifest.json). */

import { concatBytes } from '../base/bytes.ts';
import { encodeBootRecord } from './boot-record.ts';
import { digestSizes, hash } from './hash.ts';
import type { HashAlgorithm } from './hash.ts';
import { encodeHeader, imageMagic } from './header.ts';
import { checkSpec, chooseHash, defaultHeaderSize, tooLarge } from './image-spec.ts';
import type { ImageSpec } from './image-spec.ts';
import { imageSizeMax } from './image.ts';
import type { ImageDependency } from './image.ts';
import { keyHash, signatureTlvType } from './keys.ts';
import type { SigningKey } from './keys.ts';
import { padToSlot } from './slot-padding.ts';
import { encodeTlvArea, tlvType } from './tlv.ts';
import type { TlvContent } from './tlv.ts';
import { writeVersion } from './version.ts';

/**
 * An image as `spec` says, signed with `key`; without a key it carries its hash only. Equal input gives equal bytes, except that RSA
 * and ECDSA signatures are random. Throws `BootproofError` (`build-spec`, `build-too-large`, `build-slot-too-small`).
 */
export function buildImage(spec: ImageSpec, key?: SigningKey): Uint8Array {
  checkSpec(spec);
  const algorithm = chooseHash(spec, key?.publicKey.kind);
  const protectedArea = encodeTlvArea('protected', protectedTlvs(spec, algorithm, key));
  const covered = concatBytes([encodePaddedHeader(spec, protectedArea.length), spec.body, protectedArea]);
  const image = concatBytes([covered, encodeTlvArea('unprotected', signatureTlvs(spec, covered, { algorithm, key }))]);
  if (image.length > imageSizeMax) throw tooLarge(image.length);
  return spec.slot === undefined ? image : padToSlot(image, spec.slot, spec.erasedValue ?? 0xff);
}

function encodePaddedHeader(spec: ImageSpec, protectedTlvSize: number): Uint8Array {
  const { version, headerSize = defaultHeaderSize, loadAddress = 0, flags = 0 } = spec;
  const padded = new Uint8Array(headerSize).fill(spec.erasedValue ?? 0xff);
  padded.set(encodeHeader({ magic: imageMagic, loadAddress, headerSize, protectedTlvSize, imageSize: spec.body.length, flags, version }));
  return padded;
}

/** In the order of imgtool. */
function protectedTlvs(spec: ImageSpec, algorithm: HashAlgorithm, key: SigningKey | undefined): readonly TlvContent[] {
  const { securityCounter, softwareType, dependencies = [], vendorUuid, classUuid, custom = [] } = spec;
  const tlvs: TlvContent[] = [];
  if (securityCounter !== undefined) tlvs.push({ type: tlvType.securityCounter, value: encodeCounter(securityCounter) });
  if (softwareType !== undefined) {
    const signerId = key === undefined ? new Uint8Array(digestSizes.sha256) : keyHash(key.publicKey, algorithm);
    const record = encodeBootRecord({ softwareType, version: spec.version, signerId, hash: algorithm });
    tlvs.push({ type: tlvType.bootRecord, value: record });
  }
  for (const dependency of dependencies) tlvs.push({ type: tlvType.dependency, value: encodeDependency(dependency) });
  if (vendorUuid !== undefined) tlvs.push({ type: tlvType.vendorUuid, value: vendorUuid });
  if (classUuid !== undefined) tlvs.push({ type: tlvType.classUuid, value: classUuid });
  return [...tlvs, ...custom];
}

/** Hash, then (with a key) who signed and the signature. imgtool adds a hash to pure signatures, too, though they do not need one. */
function signatureTlvs(
  spec: ImageSpec,
  covered: Uint8Array,
  { algorithm, key }: { algorithm: HashAlgorithm; key: SigningKey | undefined },
): readonly TlvContent[] {
  const digest = hash(algorithm, covered);
  const hashTlv = { type: tlvType[algorithm], value: digest };
  if (key === undefined) return [hashTlv];
  const { publicKey } = key;
  const pure = spec.pure === true;
  return [
    hashTlv,
    ...(pure ? [{ type: tlvType.pureSignature, value: Uint8Array.of(1) }] : []),
    spec.publicKeyFormat === 'full'
      ? { type: tlvType.publicKey, value: publicKey.der }
      : { type: tlvType.keyHash, value: keyHash(publicKey, algorithm) },
    { type: signatureTlvType(publicKey.kind), value: key.sign({ pure, digest, message: () => covered }) },
  ];
}

function encodeCounter(counter: number): Uint8Array {
  const value = new Uint8Array(4);
  new DataView(value.buffer).setUint32(0, counter, true);
  return value;
}

function encodeDependency({ image, minimum }: ImageDependency): Uint8Array {
  const value = new Uint8Array(12);
  value[0] = image;
  writeVersion(new DataView(value.buffer), 4, minimum);
  return value;
}
