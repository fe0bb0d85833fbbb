/** Amounts that expectations compare: numbers with or without a unit, all in seconds, bytes, bytes per second or as a fraction, as results of steps are. */

import { parseDuration, parsePercentage, parseRate, parseSize } from '../base/quantities.ts';

/** The number that a text stands for (`90s` is 90, `2 KiB/s` is 2048, `40%` is 0.4); undefined when it stands for none. */
export function parseAmount(text: string): number | undefined {
  if (/^\s*-?\d+(?:\.\d+)?\s*$/.test(text)) return Number(text);
  const ms = parseDuration(text);
  return ms === undefined ? (parseSize(text) ?? parseRate(text) ?? parsePercentage(text)) : ms / 1000;
}

/** Negative, zero or positive as `found` is below, equal to or above `bound`; NaN when one of them is no amount. */
export function compareAmount(found: unknown, bound: string | number): number {
  return amountOf(found) - amountOf(bound);
}

function amountOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return (typeof value === 'string' ? parseAmount(value) : undefined) ?? Number.NaN;
}
