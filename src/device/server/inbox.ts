/** What happens on a served link, kept until the server has time for it. */

import { abortable } from '../../base/clock.ts';
import type { BootproofError } from '../../base/errors.ts';
import type { ServedRequest } from './served-link.ts';

export interface Inbox {
  put(request: ServedRequest): void;
  /** The link is gone for good: `next` rejects with the reason. */
  fail(error: BootproofError): void;
  /** Lets `next` return without a request. */
  wake(): void;
  /** The next request, when one is there or comes. */
  next(signal: AbortSignal): Promise<ServedRequest | undefined>;
}

/** More than `waitingMax` requests are dropped, as a server does that has no buffer left. */
export function createInbox(waitingMax: number): Inbox {
  const waiting: ServedRequest[] = [];
  let lost: BootproofError | undefined;
  let happen = (): void => undefined;
  let happened: Promise<void>;
  const arm = (): void => {
    happened = new Promise((resolve) => (happen = resolve));
  };
  arm();
  return {
    put: (request) => {
      if (waiting.length < waitingMax) waiting.push(request);
      happen();
    },
    fail: (error) => {
      lost = error;
      happen();
    },
    wake: () => happen(),
    next: async (signal) => {
      if (waiting.length === 0) await abortable(happened, signal);
      arm();
      if (lost !== undefined) throw lost;
      return waiting.shift();
    },
  };
}
