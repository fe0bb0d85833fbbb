/** SMP payloads as JSON, for expressions, expectations and reports. */

import { toHex } from '../base/bytes.ts';
import type { JsonValue } from '../events/event.ts';
import { isCborMap } from '../smp/cbor.ts';
import type { CborMap, CborValue } from '../smp/cbor.ts';

export function jsonFields(map: CborMap): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(map.entries.map(([key, value]) => [keyText(key), jsonOf(value)]));
}

/** Keys of SMP payloads are texts (smp.md 1.4); another one is shown as JSON shows it. */
function keyText(key: CborValue): string {
  return typeof key === 'string' ? key : JSON.stringify(jsonOf(key));
}

/** Byte strings become hex, integers beyond the safe range text. */
function jsonOf(value: CborValue): JsonValue {
  if (value instanceof Uint8Array) return toHex(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === undefined) return null;
  if (isCborMap(value)) return jsonFields(value);
  if (Array.isArray(value)) return (value as readonly CborValue[]).map(jsonOf);
  return value as JsonValue;
}
