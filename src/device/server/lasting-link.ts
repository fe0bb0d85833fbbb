/**
 * A served link that outlives its breaks: a device that updates itself resets, and then its port or its connection comes back.
 */

import { sleep, type Clock } from '../../base/clock.ts';
import type { BootproofError } from '../../base/errors.ts';
import type { ServedLink } from './served-link.ts';

export interface LastingLinkOptions {
  /** Opens the link, with patience; `broke` is called when it breaks. Rejects when it does not open. */
  readonly open: (broke: () => void, signal: AbortSignal) => Promise<ServedLink>;
  /** It broke, and does not open again. */
  readonly lost: (error: BootproofError) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A far side that closes every connection at once is asked no more often. */
const pauseMs = 250;

/** From one opening to the break. */
interface Turn {
  link: ServedLink | undefined;
}

/** Rejects as the first opening does. */
export async function openLastingLink({ open, lost, clock, signal }: LastingLinkOptions): Promise<ServedLink> {
  const closed = new AbortController();
  const within = AbortSignal.any([signal, closed.signal]);
  let current: Turn = { link: undefined };
  let opening: Promise<void> = Promise.resolve();
  const begin = async (): Promise<void> => {
    const turn: Turn = { link: undefined };
    current = turn;
    turn.link = await open(() => {
      if (current === turn) renew();
    }, within);
  };
  const renew = (): void => {
    current = { link: undefined };
    opening = sleep(clock, pauseMs, 'a served link to come back', within)
      .then(begin)
      .catch((thrown: unknown) => {
        if (!within.aborted) lost(thrown as BootproofError);
      });
  };
  await begin();
  return {
    close: async () => {
      closed.abort();
      await opening;
      await current.link?.close();
    },
  };
}
