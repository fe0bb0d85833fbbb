/** The faults of the language on a board: each is armed for the time of one step, and its consequences end with the step. */

import { unreachable } from '../base/assert.ts';
import { BootproofError } from '../base/errors.ts';
import { parseSize } from '../base/quantities.ts';
import type { Fault } from '../language/model.ts';
import type { StepContext } from './context.ts';
import { withPowerCut } from './power-cut.ts';

/** Does the work of a step with the step's fault on its way. */
export function withFault<T>(fault: Fault | undefined, context: StepContext, work: () => Promise<T>): Promise<T> {
  if (fault === undefined) return work();
  switch (fault.do) {
    case 'corrupt':
      return withDamage(fault, context, work);
    case 'power-cut':
      return withPowerCut(fault, context, work);
    default:
      return unreachable(fault);
  }
}

/** Damage in the simulated flash, which SMP does not see. Without a mask it is drawn from the seed of the cell. */
async function withDamage<T>(fault: Extract<Fault, { do: 'corrupt' }>, { device, rng }: StepContext, work: () => Promise<T>): Promise<T> {
  const { injectFault } = device.control;
  if (injectFault === undefined) throw faultUnavailable(device.board);
  const offset = parseSize(fault.at.offset ?? '') ?? 0;
  const xor = fault.xor ?? 1 + rng.fork('corrupt').below(255);
  const armed = await injectFault({ kind: 'corrupt-upload', offset, length: fault.bytes ?? 1, xor });
  try {
    return await work();
  } finally {
    await armed.clear();
  }
}

function faultUnavailable(board: string): BootproofError {
  return new BootproofError(`board ${board} cannot have faults`, { fault: 'input', code: 'fault-unavailable' });
}
