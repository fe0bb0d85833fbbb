/** Where the windows of expectations begin. */

import { BootproofError } from '../base/errors.ts';
import type { StepContext } from './context.ts';
import type { Device } from './device.ts';

/** A point in an attempt, on everything that is recorded of a device. */
export interface Position {
  /** Index of the first console line after it. */
  readonly line: number;
  /** The boot epoch before it. */
  readonly epoch: number;
  /** Index of the first SMP packet after it. */
  readonly frame: number;
  /** Clock time in ms. */
  readonly at: number;
}

/** Now. */
export function positionOf({ console, frames, clock }: Device): Position {
  return { line: console.position, epoch: console.epoch, frame: frames.position, at: clock.now() };
}

/** The begin of a window by its name; `boot` when it is not stated. Throws an input error for a mark that was not reached. */
export function windowStart(since: string | undefined, { windows, device }: Pick<StepContext, 'windows' | 'device'>): Position {
  if (since === undefined || since === 'boot') return bootOf(device);
  if (since === 'step') return windows.step;
  if (since === 'start') return windows.start;
  const mark = windows.marks.get(since.replace(/^mark\./, ''));
  if (mark !== undefined) return mark;
  throw new BootproofError(`there is no ${since}`, {
    fault: 'input',
    code: 'mark-unknown',
    hint: `marks: ${[...windows.marks.keys()].join(', ') || 'none'}`,
  });
}

/** Right before the current boot epoch was opened. */
function bootOf({ console, frames }: Device): Position {
  return { line: console.epochStart, epoch: console.epoch - 1, frame: frames.startOf(console.epoch), at: console.epochAt };
}
