/** How fast boards begin to work: a process that is busy with those that it has would make them all late. */

import { performance } from 'node:perf_hooks';
import { sleep, type Clock } from '../base/clock.ts';

/** How long this process is watched before one more board begins. */
const watchedMs = 20;
/** Work of a board comes in bursts: beyond this part of the time, those that have begun are late. */
const busyMax = 0.7;
/** A host that is always busy gets its boards all the same. */
const waitMsMax = 240;

/** Resolves when this process has time for one more board, soon in any case, and at once when `signal` is aborted. */
export async function untilIdle(clock: Clock, signal: AbortSignal): Promise<void> {
  for (let waited = 0; waited < waitMsMax && !signal.aborted; waited += watchedMs) {
    const before = performance.eventLoopUtilization();
    await sleep(clock, watchedMs, 'time for one more board', signal).catch(() => undefined);
    if (performance.eventLoopUtilization(before).utilization < busyMax) return;
  }
}
