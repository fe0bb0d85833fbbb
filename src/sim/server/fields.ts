/** The fields of a request, as the CBOR library of the server reads them (smp.md 1.4). Bytes behind the map are not looked at. */

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

export type FieldSpec = Readonly<Record<string, FieldKind>>;
export type Fields<Spec extends FieldSpec> = { readonly [Name in keyof Spec]?: FieldValues[Spec[Name]] };

/** Which library decodes requests. */
export type DecoderFeatures =
  /** zcbor's bulk decoder. `canonical` (`CONFIG_ZCBOR_CANONICAL`) also refuses indefinite lengths and heads that are longer than need be. */
  | { readonly library: 'zcbor'; readonly canonical: boolean }
  /** cborattr copies strings into buffers of these sizes, by the names of the fields. */
  | { readonly library: 'cborattr'; readonly limits: Readonly<Record<string, number>> };

/** Reads the fields named by `spec`, absent ones left out. Undefined when the payload is refused. */
export type FieldReader = <Spec extends FieldSpec>(spec: Spec) => Fields<Spec> | undefined;

export function createFieldReader(payload: Uint8Array, decoder: DecoderFeatures): FieldReader {
  return (spec) => {
    const map = parseMap(payload);
    if (map === undefined) return undefined;
    return (decoder.library === 'zcbor' ? readPicky(map, spec, decoder) : readForgiving(map, spec, decoder)) as
      Fields<typeof spec> | undefined;
  };
}

type Found = Record<string, FieldValues[FieldKind]>;

/** zcbor refuses a key that is no text, a known key twice, and a known key whose value is of another type, tagged, out of range or in chunks. */
function readPicky(map: CborMapItem, spec: FieldSpec, { canonical }: { readonly canonical: boolean }): Found | undefined {
  if (map.tags.length > 0 || (canonical && !isCanonical(map))) return undefined;
  const found: Found = {};
  for (const { key, value } of map.entries) {
    const name = textOf(key);
    if (name === undefined) return undefined;
    const kind = kindOf(spec, name);
    if (kind === undefined) continue;
    const decoded = value.tags.length > 0 || isChunked(value) ? undefined : valueOf(value, kind);
    if (decoded === undefined || Object.hasOwn(found, name) || (kind === 'uint32' && Number(decoded) > uint32Max)) return undefined;
    found[name] = decoded;
  }
  return found;
}

/** cborattr passes over a value of another type as if it were not there, and takes the last of several; only too long a string is refused. */
function readForgiving(
  map: CborMapItem,
  spec: FieldSpec,
  { limits }: { readonly limits: Readonly<Record<string, number>> },
): Found | undefined {
  const found: Found = {};
  for (const { key, value } of map.entries) {
    const name = key.kind === 'text' ? decodeText(key.bytes) : '';
    const kind = kindOf(spec, name);
    const decoded = kind === undefined || value.tags.length > 0 ? undefined : valueOf(value, kind);
    if (decoded === undefined) continue;
    if ('bytes' in value && value.bytes.length > (limits[name] ?? Infinity)) return undefined;
    found[name] = decoded;
  }
  return found;
}

/** The text of an item that zcbor takes as a string. */
export function textOf(item: CborItem): string | undefined {
  return item.kind === 'text' && item.tags.length === 0 && item.chunks === undefined ? decodeText(item.bytes) : undefined;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const uint32Max = 0xffff_ffff;

function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

function parseMap(payload: Uint8Array): CborMapItem | undefined {
  try {
    const { item } = parseCbor(payload);
    return item.kind === 'map' ? item : undefined;
  } catch (error) {
    if (error instanceof SmpDecodeError) return undefined;
    throw error;
  }
}

function kindOf(spec: FieldSpec, name: string): FieldKind | undefined {
  return Object.hasOwn(spec, name) ? spec[name] : undefined;
}

function valueOf(item: CborItem, kind: FieldKind): FieldValues[FieldKind] | undefined {
  switch (kind) {
    case 'uint32':
      return item.kind === 'integer' && item.value >= 0 ? Number(item.value) : undefined;
    case 'uint64':
      return item.kind === 'integer' && item.value >= 0 ? item.value : undefined;
    case 'text':
      return item.kind === 'text' ? decodeText(item.bytes) : undefined;
    case 'bytes':
      return item.kind === 'bytes' ? item.bytes : undefined;
    case 'bool':
      return item.kind === 'simple' && (item.value === 20 || item.value === 21) ? item.value === 21 : undefined;
    case 'array':
      return item.kind === 'array' ? item.items : undefined;
  }
}

function isChunked(item: CborItem): boolean {
  return (item.kind === 'text' || item.kind === 'bytes') && item.chunks !== undefined;
}

function isCanonical(item: CborItem): boolean {
  if (item.kind === 'map')
    return (
      !item.indefinite &&
      hasShortestHead(item, item.entries.length) &&
      item.entries.every(({ key, value }) => isCanonical(key) && isCanonical(value))
    );
  if (item.kind === 'array') return !item.indefinite && hasShortestHead(item, item.items.length) && item.items.every(isCanonical);
  if (item.kind === 'integer') return hasShortestHead(item, item.value < 0 ? -1n - BigInt(item.value) : item.value);
  return !('bytes' in item) || (item.chunks === undefined && hasShortestHead(item, item.bytes.length));
}

function hasShortestHead({ width }: CborItem, argument: number | bigint): boolean {
  return width === (argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : argument <= uint32Max ? 4 : 8);
}
