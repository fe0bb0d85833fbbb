/** The fault `corrupt`: image data reaches the simulated flash damaged, which SMP does not see. Without a mask it is drawn from the seed of the cell. */

import { BootproofError } from '../base/errors.ts';
import { checkedQuantity } from '../base/measures.ts';
import { parseSize } from '../base/quantities.ts';
import type { Fault } from '../language/model.ts';
import type { StepContext } from './context.ts';
import type { ArmedFault } from './standing-faults.ts';

export async function armDamage(fault: Extract<Fault, { do: 'corrupt' }>, { device, rng }: StepContext): Promise<ArmedFault> {
  const { injectFault } = device.control;
  if (injectFault === undefined) throw faultUnavailable(device.board);
  const offset = checkedQuantity(parseSize(fault.at?.offset ?? ''));
  const xor = fault.xor ?? 1 + rng.fork('corrupt').below(255);
  const armed = await injectFault({ kind: 'corrupt-upload', offset, length: fault.bytes ?? 1, xor });
  return { settle: () => Promise.resolve(), end: async () => armed.clear() };
}

function faultUnavailable(board: string): BootproofError {
  return new BootproofError(`board ${board} cannot have faults`, { fault: 'input', code: 'fault-unavailable' });
}
