/** The machine's clock: the one file that may use timers, `Date` and `performance`. */

import type { Clock } from './clock.ts';

/** Node fires timers above this at once, so longer waits are made of several. */
const timerMsMax = 0x7fff_ffff;

/** `speed` 10 makes ten of this clock's seconds out of one of the machine's: for simulated devices that others talk to. */
export function createRealClock({ speed = 1 }: { readonly speed?: number } = {}): Clock {
  const start = performance.now();
  return {
    virtual: false,
    now: () => (performance.now() - start) * speed,
    wall: () => Date.now(),
    arm: (ms, _why, fire) => {
      let handle: NodeJS.Timeout;
      const wait = (rest: number): void => {
        const part = Math.min(rest, timerMsMax);
        handle = setTimeout(() => (rest > part ? wait(rest - part) : fire()), part);
      };
      wait(Math.max(0, ms) / speed);
      return { cancel: () => clearTimeout(handle) };
    },
    external: (work) => work,
    drive: (work) => work,
  };
}
