/** Checks images as MCUboot does before it boots them: first the hash, then the signature. */

import { equalBytes, toHex } from '../base/bytes.ts';
import { ImageError } from './errors.ts';
import type { ImageErrorCode } from './errors.ts';
import { digestSizes, hash, hashAlgorithms } from './hash.ts';
import { isEncrypted } from './header.ts';
import { parseImage } from './image.ts';
import type { ImageSignature, McubootImage } from './image.ts';
import { keyHash, verifySignature } from './keys.ts';
import type { PublicKey } from './keys.ts';

/** `key`: the one that verified a signature; undefined when no keys were given, so that only the hash was checked. */
export type Verdict =
  | { readonly valid: true; readonly image: McubootImage; readonly key: PublicKey | undefined }
  | { readonly valid: false; readonly code: ImageErrorCode; readonly reason: string; readonly hint: string };

/**
 * Whether form, hash and signature satisfy a device that trusts `keys`. One signature by one of the keys is enough. Without any keys
 * the hash alone decides. Never throws.
 */
export function verifyImage(file: Uint8Array, keys: readonly PublicKey[]): Verdict {
  try {
    const image = parseImage(file);
    checkHash(image, keys.length > 0);
    return { valid: true, image, key: keys.length === 0 ? undefined : findSigner(image, keys) };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return { valid: false, code: error.code, reason: error.message, hint: error.hint };
  }
}

function checkHash(image: McubootImage, signatureIsChecked: boolean): void {
  if (image.hash === undefined) {
    if (signatureIsChecked) return;
    throw new ImageError('image-hash-missing', 'the image carries no hash, only a signature', 'give the public key to check that');
  }
  const { algorithm, digest } = image.hash;
  const computed = hash(algorithm, image.covered);
  if (equalBytes(computed, digest)) return;
  if (isEncrypted(image.header)) {
    throw new ImageError(
      'image-encrypted',
      'the image is encrypted; its hash covers the plain text',
      'check the image before it is encrypted',
    );
  }
  const text = `the image hash does not match: the TLV says ${brief(digest)}, but the bytes give ${brief(computed)}`;
  throw new ImageError('image-hash', text, 'the image was changed or damaged after signing');
}

/** The first of `keys` that verifies a signature of the image. */
function findSigner(image: McubootImage, keys: readonly PublicKey[]): PublicKey {
  if (image.signatures.length === 0) throw new ImageError('image-unsigned', 'the image is not signed', 'sign it with imgtool sign --key');
  const input = { pure: image.pure, digest: image.hash?.digest, message: () => image.covered };
  let known: PublicKey | undefined;
  for (const signature of image.signatures) {
    const key = keys.find((candidate) => isSigner(candidate, signature));
    if (key !== undefined && verifySignature(key, { ...input, ...signature })) return key;
    known ??= key;
  }
  if (known !== undefined) {
    const text = `the signature by the ${known.kind} key ${brief(keyHash(known))} is wrong`;
    throw new ImageError('image-signature', text, 'it was damaged, or made over another image; sign the image again');
  }
  const text = `the image is signed by ${image.signatures.map(signerName).join(' and ')}, which is not among the given keys`;
  throw new ImageError('image-key-unknown', text, 'sign it with a key that the device trusts, or give the key that signed it');
}

function signerName({ signer }: ImageSignature): string {
  if (signer === undefined) return 'an unnamed key';
  return `key ${brief(signer.kind === 'hash' ? signer.value : hash('sha256', signer.value))}`;
}

function isSigner(key: PublicKey, { signer }: ImageSignature): boolean {
  if (signer === undefined) return false;
  if (signer.kind === 'public-key') return equalBytes(key.der, signer.value);
  const algorithm = hashAlgorithms.find((name) => digestSizes[name] === signer.value.length);
  return algorithm !== undefined && equalBytes(keyHash(key, algorithm), signer.value);
}

/** The beginning of a digest: enough to tell two apart. */
function brief(bytes: Uint8Array): string {
  return `${toHex(bytes.subarray(0, 8))}...`;
}
