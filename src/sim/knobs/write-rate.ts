/** How fast data comes in: enough is looked at that a client's rate limit shows, and little enough that small images show it, too. */

import type { Clock } from '../../base/clock.ts';

const windowBytes = 8 * 1024;

/** A part of the data, when it came. */
interface Piece {
  readonly at: number;
  readonly bytes: number;
}

export interface WriteRate {
  /** Notes bytes that come now. */
  add(bytes: number): void;
  /** Bytes per second; false until a whole window has come. */
  isAbove(rate: number): boolean;
}

export function createWriteRate(clock: Clock): WriteRate {
  let recent: readonly Piece[] = [];
  return {
    add: (bytes) => {
      recent = lastWindow([...recent, { at: clock.now(), bytes }]);
    },
    isAbove: (rate) => {
      const [before, ...window] = recent;
      const bytes = window.reduce((sum, piece) => sum + piece.bytes, 0);
      return before !== undefined && bytes >= windowBytes && bytes * 1000 > rate * (clock.now() - before.at);
    },
  };
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
