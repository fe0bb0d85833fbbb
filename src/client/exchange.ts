/** One request on its way: it is sent, sent again while there is no answer, and settled once. */

import type { Clock, Timer } from '../base/clock.ts';
import { isAnswerTo } from '../smp/message.ts';
import type { SmpHeader } from '../smp/header.ts';

export interface ExchangeOptions {
  readonly clock: Clock;
  /** For deadlock reports. */
  readonly what: string;
  /** Undefined for bytes too short for a header: then any packet is the answer. */
  readonly header: SmpHeader | undefined;
  /** How often it may be sent; the time limit is divided among them. */
  readonly attempts: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Sends the packet of one attempt, counted from 0. */
  readonly send: (attempt: number) => Promise<void>;
}

export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #settled = withResolvers<Uint8Array | undefined>();
  #timer: Timer | undefined;
  #sent = 0;
  #answered = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /** The answer's packet, or undefined when the time ran out. Rejects as the link or the signal fails. */
  async run(): Promise<Uint8Array | undefined> {
    const { signal } = this.#options;
    const stop = (): void => this.fail(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      this.#attempt();
      return await this.#settled.promise;
    } finally {
      this.#timer?.cancel();
      signal?.removeEventListener('abort', stop);
    }
  }

  /** How often it has been sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** How many answers may still come. */
  get answersOwed(): number {
    return this.#sent - this.#answered;
  }

  isAnsweredBy(header: SmpHeader | undefined): boolean {
    const request = this.#options.header;
    return request === undefined || (header !== undefined && isAnswerTo(header, request));
  }

  answer(packet: Uint8Array): void {
    this.#answered += 1;
    this.#settled.resolve(packet);
  }

  fail(error: unknown): void {
    this.#settled.reject(error);
  }

  #attempt(): void {
    const { clock, attempts, timeoutMs, what, send } = this.#options;
    if (this.#sent === attempts) {
      this.#settled.resolve(undefined);
      return;
    }
    this.#timer = clock.arm(timeoutMs / attempts, `the answer to ${what}`, () => this.#attempt());
    this.#sent += 1;
    send(this.#sent - 1).catch((error: unknown) => this.fail(error));
  }
}

/** `Promise.withResolvers` of later Node versions. */
function withResolvers<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
