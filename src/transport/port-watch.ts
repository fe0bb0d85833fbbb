/**
 * Sees that a port is gone where its driver does not: a read that meets a terminal which was hung up gives nothing, and
 * @serialport/bindings-cpp 13 (unix-read.js) repeats it at once, without end.
 */

import { fstatSync } from 'node:fs';
import type { Clock, Timer } from '../base/clock.ts';

const lookMs = 250;

export interface WatchedPort {
  readonly isOpen: boolean;
  /** What the driver made; it has a descriptor everywhere but on Windows. */
  readonly port?: { readonly fd?: number | null } | undefined;
}

/** Calls `gone` once when the open device has lost its place in the file system. Returns the way to stop. */
export function watchPort(watched: WatchedPort, clock: Clock, gone: () => void): () => void {
  let timer: Timer | undefined;
  const look = (): void => {
    const descriptor = watched.port?.fd;
    // The driver may have closed it by itself, and then says so.
    if (!watched.isOpen || typeof descriptor !== 'number') return;
    if (fstatSync(descriptor).nlink === 0) gone();
    else rest();
  };
  const rest = (): void => {
    timer = clock.arm(lookMs, 'the next look at a serial port', look);
  };
  rest();
  return () => timer?.cancel();
}
