/** Every check of an image that a bootloader makes before it installs one (mcuboot.md 1.5), with images that were built and signed for it. */

import t from 'tap';
import { concatBytes } from '../../src/base/bytes.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { demoKey } from '../../src/mcuboot/demo-keys.ts';
import type { DemoKeyName } from '../../src/mcuboot/demo-keys.ts';
import { decodeHeader, imageFlag } from '../../src/mcuboot/header.ts';
import type { ImageSpec } from '../../src/mcuboot/image-spec.ts';
import { bootConfig, bootOnce, setPending } from '../../src/sim/bootloader/index.ts';
import type { BootConfig } from '../../src/sim/bootloader/index.ts';
import { createFlash, flashArea } from '../../src/sim/flash.ts';

const slotSize = 16 * 4096;
const invalid = 'E: Image in the secondary slot is not valid!';

interface Candidate extends Partial<ImageSpec> {
  readonly key?: DemoKeyName;
  /** Changes the bytes after signing. */
  readonly spoil?: (image: Uint8Array) => Uint8Array;
}

interface Case {
  readonly what: string;
  readonly config: Partial<BootConfig>;
  readonly image: Candidate;
  /** The line that says why it is refused; undefined when it is installed. */
  readonly refusal?: string;
  readonly counter?: number;
}

function build(major: number, { key, spoil, ...spec }: Candidate): Uint8Array {
  const image = buildImage(
    { version: { major, minor: 0, revision: 0, build: 0 }, body: new Uint8Array(3000).fill(major), ...spec },
    key === undefined ? undefined : demoKey(key),
  );
  return spoil === undefined ? image : spoil(image);
}

/** What a device says that trusts `config` when the candidate is asked for, and the major version of what then runs. */
function offer({ config, image, counter = 0 }: Case): {
  readonly runs: number | undefined;
  readonly log: readonly string[];
  readonly erased: boolean;
} {
  const flash = createFlash({ name: 'flash', sectors: [[4096, 32]], writeSize: 4 });
  const [primary, secondary] = [0, slotSize].map((offset) => flashArea(flash, { name: `at ${offset}`, offset, size: slotSize }));
  const full = bootConfig({ mode: 'move', validatePrimary: false, ...config });
  primary!.load(0, build(1, { securityCounter: 9 }));
  secondary!.load(0, build(2, image));
  const areas = { images: [{ primary: primary!, secondary }] };
  setPending(areas, full, { permanent: true });
  const result = bootOnce(areas, full, { readSecurityCounter: () => counter, writeSecurityCounter: () => undefined });
  return {
    runs: result.outcome === 'boot' ? result.image.version.major : undefined,
    log: result.log.map(({ text }) => text),
    erased: secondary!.isErased(0, slotSize),
  };
}

function trusts(key: DemoKeyName, options: Partial<BootConfig> = {}): Partial<BootConfig> {
  return { keys: [demoKey(key).publicKey], ...options };
}

/** Flips one bit at an offset. */
function flipped(at: number): (image: Uint8Array) => Uint8Array {
  return (image) => image.map((byte, index) => (index === at ? byte ^ 1 : byte));
}

/** Where the unprotected TLVs begin, with their head. */
function tlvsOf(image: Uint8Array): number {
  const { headerSize, imageSize, protectedTlvSize } = decodeHeader(image);
  return headerSize + imageSize + protectedTlvSize;
}

/** With one more TLV behind the last one. */
function withTlv(type: number, value: Uint8Array): (image: Uint8Array) => Uint8Array {
  return (image) => {
    const head = new Uint8Array(4);
    new DataView(head.buffer).setUint16(0, type, true);
    new DataView(head.buffer).setUint16(2, value.length, true);
    const longer = concatBytes([image, head, value]);
    const view = new DataView(longer.buffer);
    const at = tlvsOf(image) + 2;
    view.setUint16(at, view.getUint16(at, true) + 4 + value.length, true);
    return longer;
  };
}

/** The TLVs in another order: the first one comes last. */
function rotated(image: Uint8Array): Uint8Array {
  const start = tlvsOf(image) + 4;
  const size = 4 + new DataView(image.buffer, image.byteOffset).getUint16(start + 2, true);
  return concatBytes([image.subarray(0, start), image.subarray(start + size), image.subarray(start, start + size)]);
}

function withFlags(flags: number): Candidate {
  return { flags };
}

const pure = trusts('ed25519', { pureSignature: true, hash: 'sha512' });
const counted = { rollbackCounter: true };

