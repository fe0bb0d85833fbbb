/**
 * CBOR (RFC 8949) as it lies on the wire: a tree that keeps head widths, indefinite lengths, string chunks, tags and
 * repeated keys. A server that is picky about encodings decides on it; everybody else uses `cbor.ts`.
 */

import { concatBytes } from '../base/bytes.ts';
import { SmpDecodeError } from './decode-error.ts';

interface ItemBase {
  /** Offsets of the item in the parsed bytes, its tags included. */
  readonly start: number;
  readonly end: number;
  /** Bytes of the argument after the initial byte: 0, 1, 2, 4 or 8. */
  readonly width: number;
  /** Tags in front of the item, outermost first. */
  readonly tags: readonly (number | bigint)[];
}

export interface CborInteger extends ItemBase {
  readonly kind: 'integer';
  /** A bigint beyond 2^53. */
  readonly value: number | bigint;
}

export interface CborString extends ItemBase {
  readonly kind: 'bytes' | 'text';
  /** All chunks joined; for text its UTF-8, which is not checked, since devices cut it anywhere. */
  readonly bytes: Uint8Array;
  /** The definite pieces of an indefinite string; undefined for a definite one. */
  readonly chunks: readonly Uint8Array[] | undefined;
}

export interface CborArrayItem extends ItemBase {
  readonly kind: 'array';
  readonly indefinite: boolean;
  readonly items: readonly CborItem[];
}

export interface CborMapItem extends ItemBase {
  readonly kind: 'map';
  readonly indefinite: boolean;
  readonly entries: readonly { readonly key: CborItem; readonly value: CborItem }[];
}

export interface CborSimple extends ItemBase {
  readonly kind: 'simple';
  /** 20 false, 21 true, 22 null, 23 undefined. */
  readonly value: number;
}

export interface CborFloat extends ItemBase {
  readonly kind: 'float';
  readonly value: number;
}

export type CborItem = CborInteger | CborString | CborArrayItem | CborMapItem | CborSimple | CborFloat;

/** Deepest nesting that is accepted. No SMP message needs more than six. */
export const cborDepthMax = 32;
/** Most items, tags and chunks in one parse: what fits the longest SMP payload at one byte each. */
export const cborItemsMax = 65_536;

/** Reads one item at `at` (default 0) and tells where it ends; what follows is not looked at. Throws `SmpDecodeError`. */
export function parseCbor(bytes: Uint8Array, at = 0): { readonly item: CborItem; readonly end: number } {
  const parser = new Parser(bytes, at);
  const item = parser.item(0);
  return { item, end: item.end };
}

const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const;
const breakByte = 0xff;

/** The initial byte with its argument. `argument` is undefined for indefinite lengths. */
interface Head {
  readonly major: number;
  readonly argument: number | bigint | undefined;
  readonly width: number;
  /** Where the initial byte lies. */
  readonly at: number;
}

