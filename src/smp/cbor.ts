/** CBOR as values: what SMP messages are made of. Decoding takes every well-formed encoding; encoding is the smallest one. */

import { concatBytes, utf8 } from '../base/bytes.ts';
import { BootproofError } from '../base/errors.ts';
import { unreachable } from '../base/assert.ts';
import { parseCbor, type CborItem } from './cbor-item.ts';

/** `undefined` also stands for simple values without a meaning. Tags are dropped. Integers beyond 2^53 are bigints. */
export type CborValue = number | bigint | string | boolean | null | undefined | Uint8Array | readonly CborValue[] | CborMap;

/** What can be encoded. Members of a plain object that are undefined are left out. */
export type CborInput =
  number | bigint | string | boolean | null | undefined | Uint8Array | readonly CborInput[] | CborObject | CborMap<CborInput> | CborChunks;

export interface CborObject {
  readonly [key: string]: CborInput;
}

/** A map as its pairs, in order. Keys may repeat, since servers use thread names as keys (smp.md 3.1), and need not be text. */
export interface CborMap<V = CborValue> {
  readonly entries: readonly (readonly [key: CborValue, value: V])[];
  /** The first value under `key`. */
  get(key: string): V | undefined;
  has(key: string): boolean;
}

/** A string that is sent in pieces of indefinite length, as Zephyr 2.7 sends shell output. All parts are of one type. */
export interface CborChunks {
  readonly chunks: readonly string[] | readonly Uint8Array[];
}

export function cborMap<V>(entries: CborMap<V>['entries']): CborMap<V> {
  return new Pairs(entries);
}

export function cborChunks(chunks: CborChunks['chunks']): CborChunks {
  return new Chunks(chunks);
}

export function isCborMap(value: CborValue): value is CborMap {
  return value instanceof Pairs;
}

/** The first item in `bytes`; bytes after it are ignored, as servers and clients do. Throws `SmpDecodeError`. */
export function decodeCbor(bytes: Uint8Array): CborValue {
  return cborValue(parseCbor(bytes).item);
}

/** The value of a parsed item, without what only its encoding tells. Invalid UTF-8 shows as U+FFFD. */
export function cborValue(item: CborItem): CborValue {
  switch (item.kind) {
    case 'integer':
    case 'float':
      return item.value;
    case 'bytes':
      return item.bytes;
    case 'text':
      return Buffer.from(item.bytes.buffer, item.bytes.byteOffset, item.bytes.length).toString('utf8');
    case 'array':
      return item.items.map(cborValue);
    case 'map':
      return cborMap(item.entries.map(({ key, value }) => [cborValue(key), cborValue(value)] as const));
    case 'simple':
      return simpleValues.get(item.value);
    default:
      return unreachable(item);
  }
}

/** Smallest heads throughout; numbers that are no exact integers become 64-bit floats. `indefinite` gives maps and arrays of indefinite length, as servers send them (smp.md 1.4). */
export function encodeCbor(value: CborInput, options: { readonly indefinite: boolean } = { indefinite: false }): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, options.indefinite, parts);
  return concatBytes(parts);
}

const simpleValues = new Map<number, boolean | null>([
  [20, false],
  [21, true],
  [22, null],
]);
const majorOf = { unsigned: 0x00, negative: 0x20, bytes: 0x40, text: 0x60, array: 0x80, map: 0xa0 } as const;
const indefiniteBit = 0x1f;
const breakItem = Uint8Array.of(0xff);
const uint64Max = 0xffff_ffff_ffff_ffffn;

function write(value: CborInput, indefinite: boolean, parts: Uint8Array[]): void {
  if (typeof value === 'number' || typeof value === 'bigint') parts.push(encodeNumber(value));
  else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? 0xf5 : 0xf4));
  else if (value === null) parts.push(Uint8Array.of(0xf6));
  else if (value === undefined) parts.push(Uint8Array.of(0xf7));
  else if (typeof value === 'string' || value instanceof Uint8Array) writeString(value, parts);
  else if (isChunks(value)) writeChunks(value, parts);
  else if (isPairs(value)) writeMap(value.entries, indefinite, parts);
  else if (isObject(value)) writeMap(definedEntries(value), indefinite, parts);
  else writeArray(value, indefinite, parts);
}

