/**
 * Reads a request's fields as Zephyr's zcbor bulk decoder does (smp.md 1.4): picky about the fields it knows, indifferent
 * to everything else. Bytes behind the map are not looked at.
 */

import { parseCbor } from '../../smp/cbor-item.ts';
import { SmpDecodeError } from '../../smp/decode-error.ts';
import type { CborItem, CborMapItem } from '../../smp/cbor-item.ts';

/** `uint32` also stands for `size_t`, which has 32 bits on the devices modelled here. */
export type FieldKind = 'uint32' | 'uint64' | 'text' | 'bytes' | 'bool' | 'array';

export interface FieldValues {
  readonly uint32: number;
  readonly uint64: number | bigint;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly bool: boolean;
  /** Its items, not looked at. */
  readonly array: readonly CborItem[];
}

export type Fields<Spec extends Readonly<Record<string, FieldKind>>> = { readonly [Name in keyof Spec]?: FieldValues[Spec[Name]] };

/**
 * The fields named by `spec`, absent ones left out. Undefined when the payload is refused: no map, malformed, a key that
 * is no text, a known key twice, or a known key with a value of another type, tagged, out of range or in chunks.
 */
export function decodeFields<Spec extends Readonly<Record<string, FieldKind>>>(payload: Uint8Array, spec: Spec): Fields<Spec> | undefined {
  const map = parseMap(payload);
  if (map === undefined) return undefined;
  const found: Record<string, unknown> = {};
  for (const { key, value } of map.entries) {
    const name = textOf(key);
    if (name === undefined) return undefined;
    const kind = Object.hasOwn(spec, name) ? spec[name] : undefined;
    if (kind === undefined) continue;
    const decoded = decodeField(value, kind);
    if (decoded === undefined || Object.hasOwn(found, name)) return undefined;
    found[name] = decoded;
  }
  return found as Fields<Spec>;
}

/** The text of an item that zcbor takes as a string. */
export function textOf(item: CborItem): string | undefined {
  return item.kind === 'text' && plain(item) && item.chunks === undefined ? decoder.decode(item.bytes) : undefined;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const uint32Max = 0xffff_ffff;

function parseMap(payload: Uint8Array): CborMapItem | undefined {
  try {
    const { item } = parseCbor(payload);
    return item.kind === 'map' && plain(item) ? item : undefined;
  } catch (error) {
    if (error instanceof SmpDecodeError) return undefined;
    throw error;
  }
}

function decodeField(item: CborItem, kind: FieldKind): FieldValues[FieldKind] | undefined {
  if (!plain(item)) return undefined;
  switch (kind) {
    case 'uint32':
      return item.kind === 'integer' && item.value >= 0 && item.value <= uint32Max ? Number(item.value) : undefined;
    case 'uint64':
      return item.kind === 'integer' && item.value >= 0 ? item.value : undefined;
    case 'text':
      return textOf(item);
    case 'bytes':
      return item.kind === 'bytes' && item.chunks === undefined ? item.bytes : undefined;
    case 'bool':
      return item.kind === 'simple' && (item.value === 20 || item.value === 21) ? item.value === 21 : undefined;
    case 'array':
      return item.kind === 'array' ? item.items : undefined;
  }
}

function plain(item: CborItem): boolean {
  return item.tags.length === 0;
}
