/** ECDSA P-256 as Nordic's immutable bootloader has it: keys and signatures are bare numbers of 32 bytes, two in a row. */

import { createPublicKey, verify } from 'node:crypto';
import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import type { PublicKey, SigningKey } from './keys.ts';

const numberSize = 32;
export const rawKeySize = 2 * numberSize;
export const rawSignatureSize = 2 * numberSize;

/** The point of a public key. Undefined for keys of another kind. */
export function rawPublicKey({ kind, key }: PublicKey): Uint8Array | undefined {
  if (kind !== 'ecdsa-p256') return undefined;
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return concatBytes([x, y].map((part) => new Uint8Array(Buffer.from(part, 'base64url'))));
}

/** Signs the SHA-256 of a message. The key is one of P-256. */
export function signRaw(key: SigningKey, message: Uint8Array): Uint8Array {
  const { kind } = key.publicKey;
  assert(kind === 'ecdsa-p256', `a raw signature with a key of type ${kind}`);
  return fromDer(key.sign({ pure: false, digest: undefined, message: () => message }));
}

/** Whether the signature was made with the key whose point is given. Anything malformed is just false. */
export function verifyRaw(point: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const [x, y] = [point.subarray(0, numberSize), point.subarray(numberSize)].map((part) => Buffer.from(part).toString('base64url'));
  try {
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' });
    return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    // Not a point of the curve.
    return false;
  }
}

/** The two INTEGERs of a SEQUENCE, without their leading zeros and filled up to their size. */
function fromDer(der: Uint8Array): Uint8Array {
  const raw = new Uint8Array(rawSignatureSize);
  let at = 2;
  for (const end of [numberSize, rawSignatureSize]) {
    const length = der[at + 1]!;
    const value = der.subarray(at + 2, at + 2 + length).slice(-numberSize);
    raw.set(value, end - value.length);
    at += 2 + length;
  }
  return raw;
}
