import t from 'tap';
import { concatBytes, equalBytes, fromHex, toHex, utf8 } from '../../src/base/bytes.ts';
import { createRng } from '../../src/base/rng.ts';
import { generateBody } from '../../src/mcuboot/body.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { demoKey, demoKeyNames } from '../../src/mcuboot/demo-keys.ts';
import { hash } from '../../src/mcuboot/hash.ts';
import { imageFlag } from '../../src/mcuboot/header.ts';
import type { ImageSpec } from '../../src/mcuboot/image-spec.ts';
import { parseImage } from '../../src/mcuboot/image.ts';
import { keyKinds, signatureTlvType } from '../../src/mcuboot/keys.ts';
import type { SigningKey } from '../../src/mcuboot/keys.ts';
import { verifyImage } from '../../src/mcuboot/verify.ts';
import { parseVersion } from '../../src/mcuboot/version.ts';
import { keysOf, soundEntries, vectorFile } from './vector-images.ts';
import type { SoundEntry } from './vector-images.ts';

const version = parseVersion('1.2.3+4')!;

t.test('rebuilding each image of imgtool from its body and arguments gives the same bytes', async (t) => {
  for (const entry of soundEntries) {
    const original = vectorFile(entry.file);
    const image = parseImage(original);
    const rebuilt = buildImage({ ...specOf(entry.imgtool_args), body: image.body }, replay(entry));
    t.equal(rebuilt.length, entry.size, `${entry.file}: size`);
    t.equal(toHex(hash('sha256', rebuilt)), entry.file_sha256, `${entry.file}: bytes`);
  }
});

t.test('images of every kind of key verify, with their key only', async (t) => {
  const body = generateBody(5000, createRng(1));
  for (const name of demoKeyNames) {
    const key = demoKey(name);
    const others = demoKeyNames.filter((other) => other !== name).map((other) => demoKey(other).publicKey);
    for (const variant of variantsOf(key)) {
      const file = buildImage({ version, body, ...variant }, key);
      const what = `${name} ${JSON.stringify(variant)}`;
      t.match(verifyImage(file, [...others, key.publicKey]), { valid: true, key: key.publicKey }, what);
      t.match(verifyImage(file, others), { valid: false, code: 'image-key-unknown' }, `${what}: other keys`);
      t.match(verifyImage(withBitFlipped(file, 600), [key.publicKey]), { valid: false, code: 'image-hash' }, `${what}: changed body`);
      t.match(verifyImage(withBitFlipped(file, file.length - 9), [key.publicKey]), { valid: false, code: 'image-signature' });
    }
  }
  t.strictSame(new Set(demoKeyNames.map((name) => demoKey(name).publicKey.kind)), new Set(keyKinds));
});

t.test('images without signature and with Ed25519 are reproducible', async (t) => {
  const build = (key?: SigningKey) => toHex(hash('sha256', buildImage({ version, body: generateBody(3000, createRng(7)) }, key)));
  t.equal(build(), build());
  t.equal(build(demoKey('ed25519')), build(demoKey('ed25519')));
  t.not(build(demoKey('ed25519')), build(demoKey('ed25519-untrusted')));
  t.not(build(demoKey('ecdsa-p256')), build(demoKey('ecdsa-p256')), 'ECDSA signatures are random');
});

t.test('what the specification says is in the image', async (t) => {
  const spec: ImageSpec = {
    version,
    body: new Uint8Array(100),
    headerSize: 64,
    flags: imageFlag.romFixed | imageFlag.nonBootable,
    loadAddress: 0xfffe_0000,
    erasedValue: 0,
    securityCounter: 0xffff_ffff,
    dependencies: [
      { image: 1, minimum: version },
      { image: 2, minimum: parseVersion('0.0.1')! },
    ],
    vendorUuid: new Uint8Array(16).fill(1),
    classUuid: new Uint8Array(16).fill(2),
    custom: [
      { type: 0x10a0, value: utf8('vendor') },
      { type: 0xffff, value: new Uint8Array(0) },
    ],
    hash: 'sha384',
  };
  const image = parseImage(buildImage(spec));
  t.match(image.header, { version, flags: spec.flags, loadAddress: spec.loadAddress, headerSize: 64, imageSize: 100 });
  t.match(image.claims, {
    securityCounter: spec.securityCounter,
    dependencies: spec.dependencies,
    vendorUuid: spec.vendorUuid,
    classUuid: spec.classUuid,
  });
  const types = image.areas[0]!.tlvs.map((tlv) => tlv.type);
  t.strictSame(types, [0x50, 0x40, 0x40, 0x74, 0x75, 0x10a0, 0xffff], 'in the order of imgtool');
  t.equal(image.hash?.algorithm, 'sha384');
  t.ok(image.file.subarray(32, 64).every((byte) => byte === 0));
});

