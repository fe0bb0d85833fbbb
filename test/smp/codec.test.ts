import t from 'tap';
import fc from 'fast-check';
import { Decoder, Encoder } from 'cbor-x';
import { assert } from '../../src/base/assert.ts';
import { toHex } from '../../src/base/bytes.ts';
import { BootproofError } from '../../src/base/errors.ts';
import { cborItemsMax, cborDepthMax, parseCbor } from '../../src/smp/cbor-item.ts';
import { cborMap, decodeCbor, encodeCbor, isCborMap, type CborInput, type CborValue } from '../../src/smp/cbor.ts';
import { SmpDecodeError } from '../../src/smp/decode-error.ts';
import { decodeHeader, encodePacket, headerSize, responseOp } from '../../src/smp/header.ts';
import { frames, hex, joined, toInput, toJson } from './frames.ts';

void t.test('every frame decodes to its value and encodes back to its bytes', (t) => {
  for (const { id, meaning, hex: text, header, value, indefinite, oneWay } of frames) {
    const bytes = hex(text);
    t.strictSame(decodeHeader(bytes), header, `${id} header: ${meaning}`);
    const payload = bytes.subarray(headerSize);
    t.strictSame(toJson(decodeCbor(payload)), joined(value), `${id} value`);
    if (oneWay !== undefined) continue;
    const encoded = encodePacket(header, encodeCbor(toInput(value), { indefinite: indefinite ?? false }));
    t.equal(toHex(encoded), text, `${id} bytes`);
  }
  t.end();
});

void t.test('headers', (t) => {
  t.equal(decodeHeader(new Uint8Array(7)), undefined);
  const packet = hex('00ff19ff0a0b0c0d0e0f').subarray(1);
  t.strictSame(decodeHeader(packet), { op: 7, version: 3, flags: 0x19, length: 0xff0a, group: 0x0b0c, sequence: 0x0d, command: 0x0e });
  t.strictSame([0, 1, 2, 3, 4, 7].map(responseOp), [1, 3, 3, 3, 3, 3]);
  t.throws(() => encodePacket({ op: 0, version: 0, flags: 0, group: 0, sequence: 0, command: 0 }, new Uint8Array(65_536)), /65535/);
  t.end();
});

void t.test('well-formed CBOR in every encoding', (t) => {
  const cases: readonly (readonly [bytes: string, value: unknown])[] = [
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1805', 5],
    ['190005', 5],
    ['1a00000005', 5],
    ['1b0000000000000005', 5],
    ['1b001fffffffffffff', 2 ** 53 - 1],
    ['1b0020000000000000', 2n ** 53n],
    ['1bffffffffffffffff', 2n ** 64n - 1n],
    ['20', -1],
    ['3903e7', -1000],
    ['3bffffffffffffffff', -(2n ** 64n)],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['f7', undefined],
    ['f0', undefined],
    ['f8ff', undefined],
    ['f90000', 0],
    ['f93e00', 1.5],
    ['f9c400', -4],
    ['f90001', 2 ** -24],
    ['f97c00', Infinity],
    ['f97e00', NaN],
    ['fa47c35000', 100_000],
    ['fb3ff199999999999a', 1.1],
    ['43010203', hex('010203')],
    ['5f42010243030405ff', hex('0102030405')],
    ['5fff', hex('')],
    ['6161', 'a'],
    ['7f657374726561646d696e67ff', 'streaming'],
    ['62c3bc', 'ü'],
    ['7f61c361bcff', 'ü'],
    ['62c3c3', '\ufffd\ufffd'],
    ['63efbbbf', '\ufeff'],
    ['c074323031332d30332d32315432303a30343a30305a', '2013-03-21T20:04:00Z'],
    ['d84041ff', hex('ff')],
    ['c0c1182a', 42],
    ['80', []],
    ['9fff', []],
    ['9f01820203ff', [1, [2, 3]]],
    ['a0', cborMap([])],
    ['bfff', cborMap([])],
    ['a2616101616102', cborMap([['a', 1] as const, ['a', 2] as const])],
    [
      'bf01026161f5ff',
      cborMap<CborValue>([
        [1, 2],
        ['a', true],
      ]),
    ],
  ];
  for (const [bytes, value] of cases) t.strictSame(decodeCbor(hex(bytes)), value, bytes);
  t.equal(decodeCbor(hex('01ffff')), 1, 'bytes behind the item are not looked at');
  t.end();
});

void t.test('the item tree keeps how it was written', (t) => {
  const { item, end } = parseCbor(hex('ffd84019000100'), 1);
  t.match(item, { kind: 'integer', value: 1, width: 2, tags: [64], start: 1, end: 6 });
  t.equal(end, 6);
  const map = parseCbor(hex(`bf 6161 9f0102ff 6161 a0 617a 7f61626163ff 626d6d 5818${'00'.repeat(24)} ff`)).item;
  assert(map.kind === 'map' && map.indefinite, 'an indefinite map');
  t.strictSame(
    map.entries.map(({ value }) => [value.kind, value.width, 'indefinite' in value ? value.indefinite : undefined]),
    [
      ['array', 0, true],
      ['map', 0, false],
      ['text', 0, undefined],
      ['bytes', 1, undefined],
    ],
  );
  t.match(map.entries[2]?.value, { chunks: [hex('62'), hex('63')] });
  t.equal(isCborMap(decodeCbor(hex('80'))), false);
  t.end();
});

