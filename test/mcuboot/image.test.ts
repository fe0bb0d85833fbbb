import { createHash, generateKeyPairSync } from 'node:crypto';
import t from 'tap';
import fc from 'fast-check';
import { concatBytes, toHex, utf8 } from '../../src/base/bytes.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { demoKey } from '../../src/mcuboot/demo-keys.ts';
import { ImageError } from '../../src/mcuboot/errors.ts';
import type { ImageErrorCode } from '../../src/mcuboot/errors.ts';
import { encodeHeader, flagNames } from '../../src/mcuboot/header.ts';
import { imageSizeMax, parseImage } from '../../src/mcuboot/image.ts';
import { keyHash, loadPrivateKey, loadPublicKey } from '../../src/mcuboot/keys.ts';
import { encodeTlvArea, tlvHeaderSize, tlvName, tlvType } from '../../src/mcuboot/tlv.ts';
import type { TlvContent } from '../../src/mcuboot/tlv.ts';
import { verifyImage } from '../../src/mcuboot/verify.ts';
import { compareVersions, formatListedVersion, formatVersion, parseVersion } from '../../src/mcuboot/version.ts';
import { fuzzImages } from './fuzz.ts';
import { brokenEntries, keysOf, soundEntries, vectorFile, vectorKey } from './vector-images.ts';
import type { BrokenEntry } from './vector-images.ts';

t.test('images made by imgtool are read field by field', async (t) => {
  t.equal(soundEntries.length, 24);
  for (const entry of soundEntries) {
    const image = parseImage(vectorFile(entry.file));
    const found = {
      magic: image.header.magic,
      load_addr: image.header.loadAddress,
      header_size: image.header.headerSize,
      protected_tlv_size: image.header.protectedTlvSize,
      image_size: image.header.imageSize,
      flags: image.header.flags,
      version: formatVersion(image.header.version),
      areas: image.areas.map(({ kind, offset, size, tlvs }) => ({
        kind,
        offset,
        total: size,
        tlvs: tlvs.map(({ type, value }) => ({ type, hex: toHex(value) })),
      })),
      end: image.end,
    };
    t.match(entry, found, entry.file);
    const values = image.areas.flatMap(({ offset, tlvs }) => tlvs.map((tlv) => ({ at: tlv.offset, value: tlv.value, area: offset })));
    for (const { at, value } of values) {
      const there = vectorFile(entry.file).subarray(at + tlvHeaderSize, at + tlvHeaderSize + value.length);
      t.equal(toHex(there), toHex(value), `${entry.file}: the TLV at ${at} is where it says`);
    }
    t.equal(image.body.buffer, image.file.buffer, 'the body is a view');
  }
});

t.test('what the TLVs of the vectors say', async (t) => {
  const claims = (file: string) => parseImage(vectorFile(file)).claims;
  t.match(claims('seccounter.bin'), { securityCounter: 7, dependencies: [] });
  t.match(claims('dependency.bin').dependencies, [{ image: 1, minimum: { major: 1, minor: 2, revision: 3, build: 0 } }]);
  t.equal(claims('boot-record.bin').bootRecord?.length, 91);
  t.strictSame(flagNames(parseImage(vectorFile('non-bootable.bin')).header.flags), ['nonBootable']);
  t.strictSame(flagNames(0x8000_0104), ['encryptedAes128', 'romFixed', '0x80000000']);
  t.match(parseImage(vectorFile('ed25519-pure.bin')), { pure: true, hash: { algorithm: 'sha512' } });
  t.equal(tlvName(0x10a0), 'vendor 0x10a0');
  t.equal(tlvName(0x99), 'unknown 0x99');
});

