/** `reset`: opens the next boot epoch, resets, and returns when the old firmware can answer no more. */

import { BootproofError } from '../base/errors.ts';
import type { StepContext } from '../device/context.ts';
import { passReboot } from '../device/liveness.ts';
import type { ResetArgs } from '../language/grammar.generated.ts';
import { osReset } from '../smp/groups/os.ts';
import { shortMs } from './step.ts';
import type { StepHandler } from './step.ts';

/** A boot is disturbed at its end at the latest: swaps of large images in slow flash take minutes. */
const disturbedMs = 15 * 60_000;

export const reset: StepHandler<'reset'> = {
  timeoutMs: ({ fault }) => (fault === undefined ? shortMs() : disturbedMs),
  run: async (args, context) => {
    await restart(args, context);
    return {};
  },
};

async function restart(args: ResetArgs, context: StepContext): Promise<void> {
  const via = args.via ?? 'smp';
  context.device.console.openEpoch(via === 'smp' ? 'reset' : `reset by ${via}`);
  if (via === 'smp') await resetBySmp(args, context);
  else await resetByBench(via, context);
  await passReboot(context);
}

/** The answer may be lost with the link, so a link that breaks is a reset that worked. */
async function resetBySmp({ mode, force }: ResetArgs, { device, signal }: StepContext): Promise<void> {
  const losses = device.losses.count;
  try {
    await device.request(osReset, { force, bootMode: mode === 'bootloader' ? 1 : undefined }, { signal });
  } catch (thrown) {
    if (device.losses.count === losses) throw thrown;
  }
}

async function resetByBench(via: string, { device, signal }: StepContext): Promise<void> {
  const { power } = device.control;
  if (power === undefined) {
    throw new BootproofError(`board ${device.board} cannot be reset by ${via}`, {
      fault: 'input',
      code: 'reset-unavailable',
      hint: 'declare `power` for the board in the bench, or reset via smp',
    });
  }
  if (via === 'power') await power('off', signal);
  await power(via === 'power' ? 'on' : 'reset', signal);
}
