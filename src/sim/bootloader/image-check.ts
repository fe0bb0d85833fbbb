/** Is this image whole and from whom it should be? Hash, TLVs, signature and security counter (mcuboot.md 1.5, step 5). */

import { equalBytes } from '../../base/bytes.ts';
import { digestSizes, hash } from '../../mcuboot/hash.ts';
import type { ImageHeader } from '../../mcuboot/header.ts';
import { keyHash, signatureTlvType, verifySignature } from '../../mcuboot/keys.ts';
import type { KeyKind, PublicKey } from '../../mcuboot/keys.ts';
import { tlvType } from '../../mcuboot/tlv.ts';
import { tlvOffset } from './header.ts';
import { attempt } from './region.ts';
import type { Session } from './session.ts';
import { findTlvAreas, walkTlvs } from './tlv-walk.ts';
import type { ImageSource, RawTlv, TlvExtent } from './tlv-walk.ts';

/** An image to be checked, in a slot or in RAM. */
export interface CandidateImage {
  /** Index of the image pair. */
  readonly index: number;
  readonly header: ImageHeader;
  readonly source: ImageSource;
  /** Largest end of the TLVs that fits; asked for only when the areas are sound, since asking may print. */
  maxSize(): number;
}

/** Whether the image may be installed or started. Prints only what concerns the security counter. */
export function checkImage(session: Session, candidate: CandidateImage): boolean {
  let verdict = false;
  attempt(() => {
    const { header, source } = candidate;
    const size = tlvOffset(header) + header.protectedTlvSize;
    const covered = (): Uint8Array => source.read(0, size);
    const digest = session.config.pureSignature ? undefined : hash(session.config.hash, covered());
    const extent = findTlvAreas(source, header);
    if (extent === undefined || extent.end > candidate.maxSize()) return;
    if (session.config.pureSignature && !isPure(source, extent)) return;
    verdict = new TlvCheck(session, candidate, { digest, covered }).run(extent);
  });
  return verdict;
}

/** Why an image has no security counter, by the return values of the original: -1 not found, 3 (BOOT_EBADIMAGE) malformed. */
export type CounterReading = { readonly found: true; readonly counter: number } | { readonly found: false; readonly error: -1 | 3 };

/** The security counter in the protected TLVs. */
export function readSecurityCounter(source: ImageSource, header: ImageHeader): CounterReading {
  if (header.protectedTlvSize === 0) return { found: false, error: 3 };
  let reading: CounterReading = { found: false, error: -1 };
  attempt(() => {
    const extent = findTlvAreas(source, header);
    if (extent === undefined) return;
    for (const tlv of walkTlvs(source, extent, { protectedOnly: true })) {
      if (tlv.type !== tlvType.securityCounter) continue;
      reading = tlv.length === 4 ? { found: true, counter: readUint32(source, tlv.offset) } : { found: false, error: 3 };
      return;
    }
  });
  return reading;
}

/** Longest key hash and signatures that the verifiers take; ECDSA signatures vary in length. */
const keyHashSizeMax = { sha256: 32, sha384: 48, sha512: 64 } as const;
const signatureSizes: Readonly<Record<KeyKind, (length: number) => boolean>> = {
  'rsa-2048': (length) => length === 256,
  'rsa-3072': (length) => length === 384,
  'ecdsa-p256': (length) => length <= 128,
  'ecdsa-p384': (length) => length <= 128,
  ed25519: (length) => length === 64,
};

/** What may stand outside the protected area. */
const allowedUnprotected: ReadonlySet<number> = new Set([
  tlvType.keyHash,
  tlvType.publicKey,
  tlvType.sha256,
  tlvType.sha384,
  tlvType.sha512,
  tlvType.rsa2048,
  tlvType.ecdsa224,
  tlvType.ecdsa,
  tlvType.rsa3072,
  tlvType.ed25519,
  tlvType.encryptionRsa2048,
  tlvType.encryptionKeyWrap,
  tlvType.encryptionP256,
  tlvType.encryptionX25519,
]);