t.test('padding and trailers behind the image', async (t) => {
  const remainder = (file: string) => parseImage(vectorFile(file)).remainder;
  t.strictSame(remainder('ed25519.bin'), { kind: 'nothing' });
  const trailer = { magic: 'good', imageOk: 'unset', copyDone: 'unset', swapType: 1 };
  t.match(remainder('padded.bin'), { kind: 'trailer', size: 34880, maxAlign: 8, trailer });
  t.match(remainder('padded-confirm.bin'), { kind: 'trailer', maxAlign: 8, trailer: { ...trailer, imageOk: 'set' } });
  t.match(remainder('padded-align32.bin'), { kind: 'trailer', maxAlign: 32, trailer: { ...trailer, imageOk: 'set' } });
  const tiny = vectorFile('tiny.bin');
  const followedBy = (...rest: Uint8Array[]) => parseImage(concatBytes([tiny, ...rest])).remainder;
  t.strictSame(followedBy(new Uint8Array(100).fill(0xff)), { kind: 'padding', size: 100 });
  t.strictSame(followedBy(new Uint8Array(7)), { kind: 'padding', size: 7 });
  t.strictSame(followedBy(utf8('junk')), { kind: 'data', size: 4 });
});

t.test('verification agrees with imgtool', async (t) => {
  for (const entry of soundEntries) {
    const keys = keysOf(entry);
    const verdict = verifyImage(vectorFile(entry.file), keys);
    t.match(verdict, { valid: true, key: keys[0] }, entry.file);
    t.equal(verifyImage(vectorFile(entry.file), []).valid, true, `${entry.file}: hash only`);
  }
  const codes: Readonly<Record<BrokenEntry['why'], ImageErrorCode>> = {
    hash: 'image-hash',
    signature: 'image-signature',
    magic: 'image-magic',
    truncated: 'image-truncated',
    tlv: 'image-tlv',
    size: 'image-size',
    empty: 'image-empty',
  };
  t.equal(brokenEntries.length, 9);
  for (const entry of brokenEntries) {
    t.match(verifyImage(vectorFile(entry.file), keysOf(entry)), { valid: false, code: codes[entry.why] }, entry.file);
  }
});

t.test('who may have signed', async (t) => {
  const trusted = vectorKey('keys/ed25519.pub.pem');
  const other = vectorKey('keys/other-ed25519.pub.pem');
  const foreign = vectorFile('ed25519-other-key.bin');
  t.match(verifyImage(foreign, [trusted]), { valid: false, code: 'image-key-unknown', reason: /1a63f8a811bf8549/ });
  t.match(verifyImage(foreign, [trusted, other]), { valid: true, key: other });
  t.match(verifyImage(vectorFile('plain-sha256.bin'), [trusted]), { valid: false, code: 'image-unsigned' });
  t.match(verifyImage(vectorFile('pubkey-full.bin'), [other]), { valid: false, code: 'image-key-unknown' });
});

t.test('only named signatures count, and one good one is enough', async (t) => {
  const key = demoKey('ed25519').publicKey;
  const parts = signedParts();
  const wrong = { type: tlvType.ed25519, value: new Uint8Array(64) };
  const stranger = { type: tlvType.keyHash, value: new Uint8Array(32) };
  const cases: readonly (readonly [string, readonly TlvContent[], ImageErrorCode | undefined])[] = [
    ['as built', [parts.hash, parts.keyHash, parts.signature], undefined],
    ['second signature', [parts.hash, stranger, wrong, parts.keyHash, parts.signature], undefined],
    ['bad one first', [parts.hash, parts.keyHash, wrong, parts.keyHash, parts.signature], undefined],
    ['signature before its key', [parts.hash, parts.signature, parts.keyHash], 'image-key-unknown'],
    ['key named once for two signatures', [parts.hash, parts.keyHash, wrong, parts.signature], 'image-signature'],
    ['key hash of odd length', [parts.hash, { ...stranger, value: new Uint8Array(5) }, parts.signature], 'image-key-unknown'],
    ['other signature type', [parts.hash, parts.keyHash, { ...parts.signature, type: tlvType.ecdsa }], 'image-signature'],
    ['short signature', [parts.hash, parts.keyHash, { ...wrong, value: new Uint8Array(3) }], 'image-signature'],
    [
      'claims to be pure',
      [parts.hash, { type: tlvType.pureSignature, value: Uint8Array.of(1) }, parts.keyHash, parts.signature],
      'image-signature',
    ],
  ];
  for (const [name, tlvs, code] of cases) {
    const verdict = verifyImage(concatBytes([parts.covered, encodeTlvArea('unprotected', tlvs)]), [key]);
    t.equal(verdict.valid ? undefined : verdict.code, code, name);
  }
});

