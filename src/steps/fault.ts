/** `fault`: begins a disturbance that lasts beyond the step, or ends one. */

import { armFault } from '../device/faults.ts';
import { shortMs } from './step.ts';
import type { StepHandler } from './step.ts';

export const fault: StepHandler<'fault'> = {
  timeoutMs: shortMs,
  run: async (args, context) => {
    const { device, step } = context;
    if (args.do === undefined) await device.faults.clear(args.clear);
    else await device.faults.add(step.id ?? step, await armFault(args, context));
    return {};
  },
};
