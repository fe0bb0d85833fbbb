/** `parallel`: branches that run at the same time. The first that fails cancels the others, unless each step is to be attempted. */

import { BootproofError } from '../base/errors.ts';
import type { Block } from '../language/model.ts';
import { innerMs } from './step.ts';
import type { StepHandler } from './step.ts';

export const parallel: StepHandler<'parallel'> = {
  timeoutMs: innerMs,
  run: async (_args, { step, inner, signal }) => {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    let first: unknown;
    const work = step.blocks.map(async (block, index) => {
      try {
        await inner.run(block, { place: `parallel[${index}]`, signal: either });
      } catch (thrown) {
        first ??= thrown;
        if (!inner.each) stop.abort(cancelledBy(block, index));
      }
    });
    await Promise.all(work);
    if (first !== undefined) throw first as Error;
    return {};
  },
};

function cancelledBy(block: Block, index: number): BootproofError {
  const branch = block.name ?? `branch ${index}`;
  return new BootproofError(`cancelled, because ${branch} failed`, { fault: 'cancelled', code: 'branch-cancelled' });
}