t.test('ECDSA signatures padded with zeros, as early versions of imgtool made them', async (t) => {
  const key = vectorKey('keys/ecdsa-p256.pub.pem');
  const { covered, areas } = parseImage(vectorFile('ecdsa-p256.bin'));
  const [hash, signer, signature] = areas[0]!.tlvs;
  const withSignature = (value: Uint8Array) =>
    concatBytes([covered, encodeTlvArea('unprotected', [hash!, signer!, { type: tlvType.ecdsa, value }])]);
  t.equal(verifyImage(withSignature(concatBytes([signature!.value, new Uint8Array(2)])), [key]).valid, true);
  for (const length of [0, 1, 2, 10]) t.equal(verifyImage(withSignature(signature!.value.subarray(0, length)), [key]).valid, false);
});

t.test('a pure signature needs no hash, but then a key', async (t) => {
  const { covered } = signedParts();
  const key = demoKey('ed25519');
  const signature = key.sign({ pure: true, digest: undefined, message: () => covered });
  const tlvs = [
    { type: tlvType.pureSignature, value: Uint8Array.of(1) },
    { type: tlvType.keyHash, value: keyHash(key.publicKey, 'sha512') },
    { type: tlvType.ed25519, value: signature },
  ];
  const file = concatBytes([covered, encodeTlvArea('unprotected', tlvs)]);
  t.match(verifyImage(file, [key.publicKey]), { valid: true, image: { hash: undefined, pure: true } });
  t.match(verifyImage(file, []), { valid: false, code: 'image-hash-missing' });
});

t.test('malformed images are refused with a code', async (t) => {
  const { covered, hash } = signedParts();
  const withTlvs = (tlvs: readonly TlvContent[]) => concatBytes([covered, encodeTlvArea('unprotected', tlvs)]);
  const sound = vectorFile('seccounter.bin');
  const patched = (at: number, ...bytes: number[]) => {
    const copy = sound.slice();
    copy.set(bytes, at);
    return copy;
  };
  const cases: readonly (readonly [string, Uint8Array, ImageErrorCode, RegExp])[] = [
    ['nothing', new Uint8Array(0), 'image-empty', /empty/],
    ['part of the magic', sound.subarray(0, 3), 'image-truncated', /need 32 bytes, but the file ends after 3$/],
    ['part of the header', sound.subarray(0, 31), 'image-truncated', /need 32 bytes, but the file ends after 31$/],
    ['header only', sound.subarray(0, 32), 'image-truncated', /need 30512 bytes/],
    ['end of the body', sound.subarray(0, 30511), 'image-truncated', /30511/],
    ['no TLVs', sound.subarray(0, 30512), 'image-tlv', /protected TLV area at offset 30512 is missing/],
    ['half an area header', sound.subarray(0, 30514), 'image-tlv', /missing/],
    ['second area cut off', sound.subarray(0, 30524), 'image-tlv', /unprotected TLV area at offset 30524 is missing/],
    ['last byte cut off', sound.subarray(0, sound.length - 1), 'image-tlv', /needs 144 bytes, but only 143/],
    ['ELF', utf8('\x7fELF\x01\x01\x01'), 'image-magic', /an ELF file/],
    ['zip', utf8('PK\x03\x04....'), 'image-magic', /zip archive/],
    ['Intel HEX', utf8(':020000040000FA\r\n'), 'image-magic', /Intel HEX/],
    ['S-record', utf8('S00F000068656C6C6F202020202000003C\n'), 'image-magic', /S-record/],
    ['JSON', utf8('{"format-version": 1}'), 'image-magic', /JSON/],
    ['text', utf8('firmware goes here'), 'image-magic', /text/],
    ['key', utf8('-----BEGIN PUBLIC KEY-----'), 'image-magic', /PEM/],
    ['erased flash', new Uint8Array(64).fill(0xff), 'image-magic', /erased flash/],
    ['unsigned application', sound.subarray(512, 4096), 'image-magic', /unsigned binary/],
    ['old form', vectorFile('bad-magic.bin'), 'image-magic', /2017/],
    ['anything else', Uint8Array.of(1, 2, 3, 4, 5), 'image-magic', /begins with 01020304/],
    ['header size below 32', patched(8, 31, 0), 'image-header', /31 bytes/],
    ['header size 0', patched(8, 0, 0), 'image-header', /0 bytes/],
    ['image size overflows', patched(12, 0xff, 0xff, 0xff, 0xff), 'image-size', /32 bits/],
    ['image size is absurd', patched(12, 0, 0, 0, 0x7f), 'image-size', /claims an image of 2130706956/],
    ['protected size too large', patched(10, 13, 0), 'image-tlv', /12 bytes, but the header says 13/],
    ['protected size missing', patched(10, 0, 0), 'image-tlv', /0x6908 instead of 0x6907/],
    ['area magic wrong', patched(30512, 0x09), 'image-tlv', /0x6909 instead of 0x6908/],
    ['area size impossible', patched(30526, 3, 0), 'image-tlv', /impossible size of 3/],
    ['area size too large', patched(30526, 0xff, 0xff), 'image-tlv', /needs 65535 bytes/],
    ['area ends within a TLV', patched(30526, 143, 0), 'image-tlv', /1 bytes beyond/],
    ['area ends behind a TLV', patched(30526, 42, 0), 'image-tlv', /2 stray bytes/],
    ['TLV too long', patched(30518, 5, 0), 'image-tlv', /SEC_CNT at offset 30516 reaches 1 bytes beyond/],
    [
      'TLV of wrong length',
      withTlvs([{ type: tlvType.sha256, value: new Uint8Array(31) }]),
      'image-tlv',
      /SHA256 .* 31 bytes instead of 32/,
    ],
    ['no hash', withTlvs([{ type: tlvType.keyHash, value: new Uint8Array(32) }]), 'image-hash-missing', /no hash/],
    ['empty area', withTlvs([]), 'image-tlv', /missing/],
    ['two hashes', withTlvs([hash, hash]), 'image-hash-duplicate', /2 hashes/],
    ['two kinds of hashes', withTlvs([hash, { type: tlvType.sha512, value: new Uint8Array(64) }]), 'image-hash-duplicate', /2 hashes/],
    ['too large', concatBytes([sound, new Uint8Array(imageSizeMax)]), 'image-too-large', /16 MiB/],
  ];
  for (const [name, file, code, message] of cases) {
    t.throws(() => parseImage(file), { code, message, fault: 'input', name: 'ImageError', hint: /./ }, name);
    t.match(verifyImage(file, []), { valid: false, code, reason: message }, `${name}: verdict`);
  }
});

