/** Fields of SMP messages as YAML and JSON write them. */

import { fromHex } from '../base/bytes.ts';
import type { CborInput, CborObject } from './cbor.ts';

export function fieldsOf(written: Readonly<Record<string, unknown>>): CborObject {
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [key, valueOf(value)]));
}

/** YAML has no bytes: they are written as `{hex: TEXT}`. */
function valueOf(value: unknown): CborInput {
  if (Array.isArray(value)) return value.map(valueOf);
  if (typeof value !== 'object' || value === null) return value as CborInput;
  const { hex } = value as { readonly hex?: unknown };
  const bytes = typeof hex === 'string' && Object.keys(value).length === 1 ? fromHex(hex) : undefined;
  return bytes ?? fieldsOf(value as Readonly<Record<string, unknown>>);
}
