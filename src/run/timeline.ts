/**
 * The one clock of a run and the one stream of its events. Each attempt has a clock of its own (virtual on simulated
 * boards, real on others); the timeline lays them behind each other, so that the log never goes back.
 */

import type { Clock } from '../base/clock.ts';
import type { RunEvent, RunEventBody } from '../events/event.ts';

export type Emit = (body: RunEventBody) => void;

export interface Timeline {
  readonly emit: Emit;
  /** Milliseconds since the run began. */
  now(): number;
  /** Lets an attempt's clock drive the timeline until `leave` is called. Attempts in virtual time run one after another. */
  enter(clock: Clock): { leave(): void };
}

export interface TimelineOptions {
  /** The clock for everything outside attempts in virtual time; undefined when the whole run is virtual. */
  readonly real: Clock | undefined;
  readonly write: (event: RunEvent) => void;
  /** Of a run that goes on: the stamp of its next event. */
  readonly next?: { readonly seq: number; readonly at: number } | undefined;
}

export function createTimeline(options: TimelineOptions): Timeline {
  const { real, write, next = { seq: 0, at: 0 } } = options;
  let { seq, at: done } = next;
  let current: { readonly clock: Clock; readonly start: number } | undefined;

  const now = (): number => {
    if (real !== undefined) return round(done + real.now());
    return round(done + (current === undefined ? 0 : current.clock.now() - current.start));
  };
  return {
    now,
    emit: (body) => {
      // The body comes from code of this project that states all fields of its kind, so the union is kept.
      write({ ...body, seq, at: now() });
      seq += 1;
    },
    enter: (clock) => {
      if (real !== undefined) return { leave: () => undefined };
      const entered = { clock, start: clock.now() };
      current = entered;
      return {
        leave: () => {
          done += entered.clock.now() - entered.start;
          current = undefined;
        },
      };
    },
  };
}

/** Microseconds are finer than anything that a report shows, and keep the numbers short. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