void t.test('malformed CBOR ends in an error with the place', (t) => {
  const cases: readonly (readonly [bytes: string, offset: number, problem: RegExp])[] = [
    ['', 0, /ends where an item/],
    ['18', 0, /inside a head/],
    ['1b00000000000000', 0, /inside a head/],
    ['8201', 0, /beyond the end/],
    ['82c101', 3, /ends where an item/],
    ['42ff', 0, /beyond the end/],
    ['9affffffff', 0, /beyond the end/],
    ['bb7fffffffffffffff', 0, /beyond the end/],
    ['bf6161', 3, /ends where an item/],
    ['bf616101', 4, /inside an indefinite/],
    ['bf6161ff', 3, /break outside/],
    ['ff', 0, /break outside/],
    ['1c', 0, /reserved length/],
    ['fe', 0, /reserved length/],
    ['1f', 0, /cannot be indefinite/],
    ['3f', 0, /cannot be indefinite/],
    ['df00', 0, /cannot be indefinite/],
    ['f814', 0, /longer form/],
    ['7f4161ff', 1, /another kind/],
    ['5f5f4100ffff', 1, /another kind/],
    ['7f6161', 3, /inside an indefinite/],
    ['c0', 1, /ends where an item/],
    ['81'.repeat(cborDepthMax + 1) + '00', cborDepthMax + 1, /too deeply/],
    ['9f' + 'c1'.repeat(cborItemsMax) + '00ff', cborItemsMax, /too many/],
  ];
  for (const [bytes, offset, problem] of cases) {
    const name = bytes.length > 40 ? `${bytes.slice(0, 40)}...` : bytes || 'no bytes';
    t.throws(
      () => decodeCbor(hex(bytes)),
      { name: 'SmpDecodeError', fault: 'product', code: 'smp-malformed', offset, message: problem },
      name,
    );
  }
  t.doesNotThrow(() => decodeCbor(hex('81'.repeat(cborDepthMax) + '00')), 'the deepest nesting');
  t.end();
});

void t.test('encoding', (t) => {
  const cases: readonly (readonly [value: CborInput, bytes: string])[] = [
    [{ a: undefined, b: 1 }, 'a1616201'],
    [[undefined, null], '82f7f6'],
    [[0, 23, 24, 255, 256, 65_535, 65_536], '870017181818ff19010019ffff1a00010000'],
    [[2 ** 32 - 1, 2 ** 32, 2n ** 53n, 2n ** 64n - 1n], '841affffffff1b00000001000000001b00200000000000001bffffffffffffffff'],
    [2 ** 53, 'fb4340000000000000'],
    [[-1, -24, -25, -(2n ** 64n)], '84203738183bffffffffffffffff'],
    [[1.5, -0], '82fb3ff800000000000000'],
    [
      cborMap<CborInput>([
        ['x', { y: [] }],
        ['x', 2],
      ]),
      'a26178a1617980617802',
    ],
    ['ü', '62c3bc'],
  ];
  for (const [value, bytes] of cases) t.equal(toHex(encodeCbor(value)), bytes, bytes);
  t.equal(toHex(encodeCbor({ a: [{}] }, { indefinite: true })), 'bf61619fbfffffff');
  const tooWide = () => encodeCbor(2n ** 64n);
  t.throws(tooWide, BootproofError);
  t.throws(tooWide, { fault: 'input', code: 'integer-too-wide' });
  t.end();
});

/** Values that JSON and cbor-x know as well: no repeated keys, no bigints that fit a number. */
const values = fc.letrec<{ value: CborInput }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.double({ noNaN: true }),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(fc.string({ maxLength: 30 }), tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value;

const seen = (value: CborInput): unknown => toJson(decodeCbor(encodeCbor(value)));

void t.test('properties', (t) => {
  const oracle = new Decoder({ useRecords: false, mapsAsObjects: false });
  const writer = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: false });
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(values, fc.boolean(), (value, indefinite) => {
        const bytes = encodeCbor(value, { indefinite });
        const { item, end } = parseCbor(bytes);
        return end === bytes.length && same(decodeCbor(bytes), value) && item.start === 0;
      }),
    );
  }, 'a value comes back from both ways of encoding');
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(values, fc.boolean(), (value, indefinite) => same(fromOracle(oracle.decode(encodeCbor(value, { indefinite }))), value)),
    );
  }, 'cbor-x reads what we write');
  t.doesNotThrow(() => {
    fc.assert(fc.property(values, (value) => same(decodeCbor(writer.encode(value)), value)));
  }, 'we read what cbor-x writes');
  t.doesNotThrow(() => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), valueOrTypedError), { numRuns: 5000 });
  }, 'any bytes end in a value or a typed error');
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 0, max: 255 }), (value, place, byte) => {
        const bytes = encodeCbor(value, { indefinite: true });
        bytes[place % bytes.length] = byte;
        return valueOrTypedError(bytes);
      }),
      { numRuns: 3000 },
    );
  }, 'damaged bytes end in a value or a typed error');
  t.end();
});

/** Compares by canonical text, since maps of both sides come in different clothes. */
function same(decoded: CborValue, value: CborInput): boolean {
  return (
    JSON.stringify(toJson(decoded)) === JSON.stringify(seen(value)) && JSON.stringify(toJson(decoded)) === JSON.stringify(plain(value))
  );
}

/** The value itself in the terms of `toJson`, by an own way. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $hex: Buffer.from(value).toString('hex') };
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
  return value;
}

function fromOracle(value: unknown): CborValue {
  if (value instanceof Map) return cborMap([...(value as Map<string, unknown>)].map(([key, entry]) => [key, fromOracle(entry)] as const));
  if (Array.isArray(value)) return value.map(fromOracle);
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value);
  return value as CborValue;
}

function valueOrTypedError(bytes: Uint8Array): boolean {
  try {
    const { item, end } = parseCbor(bytes);
    return item.end === end && end <= bytes.length;
  } catch (thrown) {
    return thrown instanceof SmpDecodeError && thrown.offset !== undefined && thrown.offset <= bytes.length;
  }
}
