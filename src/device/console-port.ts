/** A console on a port of its own, kept open for as long as the device is: a port that vanishes is opened again when it is back. */

import { sleep } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { formatDuration } from '../base/quantities.ts';
import { openTransport } from '../transport/open.ts';
import type { Transport } from '../transport/transport.ts';
import type { BoardEvent } from './board-event.ts';
import type { Console } from './console.ts';

export interface ConsolePortOptions {
  readonly address: string;
  readonly console: Console;
  readonly clock: Clock;
  /** Gives up the first opening. */
  readonly signal: AbortSignal;
  readonly emit: (event: BoardEvent) => void;
}

export interface ConsolePort {
  /** Rejects with an infra error while the port is gone. */
  send(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

const pauseMs = 250;

/** Rejects when the port cannot be opened for the first time. */
export async function openConsolePort(options: ConsolePortOptions): Promise<ConsolePort> {
  const { address, console, clock, emit } = options;
  const closed = new AbortController();
  let returning: Promise<void> = Promise.resolve();

  const open = (signal: AbortSignal): Promise<Transport> =>
    openTransport(
      address,
      {
        packet: () => undefined,
        text: (bytes) => console.write(bytes),
        lost: (error) => {
          console.openEpoch('console lost');
          console.away = error;
          emit({ kind: 'link', link: 'console', state: 'lost', detail: error.message });
          returning = waitForReturn();
        },
      },
      { clock, signal },
    );
  const waitForReturn = async (): Promise<void> => {
    const lostAt = clock.now();
    while (!closed.signal.aborted) {
      try {
        await sleep(clock, pauseMs, 'the return of the console port', closed.signal);
        port = await open(closed.signal);
        console.away = undefined;
        emit({ kind: 'link', link: 'console', state: 'back', detail: `after ${formatDuration(clock.now() - lostAt)}` });
        return;
      } catch {
        // Either it is not back yet, or nobody wants it any more. What is looked for on the console meanwhile will be missed.
        continue;
      }
    }
  };

  let port = await open(options.signal);
  return {
    send: (bytes) => port.sendText(bytes),
    close: async () => {
      closed.abort(new Error('the console is closed'));
      await returning;
      await port.close();
    },
  };
}
