/** Where the windows of expectations begin. */

import { BootproofError } from '../base/errors.ts';
import type { Position, StepContext } from './context.ts';
import type { Device } from './device.ts';

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
