/** The faults of the language on a board: armed for the time of one step, or by the verb `fault` until they are cleared. */

import type { Fault } from '../language/model.ts';
import type { StepContext } from './context.ts';
import { armDamage } from './damage.ts';
import { armDisturbance } from './disturbance.ts';
import { armFlashPowerCut } from './power-cut.ts';
import type { ArmedFault } from './standing-faults.ts';

/** Does the work of a step with the step's fault on its way. */
export async function withFault<T>(fault: Fault | undefined, context: StepContext, work: () => Promise<T>): Promise<T> {
  if (fault === undefined) return work();
  const armed = await armFault(fault, context);
  try {
    const result = await work();
    await armed.settle();
    return result;
  } finally {
    await armed.end();
  }
}

export async function armFault(fault: Fault, context: StepContext): Promise<ArmedFault> {
  if (fault.do === 'corrupt') return armDamage(fault, context);
  if (fault.do === 'power-cut' && fault.at?.['flash-op'] !== undefined) return armFlashPowerCut(fault, context);
  return armDisturbance(fault, context);
}