t.test('encrypted images are read, but cannot be checked', async (t) => {
  const file = vectorFile('ed25519.bin').slice();
  file[16] = 0x04;
  t.match(verifyImage(file, []), { valid: false, code: 'image-encrypted' });
  t.equal(formatVersion(parseImage(file).header.version), '2.0.0');
});

t.test('the largest image', async (t) => {
  const header = 0x200;
  const tlvs = 40;
  const body = new Uint8Array(imageSizeMax - header - tlvs);
  const version = { major: 1, minor: 0, revision: 0, build: 0 };
  const file = buildImage({ version, body });
  t.equal(file.length, imageSizeMax);
  t.equal(verifyImage(file, []).valid, true);
  t.throws(() => buildImage({ version, body: new Uint8Array(body.length + 1) }), { code: 'build-too-large' });
});

t.test('versions', async (t) => {
  const texts: readonly (readonly [string, string | undefined])[] = [
    ['1', '1.0.0'],
    ['1.2', '1.2.0'],
    ['1.2.3', '1.2.3'],
    ['1.2.3+4', '1.2.3+4'],
    ['1.2.3.4', '1.2.3+4'],
    ['1.2.3+0', '1.2.3'],
    ['255.255.65535+4294967295', '255.255.65535+4294967295'],
    ['256.0.0', undefined],
    ['0.256.0', undefined],
    ['0.0.65536', undefined],
    ['0.0.0+4294967296', undefined],
    ['01.0.0', undefined],
    ['1.2.3+', undefined],
    ['1.2+3', undefined],
    ['v1.2.3', undefined],
    ['1.2.3-rc1', undefined],
    ['', undefined],
    [' 1.2.3', undefined],
  ];
  for (const [text, expected] of texts) {
    const version = parseVersion(text);
    t.equal(version && formatVersion(version), expected, JSON.stringify(text));
  }
  t.equal(formatListedVersion(parseVersion('1.2.3+4')!), '1.2.3.4');
  t.equal(formatListedVersion(parseVersion('1.2.3')!), '1.2.3');
  const order = (a: string, b: string, build = false) => Math.sign(compareVersions(parseVersion(a)!, parseVersion(b)!, { build }));
  t.equal(order('1.2.3', '1.2.4'), -1);
  t.equal(order('1.10.0', '1.9.9'), 1);
  t.equal(order('2.0.0', '1.255.65535'), 1);
  t.equal(order('1.2.3+1', '1.2.3+2'), 0);
  t.equal(order('1.2.3+1', '1.2.3+2', true), -1);
});

