/** The three hash algorithms that images use. */

import { createHash } from 'node:crypto';
import { tlvType } from './tlv.ts';

export type HashAlgorithm = 'sha256' | 'sha384' | 'sha512';

/** Lengths of the digests in bytes. */
export const digestSizes: Readonly<Record<HashAlgorithm, number>> = { sha256: 32, sha384: 48, sha512: 64 };

export const hashAlgorithms: readonly HashAlgorithm[] = ['sha256', 'sha384', 'sha512'];

/** The algorithm whose digest a TLV of this type carries; undefined for other types. */
export function hashAlgorithmOf(type: number): HashAlgorithm | undefined {
  return hashAlgorithms.find((algorithm) => tlvType[algorithm] === type);
}

/** The digest of `parts`, taken as one message. */
export function hash(algorithm: HashAlgorithm, ...parts: readonly Uint8Array[]): Uint8Array {
  const state = createHash(algorithm);
  for (const part of parts) state.update(part);
  return new Uint8Array(state.digest());
}
