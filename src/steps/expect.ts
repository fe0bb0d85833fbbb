/** `expect`: the verb of all expectations. */

import { verify } from '../expectations/index.ts';
import type { StepHandler } from './step.ts';

/** What looking itself may take, on top of the time that the step grants. */
const lookMs = 90_000;

export const expect: StepHandler<'expect'> = {
  timeoutMs: ({ withinMs, staysMs }) => (withinMs ?? 0) + (staysMs ?? 0) + lookMs,
  run: async (args, context, { withinMs, staysMs }) => {
    await verify(args, context, { withinMs: withinMs ?? 0, staysMs: staysMs ?? 0 });
    return {};
  },
};
