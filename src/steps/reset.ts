/** `reset`: opens the next boot epoch, resets, and returns when the old firmware can answer no more. */

import { BootproofError } from '../base/errors.ts';
import type { ResetLine } from '../device/board-control.ts';
import type { StepContext } from '../device/context.ts';
import { passReboot } from '../device/liveness.ts';
import { cyclePower } from '../device/power.ts';
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

/** Opens the next boot epoch, resets, and lets the old firmware fall silent. */
export async function restart(args: ResetArgs, context: StepContext): Promise<void> {
  const { via = 'smp' } = args;
  if (via === 'power') return cyclePower(context, { cause: 'reset by power' });
  context.device.console.openEpoch(via === 'smp' ? 'reset' : `reset by ${via}`);
  if (via === 'smp') await resetBySmp(args, context);
  else await resetByLine(via, context);
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

async function resetByLine(line: ResetLine, { device, signal }: StepContext): Promise<void> {
  const { reset: pull } = device.control;
  if (pull !== undefined) return pull(line, signal);
  throw new BootproofError(`board ${device.board} cannot be reset by its ${line}`, {
    fault: 'input',
    code: 'reset-unavailable',
    hint: `give the board \`reset: {${line}: ...}\` in the bench, or reset via smp`,
  });
}
