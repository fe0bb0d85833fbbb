/** Faults that stand on a board, however they came there. */

import { assert } from '../base/assert.ts';
import { BootproofError } from '../base/errors.ts';
import type { AnyStep } from '../language/model.ts';

/** A fault that begins when its moment comes. */
export interface ArmedFault {
  /** The step that it was meant for is done: waits for the end of what cannot outlast a step. Throws a `Failure` when the moment never came. */
  settle(): Promise<void>;
  /** Takes it back, whatever has become of it. */
  end(): Promise<void>;
}

/** More than any pipeline begins; a loop that forgets to clear them is found here. */
const faultsMax = 100;

/** What the verb `fault` began on a board, by the id of its step, or by the step itself. */
export class StandingFaults {
  readonly #faults = new Map<string | AnyStep, ArmedFault>();

  /** One of the same name is ended first: a step that runs again begins anew. */
  async add(name: string | AnyStep, fault: ArmedFault): Promise<void> {
    await this.#faults.get(name)?.end();
    assert(this.#faults.size < faultsMax, 'too many faults stand');
    this.#faults.set(name, fault);
  }

  /** `all`: every one. */
  async clear(name: string): Promise<void> {
    if (name !== 'all' && !this.#faults.has(name)) throw unknownFault(name, [...this.#faults.keys()]);
    for (const [key, fault] of [...this.#faults]) {
      if (name !== 'all' && name !== key) continue;
      this.#faults.delete(key);
      await fault.end();
    }
  }
}

function unknownFault(name: string, standing: readonly unknown[]): BootproofError {
  const known = standing.filter((one) => typeof one === 'string');
  return new BootproofError(`no fault with the name ${name} stands`, {
    fault: 'input',
    code: 'fault-unknown',
    hint: known.length === 0 ? 'no step with the verb `fault` came before' : `there are: ${known.join(', ')}`,
  });
}
