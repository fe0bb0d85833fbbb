/** Sizes, durations and rates of checked documents as numbers, and back. */

import { assert } from './assert.ts';
import { formatSize, parseDuration, parseRate, parseSize } from './quantities.ts';

/** Bytes that are written as a number (devicetrees have offsets in hexadecimal) or with a unit; undefined for everything else. */
export function readBytes(written: unknown): number | undefined {
  if (typeof written === 'string') return parseSize(written);
  return typeof written === 'number' && Number.isInteger(written) && written >= 0 ? written : undefined;
}

/** Of a checked document. */
export function bytesOf(written: string | number): number {
  const bytes = readBytes(written);
  assert(bytes !== undefined, `size ${written}`);
  return bytes;
}

/** Of a checked document. */
export function millisecondsOf(written: string): number {
  const ms = parseDuration(written);
  assert(ms !== undefined, `duration ${written}`);
  return ms;
}

/** Of a checked document; `otherwise` where it is not stated. */
export function millisecondsOr(written: string | undefined, otherwise: number): number {
  return written === undefined ? otherwise : millisecondsOf(written);
}

/** Of a checked document; rounded to picoseconds, so that `0.03us` is 0.03. */
export function microsecondsOf(written: string): number {
  return Math.round(millisecondsOf(written) * 1e9) / 1e6;
}

/** Of a checked document. */
export function bytesPerSecondOf(written: string): number {
  const rate = parseRate(written);
  assert(rate !== undefined, `rate ${written}`);
  return rate;
}

/** Exactly, so that it can be copied into the file. */
export function sizeInWords(bytes: number): string {
  return bytes % 1024 === 0 ? formatSize(bytes) : `${bytes} B`;
}

/** The value of a quantity that the schema has checked already. */
export function checkedQuantity(value: number | undefined): number {
  assert(value !== undefined, 'a quantity passed the schema and cannot be read');
  return value;
}
