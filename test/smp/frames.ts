/** The frames of `frames.json` with values in the codec's own terms: `{"$hex"}` is a byte string, `{"$chunks"}` an indefinite string. */

import { readFileSync } from 'node:fs';
import { concatBytes, fromHex, toHex } from '../../src/base/bytes.ts';
import { cborChunks, isCborMap, type CborInput, type CborValue } from '../../src/smp/cbor.ts';
import type { SmpHeader } from '../../src/smp/header.ts';
import type { SerialStyle } from '../../src/smp/serial-frame.ts';
import { projectPath } from '../helpers/vectors.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Frame {
  readonly id: string;
  readonly meaning: string;
  readonly hex: string;
  readonly header: SmpHeader;
  readonly value: Json;
  readonly indefinite?: true;
  /** Why these bytes are not what the encoder makes of the value. */
  readonly oneWay?: string;
}

export interface SerialVector {
  readonly id: string;
  readonly meaning: string;
  readonly styles: readonly SerialStyle[];
  readonly packet: string;
  readonly lines: readonly string[];
}

export const { frames, serial: serialVectors } = JSON.parse(readFileSync(projectPath('test/smp/frames.json'), 'utf8')) as {
  readonly frames: readonly Frame[];
  readonly serial: readonly SerialVector[];
};

/** The bytes of one frame. */
export function frame(id: string): Uint8Array {
  return hex(frames.find((entry) => entry.id === id)!.hex);
}

export function hex(text: string): Uint8Array {
  return fromHex(text)!;
}

/** What the encoder takes for a value of the file. */
export function toInput(value: Json): CborInput {
  if (isList(value)) return value.map(toInput);
  if (value === null || typeof value !== 'object') return value;
  if (isText(value['$hex'])) return hex(value['$hex']);
  if (isList(value['$chunks'])) return cborChunks(value['$chunks'].map(toInput) as string[] | Uint8Array[]);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toInput(entry)]));
}

/** What the decoder gives, in the terms of the file. Of repeated keys the last one is seen. */
export function toJson(value: CborValue): Json {
  if (value instanceof Uint8Array) return { $hex: toHex(value) };
  if (isCborMap(value))
    return Object.fromEntries(
      value.entries.map(([key, entry]) => [typeof key === 'string' ? key : JSON.stringify(toJson(key)), toJson(entry)]),
    );
  if (isList(value)) return value.map(toJson);
  if (typeof value === 'bigint') return String(value);
  return value ?? null;
}

/** A value of the file as it looks after decoding: chunks of strings joined. */
export function joined(value: Json): Json {
  if (isList(value)) return value.map(joined);
  if (value === null || typeof value !== 'object') return value;
  const chunks = value['$chunks'];
  if (isList(chunks)) {
    return chunks.every(isText) ? chunks.join('') : { $hex: toHex(concatBytes(chunks.map((chunk) => toInput(chunk) as Uint8Array))) };
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, joined(entry)]));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** `Array.isArray` for readonly arrays. */
function isList<T>(value: T): value is Extract<T, readonly unknown[]> {
  return Array.isArray(value);
}
