/** Waits that always end: with a result, at a time limit, or because what they depend on is over. noble promises none of that. */

import { once, type EventEmitter } from 'node:events';
import type { Clock } from '../../base/clock.ts';

export interface Bounds {
  readonly clock: Clock;
  readonly ms: number;
  /** Each of them ends the wait at once, with its reason. */
  readonly signals: readonly AbortSignal[];
  /** The error when the time is up. */
  readonly late: () => Error;
}

/** Runs `work`, which must let go of everything when its signal is aborted. */
export async function bounded<T>({ clock, ms, signals, late }: Bounds, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  for (const signal of signals) signal.throwIfAborted();
  const end = new AbortController();
  const unfollow = signals.map((signal) => {
    const follow = (): void => end.abort(signal.reason);
    signal.addEventListener('abort', follow, { once: true });
    return () => signal.removeEventListener('abort', follow);
  });
  const timer = clock.arm(ms, 'a step on a Bluetooth adapter', () => end.abort(late()));
  try {
    return await work(end.signal);
  } catch (thrown) {
    throw end.signal.aborted ? end.signal.reason : thrown;
  } finally {
    timer.cancel();
    for (const stop of unfollow) stop();
  }
}

/** Runs `start`, which makes the event come sooner or later, and gives the event's first argument. */
export function boundedEvent(emitter: EventEmitter, event: string, bounds: Bounds, start?: () => void): Promise<unknown> {
  return bounded(bounds, async (signal) => {
    const happened = once(emitter, event, { signal });
    start?.();
    const [argument] = (await happened) as readonly unknown[];
    return argument;
  });
}
