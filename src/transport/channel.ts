/**
 * A channel moves bytes (serial port, TCP, memory) or datagrams (UDP, memory) and knows nothing of SMP.
 * A framing (`framing.ts`) turns a channel into a `Transport`.
 */

import { setMaxListeners } from 'node:events';
import { deadline } from '../base/clock.ts';
import type { BootproofError } from '../base/errors.ts';
import { linkClosed, openTimeout } from './link-errors.ts';
import type { TransportContext } from './transport.ts';

export interface Channel {
  /** See `Transport`. */
  readonly wholeMax?: number | undefined;
  /** Writes bytes, or one datagram. Resolves when the link took them; rejects with an infra error when it is gone or overfull. */
  write(bytes: Uint8Array): Promise<void>;
  /** Idempotent. No event is delivered after it resolved. */
  close(): Promise<void>;
}

/** What a channel delivers; the same promises as `TransportEvents`. */
export interface ChannelEvents {
  /** Bytes in order of arrival, or one datagram. The array belongs to the receiver. */
  readonly bytes: (bytes: Uint8Array) => void;
  readonly note: (text: string) => void;
  readonly lost: (error: BootproofError) => void;
}

/** Bytes that may wait in one direction of a link before more are refused: several windows of the largest SMP packets. */
export const queueBytesMax = 256 * 1024;

/** How long a link may take to accept one write: at 9600 baud a full tty buffer drains in under 5 s. */
export const writeMsMax = 20_000;

/** How long opening any link may take. A caller with less patience aborts the context's signal. */
export const openMsMax = 10_000;

/** The end of a channel, which comes once: it is lost, or it is closed. */
export interface ChannelLife {
  /** Aborted at the end, with the error that later writes reject with. */
  readonly signal: AbortSignal;
  lose(error: BootproofError): void;
  close(): Promise<void>;
}

/** `release` frees the handle and removes the listeners; it runs once, starts at once, and does not reject. */
export function createChannelLife(name: string, lost: ChannelEvents['lost'], release: () => Promise<void>): ChannelLife {
  const over = new AbortController();
  // Each write in progress listens; their number is bounded by the queue.
  setMaxListeners(0, over.signal);
  let released: Promise<void> | undefined;
  const end = (reason: BootproofError): Promise<void> => {
    over.abort(reason);
    return (released ??= release());
  };
  return {
    signal: over.signal,
    lose: (error) => {
      if (over.signal.aborted) return;
      void end(error);
      lost(error);
    },
    close: () => released ?? end(linkClosed(name)),
  };
}

/** Runs one attempt to open `name` under the time limit; what ends the attempt early is also what this rejects with. */
export async function openWithin<T>(name: string, context: TransportContext, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
  context.signal.throwIfAborted();
  const limit = deadline(context.clock, {
    ms: openMsMax,
    why: `opening ${name}`,
    parent: context.signal,
    reason: () => openTimeout(name, openMsMax),
  });
  try {
    return await attempt(limit.signal);
  } catch (thrown) {
    throw limit.signal.aborted ? limit.signal.reason : thrown;
  } finally {
    limit.dispose();
  }
}