const cases: readonly Case[] = [
  { what: 'a sound hash', config: {}, image: {} },
  { what: 'a flipped bit in the body', config: {}, image: { spoil: flipped(0x300) }, refusal: invalid },
  { what: 'a flipped bit in the padding of the header', config: {}, image: { spoil: flipped(0x100) }, refusal: invalid },
  { what: 'a hash of another kind', config: { hash: 'sha512' }, image: {}, refusal: invalid },
  { what: 'SHA-384', config: { hash: 'sha384' }, image: { hash: 'sha384' } },
  { what: 'SHA-384, damaged', config: { hash: 'sha384' }, image: { hash: 'sha384', spoil: flipped(0x300) }, refusal: invalid },
  { what: 'SHA-512', config: { hash: 'sha512' }, image: { hash: 'sha512' } },
  { what: 'SHA-512, damaged', config: { hash: 'sha512' }, image: { hash: 'sha512', spoil: flipped(0x300) }, refusal: invalid },
  { what: 'ECDSA P-256', config: trusts('ecdsa-p256'), image: { key: 'ecdsa-p256' } },
  { what: 'ECDSA P-384 with SHA-384', config: trusts('ecdsa-p384', { hash: 'sha384' }), image: { key: 'ecdsa-p384' } },
  { what: 'RSA-2048', config: trusts('rsa-2048'), image: { key: 'rsa-2048' } },
  { what: 'RSA-3072', config: trusts('rsa-3072'), image: { key: 'rsa-3072' } },
  { what: 'Ed25519', config: trusts('ed25519'), image: { key: 'ed25519' } },
  { what: 'Ed25519 over SHA-512', config: trusts('ed25519', { hash: 'sha512' }), image: { key: 'ed25519', hash: 'sha512' } },
  { what: 'no signature where one is wanted', config: trusts('ed25519'), image: {}, refusal: invalid },
  { what: 'an unknown key', config: trusts('ed25519'), image: { key: 'ed25519-untrusted' }, refusal: invalid },
  { what: 'a key of another kind', config: trusts('ed25519'), image: { key: 'ecdsa-p256' }, refusal: invalid },
  {
    what: 'a second key that is known',
    config: { keys: [demoKey('ed25519-untrusted').publicKey, demoKey('ed25519').publicKey] },
    image: { key: 'ed25519' },
  },
  {
    what: 'the name of the key behind the signature',
    config: trusts('ed25519'),
    image: { key: 'ed25519', spoil: (image) => rotated(rotated(image)) },
    refusal: invalid,
  },
  { what: 'a hash behind the signature', config: trusts('ed25519'), image: { key: 'ed25519', spoil: rotated } },
  { what: 'a pure signature', config: pure, image: { key: 'ed25519', pure: true } },
  { what: 'a pure signature, damaged', config: pure, image: { key: 'ed25519', pure: true, spoil: flipped(0x300) }, refusal: invalid },
  { what: 'a signature of the hash where a pure one is wanted', config: pure, image: { key: 'ed25519', hash: 'sha512' }, refusal: invalid },
  {
    what: 'a pure signature where one of the hash is wanted',
    config: trusts('ed25519', { hash: 'sha512' }),
    image: { key: 'ed25519', pure: true },
    refusal: invalid,
  },
  { what: 'the key in full', config: trusts('ecdsa-p256', { publicKeys: 'full' }), image: { key: 'ecdsa-p256', publicKeyFormat: 'full' } },
  {
    what: 'another key in full',
    config: trusts('ed25519', { publicKeys: 'full' }),
    image: { key: 'ed25519-untrusted', publicKeyFormat: 'full' },
    refusal: invalid,
  },
  {
    what: 'the hash of the key where it is wanted in full',
    config: trusts('ed25519', { publicKeys: 'full' }),
    image: { key: 'ed25519' },
    refusal: invalid,
  },
  {
    what: 'the key in full where its hash is wanted',
    config: trusts('ed25519'),
    image: { key: 'ed25519', publicKeyFormat: 'full' },
    refusal: invalid,
  },
  { what: 'a vendor TLV, unprotected', config: {}, image: { spoil: withTlv(0x10a0, Uint8Array.of(1)) }, refusal: invalid },
  {
    what: 'a vendor TLV, unprotected, without an allow list',
    config: { tlvAllowList: false },
    image: { spoil: withTlv(0x10a0, Uint8Array.of(1)) },
  },
  {
    what: 'a vendor TLV, unprotected, before there was an allow list',
    config: { release: 'v2.0.0' },
    image: { spoil: withTlv(0x10a0, Uint8Array.of(1)) },
  },
  { what: 'a vendor TLV, protected', config: {}, image: { custom: [{ type: 0x10a0, value: Uint8Array.of(1) }] } },
  {
    what: 'TLVs that end elsewhere than they say',
    config: {},
    image: { spoil: (image) => flipped(tlvsOf(image) + 3)(image) },
    refusal: invalid,
  },
  { what: 'a security counter that is high enough', config: counted, counter: 5, image: { securityCounter: 5 } },
  { what: 'no security counter', config: counted, image: {}, refusal: invalid },
  {
    what: 'a security counter that is too low',
    config: counted,
    counter: 5,
    image: { securityCounter: 4 },
    refusal: 'E: Image security counter value 4 lower than monotonic value 5',
  },
  { what: 'an encrypted image', config: {}, image: withFlags(imageFlag.encryptedAes128), refusal: invalid },
  { what: 'a compressed image', config: {}, image: withFlags(imageFlag.compressedLzma2), refusal: invalid },
  { what: 'an encrypted image, before that was looked at', config: { release: 'v2.1.0' }, image: withFlags(imageFlag.encryptedAes128) },
  {
    what: 'an image for another address',
    config: { addressCheck: 'reset-vector' },
    image: { body: new Uint8Array(3000).fill(0xee) },
    refusal: 'E: Erasing image from secondary slot',
  },
  {
    what: 'an image for another load address',
    config: { addressCheck: 'load-address' },
    image: { loadAddress: 0x80_0000 },
    refusal: 'E: Erasing image from secondary slot',
  },
  { what: 'an image for the primary slot', config: { addressCheck: 'load-address' }, image: { loadAddress: 0x200 } },
];

for (const one of cases) {
  void t.test(one.what, async (t) => {
    const { runs, log, erased } = offer(one);
    if (one.refusal === undefined) return void t.equal(runs, 2, log.join(' | '));
    t.equal(runs, 1);
    t.ok(log.includes(one.refusal), log.join(' | '));
    t.ok(erased, 'what is refused is erased');
  });
}
