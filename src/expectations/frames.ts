/** `frames`: which SMP packets passed in a window of time, how often, and in which order. */

import { BootproofError } from '../base/errors.ts';
import type { StepContext } from '../device/context.ts';
import { fitsPattern } from '../device/frame-pattern.ts';
import type { TracedFrame } from '../device/frame-trace.ts';
import { describePacket } from '../device/link.ts';
import { windowStart } from '../device/windows.ts';
import type { JsonValue } from '../events/event.ts';
import type { FramePattern, FramesArgs } from '../language/grammar.generated.ts';
import { met, polled } from './expectation.ts';
import type { Verdict } from './expectation.ts';

export const frames = polled<'frames'>('frames-differ', ({ frames: wanted, since }, context) => {
  const passed = framesSince(since, context);
  const message = wanted.order === undefined ? wrongCount(wanted, passed) : wrongOrder(wanted.order, passed);
  const verdict: Verdict = message === undefined ? met : { met: false, message, found: lastOf(passed), wanted: wanted as JsonValue };
  return Promise.resolve(verdict);
});

function framesSince(since: string | undefined, context: StepContext): readonly TracedFrame[] {
  const { frames: trace } = context.device;
  const { frame } = windowStart(since, context);
  if (frame >= trace.held) return trace.since(frame);
  throw new BootproofError('the window begins before the oldest SMP packet that is still held', {
    fault: 'input',
    code: 'frames-dropped',
    hint: 'let the window begin later, such as `since: step`',
  });
}

function wrongCount(
  { match, count, 'at-least': least, 'at-most': most }: FramesArgs['frames'],
  passed: readonly TracedFrame[],
): string | undefined {
  const number = passed.filter((frame) => fitsPattern(frame, match ?? {})).length;
  const lower = count ?? least ?? (most === undefined ? 1 : 0);
  const upper = count ?? most ?? Infinity;
  if (number >= lower && number <= upper) return undefined;
  const wanted = lower === upper ? `${lower}` : number < lower ? `at least ${lower}` : `at most ${upper}`;
  return `${number} of ${passed.length} SMP packets match, not ${wanted}`;
}

function wrongOrder(order: readonly FramePattern[], passed: readonly TracedFrame[]): string | undefined {
  let from = 0;
  for (const [index, pattern] of order.entries()) {
    const at = passed.findIndex((frame, position) => position >= from && fitsPattern(frame, pattern));
    if (at < 0)
      return index === 0
        ? 'no SMP packet matches the first of the order'
        : `after number ${index} of the order no SMP packet matches the next`;
    from = at + 1;
  }
  return undefined;
}

const shownMax = 8;

function lastOf(passed: readonly TracedFrame[]): readonly string[] {
  return passed.slice(-shownMax).map(({ header }) => describePacket(header));
}