t.test('keys', async (t) => {
  const pem = (key: { export(options: { type: 'spki' | 'pkcs8'; format: 'pem' }): string | Buffer }, type: 'spki' | 'pkcs8') =>
    key.export({ type, format: 'pem' }) as string;
  const pair = generateKeyPairSync('ed25519');
  t.strictSame(loadPublicKey(pem(pair.privateKey, 'pkcs8')).der, loadPublicKey(pem(pair.publicKey, 'spki')).der, 'the public half');
  const encrypted = pair.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }) as string;
  t.throws(() => loadPrivateKey(encrypted), { code: 'key-unreadable', message: /without a passphrase/ });
  t.throws(() => loadPrivateKey(pem(pair.publicKey, 'spki')), { code: 'key-unreadable', fault: 'input' });
  t.throws(() => loadPublicKey('hello'), { code: 'key-unreadable', fault: 'input' });
  const unsupported = [
    generateKeyPairSync('rsa', { modulusLength: 1024 }),
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
    generateKeyPairSync('x25519'),
  ];
  for (const { publicKey } of unsupported) t.throws(() => loadPublicKey(pem(publicKey, 'spki')), { code: 'key-unsupported' });
  // The same point stored in compressed form, as some tools write it.
  const p256 = demoKey('ecdsa-p256').publicKey;
  const der = Buffer.from(p256.der);
  const y = der.at(-1)! & 1;
  const compressed = Buffer.concat([
    Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
    Buffer.of(2 + y),
    der.subarray(27, 59),
  ]);
  const text = `-----BEGIN PUBLIC KEY-----\n${compressed.toString('base64')}\n-----END PUBLIC KEY-----\n`;
  t.strictSame(keyHash(loadPublicKey(text)), keyHash(p256));
});

t.test('any bytes are an image or an ImageError', async (t) => {
  const head = encodeHeader({ ...parseImage(vectorFile('tiny.bin')).header, imageSize: 4 });
  const refusedOrRead = (file: Uint8Array): boolean => {
    try {
      return parseImage(file).file === file;
    } catch (error) {
      return error instanceof ImageError;
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), refusedOrRead), { numRuns: 2000 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => refusedOrRead(concatBytes([head, rest]))),
    { numRuns: 2000 },
  );
  const tlvs = fc.array(fc.record({ type: fc.constantFrom(...Object.values(tlvType), 0x10a0), value: fc.uint8Array({ maxLength: 80 }) }));
  fc.assert(
    fc.property(tlvs, (content) => refusedOrRead(concatBytes([head, new Uint8Array(4), encodeTlvArea('unprotected', content)]))),
    { numRuns: 2000 },
  );
  const counts = fuzzImages(3000, 1);
  t.ok(counts.verified > 0 && counts.refused['image-tlv']! > 0 && counts.refused['image-hash']! > 0, JSON.stringify(counts));
});

/** The pieces of a small image signed with the Ed25519 demo key. */
function signedParts(): { covered: Uint8Array; hash: TlvContent; keyHash: TlvContent; signature: TlvContent } {
  const version = { major: 1, minor: 0, revision: 0, build: 0 };
  const image = parseImage(buildImage({ version, body: new Uint8Array(64), headerSize: 32 }, demoKey('ed25519')));
  const [hash, signer, signature] = image.areas[0]!.tlvs;
  t.equal(toHex(hash!.value), createHash('sha256').update(image.covered).digest('hex'));
  return { covered: image.covered, hash: hash!, keyHash: signer!, signature: signature! };
}
