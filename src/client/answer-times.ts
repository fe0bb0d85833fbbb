/** How long answers take, and from that how long to wait before a request counts as lost (the estimator of RFC 6298). */

export interface PatienceOptions {
  /** Before the first sample. */
  readonly initialMs: number;
  /** Answers that are merely slow are worth waiting for: what is repeated too early takes a buffer of the server. */
  readonly leastMs: number;
  readonly mostMs: number;
}

export class AnswerTimes {
  readonly #options: PatienceOptions;
  #mean: number | undefined;
  #deviation = 0;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  sample(ms: number): void {
    if (this.#mean === undefined) {
      this.#mean = ms;
      this.#deviation = ms / 2;
      return;
    }
    this.#deviation += (Math.abs(ms - this.#mean) - this.#deviation) / 4;
    this.#mean += (ms - this.#mean) / 8;
  }

  get patienceMs(): number {
    const { initialMs, leastMs, mostMs } = this.#options;
    if (this.#mean === undefined) return initialMs;
    return Math.min(mostMs, Math.max(leastMs, this.#mean + 4 * this.#deviation));
  }
}