t.test('generated bodies look like applications', async (t) => {
  const body = generateBody(4096, createRng(3), 0x10200);
  const view = new DataView(body.buffer);
  t.equal(view.getUint32(0, true) >>> 28, 2, 'the stack is in RAM');
  const reset = view.getUint32(4, true);
  t.ok(reset > 0x10200 && reset < 0x10200 + 4096 && reset % 2 === 1, 'the reset vector points into the body');
  t.equal(generateBody(10, createRng(3)).length, 10);
  t.notOk(equalBytes(generateBody(4096, createRng(4)), body));
});

t.test('slots', async (t) => {
  const body = new Uint8Array(1000);
  const slot = { size: 0x2000, align: 4, pad: 'confirmed' } as const;
  // 128 sectors with 3 records of 4 bytes, 4 fields of 8 bytes, 16 bytes of magic.
  const trailer = 128 * 3 * 4 + 4 * 8 + 16;
  const size = buildImage({ version, body }).length;
  t.equal(buildImage({ version, body, slot: { ...slot, size: size + trailer } }).length, size + trailer);
  const tooSmall = { ...slot, size: size + trailer - 1 };
  t.throws(() => buildImage({ version, body, slot: tooSmall }), { code: 'build-slot-too-small' });
  t.throws(() => buildImage({ version, body, slot: { ...tooSmall, pad: 'no' } }), { code: 'build-slot-too-small' });
  t.equal(buildImage({ version, body, slot: { ...tooSmall, maxSectors: 2 } }).length, tooSmall.size);
  t.equal(buildImage({ version, body, slot: { ...slot, pad: 'no' } }).length, size, 'not padded');
  const padded = (options: object) => parseImage(buildImage({ version, body, slot: { ...slot, size: 0x8000, ...options } })).remainder;
  t.match(padded({}), { kind: 'trailer', trailer: { magic: 'good', imageOk: 'set' } });
  t.match(padded({ pad: 'pending' }), { kind: 'trailer', maxAlign: 8, trailer: { magic: 'good', imageOk: 'unset' } });
  t.match(padded({ align: 16 }), { kind: 'trailer', maxAlign: 16, trailer: { magic: 'good', imageOk: 'set' } });
  t.match(padded({ overwriteOnly: true }), { kind: 'trailer', trailer: { magic: 'good', imageOk: 'unset' } });
  const zeros = buildImage({ version, body, erasedValue: 0, slot: { ...slot, size: 0x8000 } });
  t.match(parseImage(zeros).remainder, { kind: 'trailer', trailer: { magic: 'good', imageOk: 'set', copyDone: 'unset' } });
});

