/** `shell`: a command of the device's shell over SMP. */

import { Failure } from '../device/failure.ts';
import { shellExecute } from '../smp/groups/shell.ts';
import { shortMs } from './step.ts';
import type { StepHandler } from './step.ts';

/** The end of what a failed command said is shown. */
const shownMax = 500;

export const shell: StepHandler<'shell'> = {
  timeoutMs: shortMs,
  run: async ({ argv, ret: wanted = 0 }, { device, signal }) => {
    const { output, status } = await device.request(shellExecute, { argv }, { signal });
    if (status === wanted) return { o: output, ret: status };
    const said = output.trim().slice(-shownMax) || 'it said nothing';
    throw new Failure(`the shell command "${argv.join(' ')}" returned ${status}: ${said}`, { code: 'shell-status', wanted, found: status });
  },
};