function writeString(value: string | Uint8Array, parts: Uint8Array[]): void {
  const bytes = typeof value === 'string' ? utf8(value) : value;
  parts.push(head(typeof value === 'string' ? majorOf.text : majorOf.bytes, bytes.length), bytes);
}

function writeChunks(value: CborChunks, parts: Uint8Array[]): void {
  parts.push(Uint8Array.of((typeof value.chunks[0] === 'string' ? majorOf.text : majorOf.bytes) | indefiniteBit));
  for (const part of value.chunks) writeString(part, parts);
  parts.push(breakItem);
}

function writeArray(items: readonly CborInput[], indefinite: boolean, parts: Uint8Array[]): void {
  parts.push(indefinite ? Uint8Array.of(majorOf.array | indefiniteBit) : head(majorOf.array, items.length));
  for (const item of items) write(item, indefinite, parts);
  if (indefinite) parts.push(breakItem);
}

function writeMap(entries: readonly (readonly [CborInput, CborInput])[], indefinite: boolean, parts: Uint8Array[]): void {
  parts.push(indefinite ? Uint8Array.of(majorOf.map | indefiniteBit) : head(majorOf.map, entries.length));
  for (const [key, value] of entries) {
    write(key, indefinite, parts);
    write(value, indefinite, parts);
  }
  if (indefinite) parts.push(breakItem);
}

function encodeNumber(value: number | bigint): Uint8Array {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    const float = new DataView(new ArrayBuffer(9));
    float.setUint8(0, 0xfb);
    float.setFloat64(1, value);
    return new Uint8Array(float.buffer);
  }
  return value < 0 ? head(majorOf.negative, -1n - BigInt(value)) : head(majorOf.unsigned, value);
}

function head(major: number, argument: number | bigint): Uint8Array {
  if (argument < 24) return Uint8Array.of(major | Number(argument));
  if (argument <= 0xff) return Uint8Array.of(major | 24, Number(argument));
  if (argument <= 0xffff) return Uint8Array.of(major | 25, Number(argument) >> 8, Number(argument) & 0xff);
  if (argument > uint64Max) throw new BootproofError(`${argument} does not fit 64 bits`, { fault: 'input', code: 'integer-too-wide' });
  const wide = new DataView(new ArrayBuffer(argument <= 0xffff_ffff ? 5 : 9));
  wide.setUint8(0, major | (wide.byteLength === 5 ? 26 : 27));
  if (wide.byteLength === 5) wide.setUint32(1, Number(argument));
  else wide.setBigUint64(1, BigInt(argument));
  return new Uint8Array(wide.buffer);
}

function definedEntries(object: Readonly<Record<string, CborInput>>): [string, CborInput][] {
  return Object.entries(object).filter(([, value]) => value !== undefined);
}

function isObject(value: CborObject | readonly CborInput[]): value is CborObject {
  return !Array.isArray(value);
}

function isPairs(value: CborObject | CborMap<CborInput> | readonly CborInput[]): value is CborMap<CborInput> {
  return value instanceof Pairs;
}

function isChunks(value: object): value is CborChunks {
  return value instanceof Chunks;
}

class Pairs<V> implements CborMap<V> {
  readonly entries: CborMap<V>['entries'];

  constructor(entries: CborMap<V>['entries']) {
    this.entries = entries;
  }

  get(key: string): V | undefined {
    return this.entries.find(([name]) => name === key)?.[1];
  }

  has(key: string): boolean {
    return this.entries.some(([name]) => name === key);
  }
}

class Chunks implements CborChunks {
  readonly chunks: CborChunks['chunks'];

  constructor(chunks: CborChunks['chunks']) {
    this.chunks = chunks;
  }
}
