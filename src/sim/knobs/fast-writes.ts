/**
 * Knob: a flash chip that stores wrong bytes when an upload comes in too fast, and reports success. Field report S2: a SPI
 * controller that corrupts what it sends while the radio is busy (nRF52840 anomaly 198).
 */

import type { Clock } from '../../base/clock.ts';
import type { Rng } from '../../base/rng.ts';
import type { ImageStore } from '../images/store.ts';

export interface FastWritesKnob {
  /** The chip, by its name in the profile. */
  readonly flash: string;
  /** Bytes per second up to which every byte is stored as it came. */
  readonly safeRate: number;
}

/** The rate is that of so many bytes: enough that a client's rate limit shows, few enough that small images show it, too. */
const windowBytes = 8 * 1024;
/** Between two damaged bytes, on average. */
const bytesPerDamage = 4 * 1024;

export interface FastWritesContext {
  readonly clock: Clock;
  readonly rng: Rng;
  /** The name of the chip that a slot lies on. */
  readonly chipOf: (slot: number) => string | undefined;
}

export function withFastWrites(
  store: ImageStore,
  { flash, safeRate }: FastWritesKnob,
  { clock, rng, chipOf }: FastWritesContext,
): ImageStore {
  let recent: readonly Piece[] = [];
  let untilDamage = rng.below(bytesPerDamage);

  const flipBits = (data: Uint8Array): Uint8Array => {
    const stored = data.slice();
    while (untilDamage < stored.length) {
      stored[untilDamage]! ^= 1 << rng.below(8);
      untilDamage += 1 + rng.below(2 * bytesPerDamage);
    }
    untilDamage -= stored.length;
    return stored;
  };

  return {
    ...store,
    damage: (bytes, at) => {
      const data = store.damage(bytes, at);
      if (data.length === 0 || chipOf(at.slot) !== flash) return data;
      const now = clock.now();
      recent = lastWindow([...recent, { at: now, bytes: data.length }]);
      return isFasterThan(safeRate, recent, now) ? flipBits(data) : data;
    },
  };
}

/** A part of an upload, when it came. */
interface Piece {
  readonly at: number;
  readonly bytes: number;
}

/** The pieces that fill a window, and the one before them: the window begins when that one came. */
function lastWindow(pieces: readonly Piece[]): readonly Piece[] {
  let first = pieces.length;
  let bytes = 0;
  while (first > 0 && bytes < windowBytes) {
    first -= 1;
    bytes += pieces[first]!.bytes;
  }
  return pieces.slice(Math.max(0, first - 1));
}

/** False until a whole window has come. */
function isFasterThan(rate: number, [before, ...window]: readonly Piece[], now: number): boolean {
  const bytes = window.reduce((sum, piece) => sum + piece.bytes, 0);
  return before !== undefined && bytes >= windowBytes && bytes * 1000 > rate * (now - before.at);
}
