/** Typed reading of reply maps. Unknown keys are nobody's business; a wrong type or a missing field is a `SmpDecodeError`. */

import { isCborMap, type CborMap, type CborValue } from './cbor.ts';
import { SmpDecodeError } from './decode-error.ts';

/** A type of field: its name in messages, and the value if it is one. */
interface FieldType<T> {
  readonly name: string;
  readonly read: (value: CborValue) => T | undefined;
}

export const text: FieldType<string> = { name: 'text', read: (value) => (typeof value === 'string' ? value : undefined) };

export const byteString: FieldType<Uint8Array> = {
  name: 'byte string',
  read: (value) => (value instanceof Uint8Array ? value : undefined),
};

export const boolean: FieldType<boolean> = { name: 'boolean', read: (value) => (typeof value === 'boolean' ? value : undefined) };

/** An integer that JavaScript holds exactly as a number. */
export const integer: FieldType<number> = { name: 'integer', read: (value) => (Number.isSafeInteger(value) ? Number(value) : undefined) };

/** An integer from 0: sizes, offsets, numbers of slots. */
export const count: FieldType<number> = {
  name: 'unsigned integer',
  read: (value) => (Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined),
};

/** Any integer of 64 bits: cycle counters. */
export const wideInteger: FieldType<number | bigint> = {
  name: 'integer',
  read: (value) => (typeof value === 'bigint' ? value : integer.read(value)),
};

export const map: FieldType<CborMap> = { name: 'map', read: (value) => (isCborMap(value) ? value : undefined) };

/** An array whose elements are all of one type. */
export function listOf<T>(element: FieldType<T>): FieldType<readonly T[]> {
  return { name: `array of ${element.name}`, read: (value) => readList(element, value) };
}

export function required<T>(reply: CborMap, key: string, type: FieldType<T>): T {
  const value = optional(reply, key, type);
  if (value === undefined) throw new SmpDecodeError(`reply without the field \`${key}\``);
  return value;
}

/** Undefined when the field is absent. */
export function optional<T>(reply: CborMap, key: string, type: FieldType<T>): T | undefined {
  const value = reply.get(key);
  if (value === undefined) return undefined;
  const read = type.read(value);
  if (read === undefined) throw new SmpDecodeError(`reply field \`${key}\` that is no ${type.name}`);
  return read;
}

/** The value of a flag; absent means false, as in frugal lists (smp.md 3.2). */
export function flag(reply: CborMap, key: string): boolean {
  return optional(reply, key, boolean) ?? false;
}

/** The pairs of a map whose keys are names of things, in order; names may repeat. */
export function named<T>(entries: CborMap, type: FieldType<T>): { readonly name: string; readonly value: T }[] {
  return entries.entries.map(([key, entry]) => {
    const name = keyText(key);
    const value = type.read(entry);
    if (value === undefined) throw new SmpDecodeError(`reply entry \`${name}\` that is no ${type.name}`);
    return { name, value };
  });
}

function keyText(key: CborValue): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'number' || typeof key === 'bigint') return String(key);
  throw new SmpDecodeError('reply entry whose key is neither text nor a number');
}

/** The reader of replies that hold nothing. */
export function nothing(): void {
  // Old servers put `rc: 0` into such replies; readOutcome has looked at it already.
}

function readList<T>(element: FieldType<T>, value: CborValue): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = (value as readonly CborValue[]).map(element.read);
  return items.every((item) => item !== undefined) ? items : undefined;
}
