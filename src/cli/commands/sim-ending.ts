/** How a process that serves until it is told to stop comes to its end: by a signal, or because something broke. */

import type { Clock, Timer } from '../../base/clock.ts';

/** SIGTERM is how a supervisor ends what did its work, SIGINT how a person breaks it off. */
const terminatedExit = 0;
const interruptedExit = 130;
/** A second signal: 128 and the number of SIGTERM, as shells report it. */
const killedExit = 143;

/** From the first cause of the end. Whoever sent a signal does not wait much longer. */
const endMsMax = 1_500;

export interface Ending {
  /** Resolves with the exit code at the first signal, or rejects with the first error given to `fail`. */
  readonly exitCode: Promise<number>;
  readonly fail: (error: unknown) => void;
  /** The end was reached. */
  dispose(): void;
}

/** A second signal ends the process at once. `overdue` is called when the end takes too long. */
export function createEnding(clock: Clock, overdue: () => void): Ending {
  let limit: Timer | undefined;
  let settle: { resolve(code: number): void; reject(error: unknown): void };
  const exitCode = new Promise<number>((resolve, reject) => (settle = { resolve, reject }));
  // The error may come before anybody waits for the end; whoever does gets it then.
  exitCode.catch(() => undefined);
  const begin = (): void => {
    limit ??= clock.arm(endMsMax, 'end of the process', overdue);
  };
  const stop = (signal: NodeJS.Signals): void => {
    const interrupted = signal === 'SIGINT';
    if (limit !== undefined) process.exit(interrupted ? interruptedExit : killedExit);
    begin();
    settle.resolve(interrupted ? interruptedExit : terminatedExit);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  return {
    exitCode,
    fail: (error) => {
      begin();
      settle.reject(error);
    },
    dispose: () => {
      process.off('SIGTERM', stop);
      process.off('SIGINT', stop);
      limit?.cancel();
    },
  };
}