class Parser {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  #count = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = at;
  }

  item(depth: number): CborItem {
    const start = this.#at;
    if (depth > cborDepthMax) throw new SmpDecodeError('CBOR nested too deeply', start);
    const tags: (number | bigint)[] = [];
    let head = this.#head();
    while (head.major === major.tag) {
      tags.push(definite(head));
      head = this.#head();
    }
    const body = this.#body(head, depth);
    // Filled in place: spreading the body into a new object costs thirty times as much, on the path of every upload chunk.
    return Object.assign(body, { start, end: this.#at, width: head.width, tags });
  }

  #body(head: Head, depth: number): ItemBody {
    switch (head.major) {
      case major.unsigned:
        return { kind: 'integer', value: definite(head) };
      case major.negative:
        return { kind: 'integer', value: negative(definite(head)) };
      case major.bytes:
        return { kind: 'bytes', ...this.#string(head) };
      case major.text:
        return { kind: 'text', ...this.#string(head) };
      case major.array:
        return { kind: 'array', indefinite: head.argument === undefined, items: this.#sequence(head, () => this.item(depth + 1)) };
      case major.map:
        return { kind: 'map', indefinite: head.argument === undefined, entries: this.#sequence(head, () => this.#entry(depth)) };
      default:
        return simpleOrFloat(head, this.#view);
    }
  }

  #entry(depth: number): { readonly key: CborItem; readonly value: CborItem } {
    return { key: this.item(depth + 1), value: this.item(depth + 1) };
  }

  #sequence<T>(head: Head, next: () => T): T[] {
    const found: T[] = [];
    if (head.argument === undefined) {
      while (!this.#takeBreak()) found.push(next());
      return found;
    }
    // Each element takes at least one byte, so a count that lies is found before anything is reserved for it.
    const count = this.#fitting(head);
    while (found.length < count) found.push(next());
    return found;
  }

  #string(head: Head): { readonly bytes: Uint8Array; readonly chunks: readonly Uint8Array[] | undefined } {
    if (head.argument !== undefined) return { bytes: this.#take(head), chunks: undefined };
    const chunks: Uint8Array[] = [];
    while (!this.#takeBreak()) {
      const chunk = this.#head();
      if (chunk.major !== head.major || chunk.argument === undefined) {
        throw new SmpDecodeError('CBOR string chunk of another kind than its string', chunk.at);
      }
      chunks.push(this.#take(chunk));
    }
    return { bytes: concatBytes(chunks), chunks };
  }

  #take(head: Head): Uint8Array {
    const length = this.#fitting(head);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** The head's length or count, which must not exceed the bytes that are left. */
  #fitting(head: Head): number {
    const length = definite(head);
    if (length > this.#bytes.length - this.#at) throw new SmpDecodeError('CBOR length beyond the end of the data', head.at);
    return Number(length);
  }

  #takeBreak(): boolean {
    if (this.#at >= this.#bytes.length) throw new SmpDecodeError('CBOR ends inside an indefinite item', this.#at);
    if (this.#bytes[this.#at] !== breakByte) return false;
    this.#at += 1;
    return true;
  }

  #head(): Head {
    const at = this.#at;
    this.#count += 1;
    if (this.#count > cborItemsMax) throw new SmpDecodeError('CBOR with too many items', at);
    const initial = this.#bytes[at];
    if (initial === undefined) throw new SmpDecodeError('CBOR ends where an item should start', at);
    const info = initial & 0x1f;
    this.#at += 1;
    if (info < 24) return { major: initial >> 5, argument: info, width: 0, at };
    if (info === 31) return { major: initial >> 5, argument: undefined, width: 0, at };
    if (info > 27) throw new SmpDecodeError('CBOR head with a reserved length', at);
    const width = 1 << (info - 24);
    return { major: initial >> 5, argument: this.#argument(width, at), width, at };
  }

  #argument(width: number, headAt: number): number | bigint {
    const at = this.#at;
    if (at + width > this.#bytes.length) throw new SmpDecodeError('CBOR ends inside a head', headAt);
    this.#at += width;
    if (width === 1) return this.#view.getUint8(at);
    if (width === 2) return this.#view.getUint16(at);
    if (width === 4) return this.#view.getUint32(at);
    return narrow(this.#view.getBigUint64(at));
  }
}

type Body<T> = T extends CborItem ? Omit<T, keyof ItemBase> : never;
type ItemBody = Body<CborItem>;

function definite(head: Head): number | bigint {
  if (head.argument === undefined) throw new SmpDecodeError('CBOR head that cannot be indefinite', head.at);
  return head.argument;
}

function negative(argument: number | bigint): number | bigint {
  return narrow(-1n - BigInt(argument));
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function simpleOrFloat(head: Head, view: DataView): ItemBody {
  switch (head.width) {
    case 2:
      return { kind: 'float', value: halfToNumber(view.getUint16(head.at + 1)) };
    case 4:
      return { kind: 'float', value: view.getFloat32(head.at + 1) };
    case 8:
      return { kind: 'float', value: view.getFloat64(head.at + 1) };
    default:
      return simple(head);
  }
}

function simple(head: Head): ItemBody {
  if (head.argument === undefined) throw new SmpDecodeError('CBOR break outside an indefinite item', head.at);
  const value = Number(head.argument);
  if (head.width === 1 && value < 32) throw new SmpDecodeError('CBOR simple value in a longer form than allowed', head.at);
  return { kind: 'simple', value };
}

/** IEEE 754 binary16, which DataView of Node 20 cannot read. */
function halfToNumber(half: number): number {
  const sign = half >> 15 === 0 ? 1 : -1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
