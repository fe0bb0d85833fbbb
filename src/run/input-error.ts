import { BootproofError } from '../base/errors.ts';

/** What is wrong with the input of a name, as a clause. */
export function inputError(name: string, problem: string, hint?: string): BootproofError {
  return new BootproofError(`input ${name} ${problem}`, { fault: 'input', code: 'input-value', ...(hint === undefined ? {} : { hint }) });
}
