/** The figures of an upload. */

import type { Clock } from '../base/clock.ts';

export interface UploadResult {
  /** Bytes of the image that this upload transferred: what the server had already is not counted. */
  readonly bytes: number;
  /** Where the server stands: less than the image's size only after a stop on purpose. */
  readonly offset: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Bytes per second. */
  readonly rate: number;
  /** Share of transferred image bytes in all bytes of the packets that were sent, 0 to 1. */
  readonly efficiency: number;
  /** Image bytes that were sent more than once. */
  readonly retransmitted: number;
  /** How often the link broke and was opened again. */
  readonly reconnects: number;
  /** What the server says about the SHA-256; undefined where it does not check it. */
  readonly match: boolean | undefined;
}

export class UploadTally {
  readonly #clock: Clock;
  #startedAt: number | undefined;
  /** What the server had before this upload. */
  #found = 0;
  #begun = false;
  reconnects = 0;
  #dataSent = 0;
  #bytesSent = 0;
  match: boolean | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get dataSent(): number {
    return this.#dataSent;
  }

  sent(packetBytes: number, dataBytes: number): void {
    this.#startedAt ??= this.#clock.now();
    this.#bytesSent += packetBytes;
    this.#dataSent += dataBytes;
  }

  /** The server's first word on where it stands. What it says after a reconnection is what we sent ourselves. */
  begin(offset: number): void {
    if (!this.#begun) this.#found = offset;
    this.#begun = true;
  }

  /** The server went back to `offset`, and so what lies behind it is sent by this upload. */
  foundAtMost(offset: number): void {
    this.#found = Math.min(this.#found, offset);
  }

  result(offset: number): UploadResult {
    const bytes = offset - this.#found;
    const seconds = (this.#clock.now() - (this.#startedAt ?? this.#clock.now())) / 1000;
    return {
      bytes,
      offset,
      seconds,
      // A simulated link may take no time at all.
      rate: bytes / Math.max(seconds, 1e-6),
      efficiency: bytes / this.#bytesSent,
      retransmitted: Math.max(0, this.#dataSent - bytes),
      reconnects: this.reconnects,
      match: this.match,
    };
  }
}
