/** `call`: the steps of a fragment. */

import { assert } from '../base/assert.ts';
import { innerMs } from './step.ts';
import type { StepHandler } from './step.ts';

export const call: StepHandler<'call'> = {
  timeoutMs: innerMs,
  run: ({ inputs = {} }, { step, inner }) => {
    const [block] = step.blocks;
    assert(block !== undefined, 'a call has a fragment');
    return inner.call(block, inputs);
  },
};
