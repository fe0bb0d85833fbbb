/**
 * Sequence numbers: one byte that tells answers apart. A number whose answer may still come is not given out again
 * while there are others, or a late answer would be taken for that of a later request (smp.md 8, trap 4).
 */

import { assert } from '../base/assert.ts';

const numbers = 256;

interface Owed {
  readonly answers: number;
  /** Takes one that comes after all. */
  readonly late: LateAnswer;
}

export type LateAnswer = (packet: Uint8Array) => void;

export class Sequences {
  #next: number;
  readonly #inUse = new Set<number>();
  /** The answers that may still come for numbers that are not in use, the oldest first. */
  readonly #owed = new Map<number, Owed>();

  constructor(first: number) {
    assert(Number.isInteger(first) && first >= 0 && first < numbers, 'a sequence number is one byte');
    this.#next = first;
  }

  take(): number {
    const sequence = this.#firstFree() ?? this.#oldestOwed();
    assert(sequence !== undefined, 'fewer than 256 requests are in flight');
    this.#owed.delete(sequence);
    this.#inUse.add(sequence);
    this.#next = (sequence + 1) % numbers;
    return sequence;
  }

  release(sequence: number): void {
    this.#inUse.delete(sequence);
  }

  /** Keeps a number out of use for as long as `answers` may still come for it, which `late` then gets. */
  owe(sequence: number, answers: number, late: LateAnswer = () => undefined): void {
    if (answers > 0) this.#owed.set(sequence, { answers, late });
  }

  /** Notes an answer that settled nothing: what is to be done with it, or undefined when none was owed. */
  answeredLate(sequence: number): LateAnswer | undefined {
    const owed = this.#owed.get(sequence);
    if (owed === undefined) return undefined;
    const { answers, late } = owed;
    if (answers > 1) this.#owed.set(sequence, { answers: answers - 1, late });
    else this.#owed.delete(sequence);
    return late;
  }

  #firstFree(): number | undefined {
    for (let step = 0; step < numbers; step += 1) {
      const sequence = (this.#next + step) % numbers;
      if (!this.#inUse.has(sequence) && !this.#owed.has(sequence)) return sequence;
    }
    return undefined;
  }

  #oldestOwed(): number | undefined {
    return this.#owed.keys().next().value;
  }
}
