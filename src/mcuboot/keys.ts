/** Keys of the kinds that MCUboot knows, and the signatures made and checked with them. Synchronous, on node:crypto. */

import { constants, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { BootproofError } from '../base/errors.ts';
import { unreachable } from '../base/assert.ts';
import { digestSizes, hash } from './hash.ts';
import type { HashAlgorithm } from './hash.ts';
import { tlvType } from './tlv.ts';

export type KeyKind = 'rsa-2048' | 'rsa-3072' | 'ecdsa-p256' | 'ecdsa-p384' | 'ed25519';

interface KeyTraits {
  readonly signatureTlv: number;
  /** The hash algorithms of images that such a key may sign; imgtool and this library use the first one unless told otherwise. */
  readonly hashes: readonly [HashAlgorithm, ...HashAlgorithm[]];
}

const traits: Readonly<Record<KeyKind, KeyTraits>> = {
  'rsa-2048': { signatureTlv: tlvType.rsa2048, hashes: ['sha256'] },
  'rsa-3072': { signatureTlv: tlvType.rsa3072, hashes: ['sha256'] },
  'ecdsa-p256': { signatureTlv: tlvType.ecdsa, hashes: ['sha256'] },
  'ecdsa-p384': { signatureTlv: tlvType.ecdsa, hashes: ['sha384'] },
  ed25519: { signatureTlv: tlvType.ed25519, hashes: ['sha256', 'sha512'] },
};

export const keyKinds = Object.keys(traits) as readonly KeyKind[];

export interface PublicKey {
  readonly kind: KeyKind;
  /** The key as images carry it in a PUBKEY TLV: DER, SubjectPublicKeyInfo or (RSA) PKCS#1. */
  readonly der: Uint8Array;
  readonly key: KeyObject;
}

/** What an image offers to be signed. */
export interface SigningInput {
  /** A pure signature covers the message itself instead of its digest. Ed25519 only. */
  readonly pure: boolean;
  /** The content of the hash TLV; undefined for pure signatures without one. */
  readonly digest: Uint8Array | undefined;
  /** The bytes that the digest covers. Called only if they are needed. */
  message(): Uint8Array;
}

/** Whoever signs: a private key loaded here, or a stand-in for one that is kept elsewhere. */
export interface SigningKey {
  readonly publicKey: PublicKey;
  sign(input: SigningInput): Uint8Array;
}

/** Reads an unencrypted private key in PEM form. Throws `BootproofError` (`key-unreadable`, `key-unsupported`). */
export function loadPrivateKey(pem: string): SigningKey {
  const key = readPem(pem, 'private key', createPrivateKey);
  const publicKey = describe(createPublicKey(key));
  return { publicKey, sign: (input) => signImage(key, publicKey.kind, input) };
}

/** Reads a public key in PEM form, also the public half of a private one. Throws `BootproofError` (`key-unreadable`, `key-unsupported`). */
export function loadPublicKey(pem: string): PublicKey {
  return describe(readPem(pem, 'public key', createPublicKey));
}

/** The content of the KEYHASH TLV. imgtool hashes the key with the same algorithm as the image. */
export function keyHash(key: PublicKey, algorithm: HashAlgorithm = 'sha256'): Uint8Array {
  return hash(algorithm, key.der);
}

/** The type of the TLV that carries this key's signatures. */
export function signatureTlvType(kind: KeyKind): number {
  return traits[kind].signatureTlv;
}

/** The hash algorithms allowed for images signed with such a key, the usual one first. Pure signatures go with SHA-512. */
export function imageHashesOf(kind: KeyKind): readonly [HashAlgorithm, ...HashAlgorithm[]] {
  return traits[kind].hashes;
}

/**
 * Whether `signature`, found in a TLV of type `tlvType`, was made with this key. Any malformed signature is just false.
 * For RSA and ECDSA the digest is not trusted but taken again from the message.
 */
export function verifySignature(
  key: PublicKey,
  signed: SigningInput & { readonly tlvType: number; readonly signature: Uint8Array },
): boolean {
  const { hashes, signatureTlv } = traits[key.kind];
  if (signed.tlvType !== signatureTlv) return false;
  if (key.kind === 'ed25519') {
    const message = signed.pure ? signed.message() : signed.digest;
    return message !== undefined && verify(null, message, key.key, signed.signature);
  }
  if (signed.pure || signed.digest?.length !== digestSizes[hashes[0]]) return false;
  const signature = signatureTlv === tlvType.ecdsa ? withoutPadding(signed.signature) : signed.signature;
  return verify(hashes[0], signed.message(), { key: key.key, ...signatureForm(key.kind) }, signature);
}

/** Early versions of imgtool padded ECDSA signatures with zeros; MCUboot goes by the length in the DER head, and so does this. */
function withoutPadding(signature: Uint8Array): Uint8Array {
  const headSize = 2;
  return signature.subarray(0, headSize + (signature[1] ?? 0));
}

function signImage(key: KeyObject, kind: KeyKind, input: SigningInput): Uint8Array {
  if (kind !== 'ed25519') return new Uint8Array(sign(traits[kind].hashes[0], input.message(), { key, ...signatureForm(kind) }));
  const message = input.pure || input.digest === undefined ? input.message() : input.digest;
  return new Uint8Array(sign(null, message, key));
}

/** PSS with a 32-byte salt for RSA, a DER ECDSA-Sig-Value for ECDSA: the forms that MCUboot's verifiers accept. */
function signatureForm(kind: Exclude<KeyKind, 'ed25519'>): { padding?: number; saltLength?: number; dsaEncoding?: 'der' } {
  switch (kind) {
    case 'rsa-2048':
    case 'rsa-3072':
      return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    case 'ecdsa-p256':
    case 'ecdsa-p384':
      return { dsaEncoding: 'der' };
    default:
      return unreachable(kind);
  }
}

function readPem(pem: string, what: string, read: (pem: string) => KeyObject): KeyObject {
  try {
    return read(pem);
  } catch (cause) {
    const encrypted = /ENCRYPTED/.test(pem);
    throw new BootproofError(`this is not a ${what} in PEM form${encrypted ? ' without a passphrase' : ''}`, {
      fault: 'input',
      code: 'key-unreadable',
      hint: encrypted
        ? 'remove the passphrase, for example with: openssl pkey -in KEY -out PLAIN'
        : 'imgtool keygen and openssl genpkey write such files',
      cause,
    });
  }
}

function describe(loaded: KeyObject): PublicKey {
  const kind = kindOf(loaded);
  if (kind === undefined) {
    throw new BootproofError(`MCUboot has no signatures with keys of type ${typeName(loaded)}`, {
      fault: 'input',
      code: 'key-unsupported',
      hint: `use one of ${keyKinds.join(', ')}`,
    });
  }
  // A point stored in compressed form would give another key hash; going through JWK always gives the uncompressed one.
  const key = loaded.asymmetricKeyType === 'ec' ? createPublicKey({ key: loaded.export({ format: 'jwk' }), format: 'jwk' }) : loaded;
  const der = key.export({ format: 'der', type: key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'spki' });
  return { kind, der: new Uint8Array(der), key };
}

function kindOf(key: KeyObject): KeyKind | undefined {
  const name = typeName(key);
  return keyKinds.find((kind) => kind === (openSslNames[name] ?? name));
}

const openSslNames: Readonly<Record<string, KeyKind>> = { 'ec-prime256v1': 'ecdsa-p256', 'ec-secp384r1': 'ecdsa-p384' };

/** Type and size or curve in OpenSSL's words, such as `rsa-2048`, `ec-prime256v1`, `ed25519`. */
function typeName(key: KeyObject): string {
  const size = key.asymmetricKeyDetails?.modulusLength ?? key.asymmetricKeyDetails?.namedCurve;
  return [key.asymmetricKeyType, size].filter((part) => part !== undefined).join('-');
}
