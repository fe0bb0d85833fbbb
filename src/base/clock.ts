/**
 * Time. Nothing outside `clock-real.ts` reads the machine's clock or arms one of its timers, so that the same code
 * runs in real time on boards and in virtual time on the simulator.
 */

export interface Timer {
  cancel(): void;
}

export interface Clock {
  readonly virtual: boolean;
  /** Milliseconds since this clock was made. Never goes back. */
  now(): number;
  /** Wall time as milliseconds since 1970. A virtual clock counts from a fixed day, so that its reports can be compared byte by byte. */
  wall(): number;
  /** Calls `fire` once after `ms`. `why` names the wait in deadlock reports. */
  arm(ms: number, why: string, fire: () => void): Timer;
  /**
   * Waits for work that goes on outside this clock, such as a child process. Virtual time stands still meanwhile.
   */
  external<T>(work: Promise<T>): Promise<T>;
  /** Runs `work` to its end. A virtual clock moves time forward while it is pending; a real one just waits. */
  drive<T>(work: Promise<T>): Promise<T>;
}

/** Waits `ms`; rejects with the signal's reason as soon as it is aborted. */
export function sleep(clock: Clock, ms: number, why: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const stop = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.arm(ms, why, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** A signal that is aborted with `makeReason()` after `ms`, or with the parent's reason before. Call `dispose` when the work is over. */
export function deadline(
  clock: Clock,
  options: { readonly ms: number; readonly why: string; readonly parent?: AbortSignal | undefined; readonly reason: () => Error },
): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const { parent } = options;
  const follow = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  parent?.addEventListener('abort', follow, { once: true });
  const timer = clock.arm(options.ms, options.why, () => controller.abort(options.reason()));
  return {
    signal: controller.signal,
    dispose: () => {
      timer.cancel();
      parent?.removeEventListener('abort', follow);
    },
  };
}

/** Settles as `work` does, or rejects with the signal's reason if that comes first. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) {
      work.catch(() => undefined);
      return stop();
    }
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