t.test('what cannot be built', async (t) => {
  const body = new Uint8Array(10);
  const spec = { version, body };
  const custom = (type: number, size = 1) => ({ ...spec, custom: [{ type, value: new Uint8Array(size) }] });
  const cases: readonly (readonly [ImageSpec, RegExp, SigningKey?])[] = [
    [{ ...spec, headerSize: 31 }, /header size cannot be 31/],
    [{ ...spec, headerSize: 0x1_0000 }, /header size/],
    [{ ...spec, loadAddress: 2 ** 32 }, /load address/],
    [{ ...spec, securityCounter: -1 }, /security counter cannot be -1/],
    [{ ...spec, securityCounter: 1.5 }, /security counter/],
    [{ ...spec, version: { ...version, major: 256 } }, /version 256.2.3\+4/],
    [{ ...spec, dependencies: [{ image: 256, minimum: version }] }, /image number/],
    [{ ...spec, dependencies: [{ image: 0, minimum: { ...version, minor: -1 } }] }, /version/],
    [{ ...spec, vendorUuid: new Uint8Array(15) }, /UUID cannot be 15/],
    [{ ...spec, softwareType: 'longer than 12' }, /software type cannot be 14/],
    [custom(0x10), /0x10 is not a vendor/],
    [custom(0x1_00a0), /0x100a0/],
    [custom(0x10a0, 0x1_0000), /need 65544 bytes/],
    [{ ...spec, pure: true }, /need an Ed25519 key/],
    [{ ...spec, pure: true }, /need an Ed25519 key/, demoKey('rsa-2048')],
    [{ ...spec, hash: 'sha384' }, /sha384 does not go with ecdsa-p256/, demoKey('ecdsa-p256')],
    [{ ...spec, hash: 'sha256', pure: true }, /sha256 does not go with pure/, demoKey('ed25519')],
    [{ ...spec, slot: { size: 0x1000, align: 3, pad: 'no' } }, /write size of 3/],
    [{ ...spec, slot: { size: 0x1000, align: 4, maxAlign: 4, pad: 'no' } }, /maximum alignment of 4/],
    [{ ...spec, slot: { size: 2 ** 31, align: 4, pad: 'no' } }, /slot size/],
  ];
  for (const [wrong, message, key] of cases) t.throws(() => buildImage(wrong, key), { code: 'build-spec', fault: 'input', message });
});

/** The arguments of `imgtool sign` that the manifest uses. */
function specOf(args: readonly string[]): Omit<ImageSpec, 'body'> {
  const value = (name: string): string | undefined => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const number = (name: string): number | undefined => (args.includes(name) ? Number(value(name)) : undefined);
  const dependency = /\((\d+), (.*)\)/.exec(value('-d') ?? '');
  const customAt = args.indexOf('--custom-tlv') + 1;
  const custom = customAt === 0 ? [] : [{ type: Number(args[customAt]), value: fromHex(args[customAt + 1]!.slice(2))! }];
  const romFixed = number('--rom-fixed');
  const loadAddress = number('--load-addr') ?? romFixed;
  const maxAlign = number('--max-align');
  const counter = number('--security-counter');
  const softwareType = value('--boot-record');
  const hashSize = value('--sha');
  const flags =
    (romFixed === undefined ? 0 : imageFlag.romFixed) |
    (args.includes('--load-addr') ? imageFlag.ramLoad : 0) |
    (args.includes('--non-bootable') ? imageFlag.nonBootable : 0);
  return {
    version: parseVersion(value('--version')!)!,
    headerSize: number('--header-size')!,
    flags,
    custom,
    pure: args.includes('--pure'),
    publicKeyFormat: value('--public-key-format') === 'full' ? 'full' : 'hash',
    dependencies: dependency === null ? [] : [{ image: Number(dependency[1]), minimum: parseVersion(dependency[2]!)! }],
    slot: {
      size: number('--slot-size')!,
      align: number('--align')!,
      ...(maxAlign === undefined ? {} : { maxAlign }),
      pad: args.includes('--confirm') ? 'confirmed' : args.includes('--pad') ? 'pending' : 'no',
    },
    ...(loadAddress === undefined ? {} : { loadAddress }),
    ...(counter === undefined ? {} : { securityCounter: counter }),
    ...(softwareType === undefined ? {} : { softwareType }),
    ...(hashSize === undefined ? {} : { hash: `sha${hashSize}` as NonNullable<ImageSpec['hash']> }),
  };
}

/** Signs with the signature that is already in the vector, since its private key is not known. */
function replay(entry: SoundEntry): SigningKey | undefined {
  const [publicKey] = keysOf(entry);
  if (publicKey === undefined) return undefined;
  const { signatures } = parseImage(vectorFile(entry.file));
  t.equal(signatures[0]?.tlvType, signatureTlvType(publicKey.kind));
  return { publicKey, sign: () => signatures[0]!.signature };
}

function variantsOf(key: SigningKey): readonly Partial<ImageSpec>[] {
  const common: readonly Partial<ImageSpec>[] = [{}, { publicKeyFormat: 'full' }, { securityCounter: 9, softwareType: 'APP' }];
  return key.publicKey.kind === 'ed25519' ? [...common, { hash: 'sha512' }, { pure: true }] : common;
}

function withBitFlipped(file: Uint8Array, at: number): Uint8Array {
  return concatBytes([file.subarray(0, at), Uint8Array.of(file[at]! ^ 1), file.subarray(at + 1)]);
}
