/** How a process that serves until it is told to stop comes to its end: by a signal, or because something broke. */

import type { Clock, Timer } from '../../base/clock.ts';

const exitCodes = { SIGTERM: 0, SIGINT: 130 } as const;

type StopSignal = keyof typeof exitCodes;

/** From the first cause of the end. Whoever sent a signal does not wait much longer. */
const endMsMax = 1_500;

export interface Ending {
  /** Resolves with the exit code at the first signal, or rejects with the first error given to `fail`. */
  readonly exitCode: Promise<number>;
  readonly fail: (error: unknown) => void;
  /** The end was reached. */
  dispose(): void;
}

/** A second signal ends the process as if nobody listened. `overdue` is called when the end takes too long. */
export function createEnding(clock: Clock, overdue: () => void): Ending {
  let limit: Timer | undefined;
  const deafen = (): void => {
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
  };
  const begin = (): void => {
    deafen();
    limit ??= clock.arm(endMsMax, 'end of the process', overdue);
  };

  let settle: { resolve(code: number): void; reject(error: unknown): void };
  const exitCode = new Promise<number>((resolve, reject) => (settle = { resolve, reject }));
  // The error may come before anybody waits for the end; whoever does gets it then.
  exitCode.catch(() => undefined);
  const stop = (signal: NodeJS.Signals): void => {
    begin();
    settle.resolve(exitCodes[signal as StopSignal]);
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
      deafen();
      limit?.cancel();
    },
  };
}