/** One pass over all TLVs. A TLV that fails its check ends the pass; whatever is required must have been seen at the end. */
class TlvCheck {
  readonly #session: Session;
  readonly #candidate: CandidateImage;
  readonly #digest: Uint8Array | undefined;
  readonly #covered: () => Uint8Array;
  /** The key that the last KEYHASH named; a signature uses it up. */
  #key: PublicKey | undefined;
  #hashSeen = false;
  #signatureGood = false;
  #counterGood = false;

  constructor(session: Session, candidate: CandidateImage, image: { digest: Uint8Array | undefined; covered: () => Uint8Array }) {
    this.#session = session;
    this.#candidate = candidate;
    this.#digest = image.digest;
    this.#covered = image.covered;
  }

  run(extent: TlvExtent): boolean {
    for (const tlv of walkTlvs(this.#candidate.source, extent)) {
      if (!this.#isAllowed(tlv) || !this.#passes(tlv)) return false;
    }
    const { keys, rollbackCounter } = this.#session.config;
    if (this.#digest !== undefined && !this.#hashSeen) return false;
    if (keys !== undefined && !this.#signatureGood) return false;
    return !rollbackCounter || this.#counterGood;
  }

  #isAllowed(tlv: RawTlv): boolean {
    const { config, features } = this.#session;
    if (tlv.protected || !config.tlvAllowList || !features.tlvAllowList) return true;
    return allowedUnprotected.has(tlv.type) || (config.pureSignature && tlv.type === tlvType.pureSignature);
  }

  #passes(tlv: RawTlv): boolean {
    const { config } = this.#session;
    const kind = config.keys?.[0]?.kind;
    if (tlv.type === tlvType[config.hash]) return this.#checkHash(tlv);
    const names = config.publicKeys === 'full' ? tlvType.publicKey : tlvType.keyHash;
    if (kind !== undefined && tlv.type === names) return this.#chooseKey(tlv);
    if (kind !== undefined && tlv.type === signatureTlvType(kind)) return this.#checkSignature(tlv, kind);
    if (config.rollbackCounter && tlv.type === tlvType.securityCounter) return this.#checkCounter(tlv);
    return true;
  }

  #checkHash(tlv: RawTlv): boolean {
    if (this.#digest === undefined) return true;
    this.#hashSeen = tlv.length === digestSizes[this.#session.config.hash] && equalBytes(this.#value(tlv), this.#digest);
    return this.#hashSeen;
  }

  /** An unknown key is no error: another signature may follow. Only the bytes that are there are compared. */
  #chooseKey(tlv: RawTlv): boolean {
    const { keys = [], hash: algorithm, publicKeys } = this.#session.config;
    const named = this.#value(tlv);
    if (publicKeys === 'full') {
      this.#key = keys.find((key) => equalBytes(key.der, named));
      return true;
    }
    if (tlv.length > keyHashSizeMax[algorithm]) return false;
    this.#key = keys.find((key) => equalBytes(keyHash(key, algorithm).subarray(0, tlv.length), named));
    return true;
  }

  #checkSignature(tlv: RawTlv, kind: KeyKind): boolean {
    const key = this.#key;
    this.#key = undefined;
    if (key === undefined) return true;
    if (!signatureSizes[kind](tlv.length)) return false;
    const { pureSignature: pure } = this.#session.config;
    const signature = this.#value(tlv).slice();
    this.#signatureGood = verifySignature(key, { tlvType: tlv.type, pure, digest: this.#digest, message: this.#covered, signature });
    return true;
  }

  #checkCounter(tlv: RawTlv): boolean {
    if (tlv.length !== 4) return false;
    const counter = readUint32(this.#candidate.source, tlv.offset);
    const stored = this.#session.host.readSecurityCounter(this.#candidate.index);
    this.#counterGood = counter >= stored;
    if (!this.#counterGood) this.#session.log.error(`Image security counter value ${counter} lower than monotonic value ${stored}`);
    return this.#counterGood;
  }

  #value(tlv: RawTlv): Uint8Array {
    return this.#candidate.source.read(tlv.offset, tlv.length);
  }
}

function isPure(source: ImageSource, extent: TlvExtent): boolean {
  for (const tlv of walkTlvs(source, extent)) {
    if (tlv.type === tlvType.pureSignature) return tlv.length === 1 && source.read(tlv.offset, 1)[0] === 1;
  }
  return false;
}

function readUint32(source: ImageSource, offset: number): number {
  const bytes = source.read(offset, 4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}
