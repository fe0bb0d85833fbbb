/** `repeat`: rounds of the same steps, up to a number or to a condition. */

import { assert } from '../base/assert.ts';
import { Failure } from '../device/failure.ts';
import { innerMs } from './step.ts';
import type { StepHandler } from './step.ts';

export const repeat: StepHandler<'repeat'> = {
  timeoutMs: innerMs,
  run: async ({ count }, { step, inner }) => {
    const [body] = step.blocks;
    assert(body !== undefined, 'a loop has a body');
    const { until } = body;
    for (let index = 0; ; index += 1) {
      await inner.run(body, { place: `repeat[${index}]`, index });
      const rounds = index + 1;
      if (until === undefined) {
        if (rounds >= count) return { rounds };
        continue;
      }
      const { holds, operands } = inner.holds({ text: until, path: ['repeat', 'until'] }, index);
      if (holds) return { rounds };
      if (rounds >= count) throw neverHeld(until, operands, rounds);
    }
  },
};

function neverHeld(until: string, operands: string, rounds: number): Failure {
  return new Failure(`\`${until}\` did not come true in ${rounds} round${rounds === 1 ? '' : 's'}`, {
    code: 'repeat-exhausted',
    wanted: until,
    ...(operands === '' ? {} : { found: operands }),
    hint: 'raise `count` if it may take more rounds',
  });
}
