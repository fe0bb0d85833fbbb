/** The only source of randomness. Seeded, so that a run can be repeated from the seed printed in its report. */

import { assert } from './assert.ts';

export interface Rng {
  readonly seed: number;
  /** A number in [0, 1). */
  float(): number;
  /** An integer in [0, limit). */
  below(limit: number): number;
  bytes(length: number): Uint8Array;
  /** An independent generator; the same name from the same seed always gives the same sequence. */
  fork(name: string): Rng;
}

export function createRng(seed: number): Rng {
  const start = seed >>> 0;
  let state = start;
  // Mulberry32: 32 bits of state are plenty for picking faults and payloads, and it is quick.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    seed: start,
    float: () => next() / 0x1_0000_0000,
    below: (limit) => {
      assert(Number.isInteger(limit) && limit > 0 && limit <= 0x1_0000_0000, `Rng.below(${limit})`);
      return Math.floor((next() / 0x1_0000_0000) * limit);
    },
    bytes: (length) => {
      const filled = new Uint8Array(length);
      for (let at = 0; at < length; at += 4) {
        const word = next();
        for (let lane = 0; lane < 4 && at + lane < length; lane += 1) filled[at + lane] = (word >>> (lane * 8)) & 0xff;
      }
      return filled;
    },
    fork: (name) => createRng(hashName(start, name)),
  };
}

/** So many of the items, in the order in which they came; all of them when there are no more. */
export function sampleOf<T>(items: readonly T[], count: number, rng: Rng): readonly T[] {
  if (count >= items.length) return items;
  const chosen = new Set(drawIndexes(items.length, count, rng));
  return items.filter((_, index) => chosen.has(index));
}

/** All items in an order by chance. */
export function shuffled<T>(items: readonly T[], rng: Rng): readonly T[] {
  return drawIndexes(items.length, items.length, rng).map((index) => items[index]!);
}

/** The beginning of a shuffle (Fisher-Yates). */
function drawIndexes(length: number, count: number, rng: Rng): readonly number[] {
  const pool = Array.from({ length }, (_, index) => index);
  for (let index = 0; index < count; index += 1) {
    const other = index + rng.below(length - index);
    [pool[index], pool[other]] = [pool[other]!, pool[index]!];
  }
  return pool.slice(0, count);
}

/** FNV-1a over the name, started from the seed. */
function hashName(seed: number, name: string): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
