/**
 * How many requests may wait for their answers. It starts small, grows with every answer, and falls to one when something
 * is lost: how many requests a server holds it does not say, and real ones lose what is too much, or hang for good
 * (real-servers.md 4.2). What was too much once is tried again only after a while, and ever more rarely.
 */

import { assert } from '../base/assert.ts';

/** Answers in a row after which one more place is tried. */
const calmLeast = 64;
const calmMost = 4096;

export class SendWindow {
  readonly #max: number;
  #places: number;
  /** More than these were too many the last time. */
  #ceiling: number;
  #calm = 0;
  #calmNeeded = calmLeast;
  /** The last place was added to see whether the server holds so many by now. */
  #tried = false;

  /** `start` places at first, never more than `max`. */
  constructor({ start, max }: { readonly start: number; readonly max: number }) {
    assert(start >= 1 && start <= max, 'a window has a place at least, and room to grow');
    this.#max = max;
    this.#places = start;
    this.#ceiling = max;
  }

  get places(): number {
    return this.#places;
  }

  answered(): void {
    this.#calm += 1;
    if (this.#places < this.#ceiling) this.#places += 1;
    else if (this.#ceiling < this.#max && this.#calm >= this.#calmNeeded) {
      this.#calm = 0;
      this.#tried = true;
      this.#ceiling += 1;
      this.#places += 1;
    }
  }

  lost(): void {
    // While it grows with every answer, it has doubled since the place that was one too many.
    const growing = this.#places < this.#ceiling || this.#calm < this.#places;
    const tried = this.#tried && this.#calm < 2 * this.#places;
    if (tried) this.#calmNeeded = Math.min(calmMost, this.#calmNeeded * 2);
    this.#ceiling = Math.max(1, growing && !tried ? Math.floor(this.#places / 2) : this.#places - 1);
    this.#places = 1;
    this.#calm = 0;
    this.#tried = false;
  }
}
