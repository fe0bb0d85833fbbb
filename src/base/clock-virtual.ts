/**
 * A clock that stands still while anything runs and then jumps to the earliest timer. Equal inputs give equal
 * instants, and work that waits for nothing that could ever happen is reported as a deadlock instead of hanging.
 */

import { assert } from './assert.ts';
import { BootproofError } from './errors.ts';
import type { Clock, Timer } from './clock.ts';

/** 2026-01-01T00:00:00Z: the instant at which every virtual run begins. */
export const virtualEpochMs = 1_767_225_600_000;

interface Armed {
  readonly at: number;
  readonly order: number;
  readonly why: string;
  readonly fire: () => void;
  cancelled: boolean;
}

export function createVirtualClock(): Clock {
  const armed = new TimerHeap();
  let now = 0;
  let order = 0;
  let outside = 0;
  let outsideChanged: (() => void) | undefined;

  const arm = (ms: number, why: string, fire: () => void): Timer => {
    assert(Number.isFinite(ms), `the wait "${why}" is not a finite time`);
    order += 1;
    const entry: Armed = { at: now + Math.max(0, ms), order, why, fire, cancelled: false };
    armed.push(entry);
    return { cancel: () => void (entry.cancelled = true) };
  };

  const external = async <T>(work: Promise<T>): Promise<T> => {
    outside += 1;
    try {
      return await work;
    } finally {
      outside -= 1;
      outsideChanged?.();
    }
  };

  const drive = async <T>(work: Promise<T>): Promise<T> => {
    const state = { pending: true };
    const settled = (): void => {
      state.pending = false;
      outsideChanged?.();
    };
    work.then(settled, settled);
    for (let turn = 0; ; turn += 1) {
      await (turn % turnsPerLoop === 0 ? eventLoop() : promises());
      if (!state.pending) return work;
      if (outside > 0) {
        await new Promise<void>((resolve) => (outsideChanged = resolve));
        outsideChanged = undefined;
        continue;
      }
      const next = armed.pop();
      if (next === undefined) throw deadlock(now);
      now = Math.max(now, next.at);
      next.fire();
    }
  };

  return { virtual: true, now: () => now, wall: () => virtualEpochMs + now, arm, external, drive };
}

/** How many instants pass between two turns of the event loop, which brings signals and the rest of the process their share. */
const turnsPerLoop = 32;

/** Resolves when no promise has anything left to do. What takes longer is `external`. */
function promises(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function eventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function deadlock(now: number): BootproofError {
  return new BootproofError(`deadlock at virtual time ${now} ms: work is pending, but nothing is armed that could end it`, {
    fault: 'infra',
    code: 'deadlock',
    hint: 'this is a defect of bootproof or of a simulated device; please report it with the seed of the run',
  });
}

/** A binary heap ordered by time, then by the order of arming. Cancelled timers are dropped when they surface. */
class TimerHeap {
  readonly #entries: Armed[] = [];

  push(entry: Armed): void {
    const entries = this.#entries;
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(entry, entries[parent]!)) break;
      entries[at] = entries[parent]!;
      at = parent;
    }
    entries[at] = entry;
  }

  pop(): Armed | undefined {
    for (;;) {
      const first = this.#entries[0];
      if (first === undefined) return undefined;
      const last = this.#entries.pop()!;
      if (this.#entries.length > 0) this.#sink(last);
      if (!first.cancelled) return first;
    }
  }

  #sink(entry: Armed): void {
    const entries = this.#entries;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= entries.length) break;
      if (child + 1 < entries.length && before(entries[child + 1]!, entries[child]!)) child += 1;
      if (!before(entries[child]!, entry)) break;
      entries[at] = entries[child]!;
      at = child;
    }
    entries[at] = entry;
  }
}

function before(a: Armed, b: Armed): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
