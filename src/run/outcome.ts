/** How errors become outcomes and outcomes become the exit code (design section 4). The class comes with the error; its text is never read. */

import { unreachable } from '../base/assert.ts';
import { BootproofError, type Fault } from '../base/errors.ts';
import type { CellOutcome, ExecutionOutcome } from '../events/outcome.ts';

export function outcomeOfFault(fault: Fault): ExecutionOutcome {
  switch (fault) {
    case 'product':
      return 'failed';
    case 'infra':
      return 'infra';
    case 'input':
      return 'broken';
    case 'cancelled':
      return 'aborted';
    default:
      return unreachable(fault);
  }
}

/** Anything that is no `BootproofError` is a defect of bootproof itself: the pipeline could not be judged. */
export function asBootproofError(thrown: unknown): BootproofError {
  if (thrown instanceof BootproofError) return thrown;
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new BootproofError(`internal error: ${message}`, {
    fault: 'input',
    code: 'internal-error',
    hint: 'this is a defect of bootproof; please report it with the event log of the run',
    cause: thrown,
  });
}

export function isJudged(outcome: CellOutcome): boolean {
  return outcome !== 'skipped' && outcome !== 'not-applicable';
}

/** Whether somebody stopped the run; what its host does to it is another matter. */
export function isCancelled({ aborted, reason }: AbortSignal): boolean {
  return aborted && !(reason instanceof BootproofError && reason.fault === 'infra');
}

/** Why a run that was stopped did not go on. */
export function whyStopped({ reason }: AbortSignal): string {
  return reason instanceof BootproofError ? reason.message : 'the run was cancelled';
}

export const exitCodes = { good: 0, product: 1, usage: 2, infra: 3, gate: 4, interrupted: 130 } as const;

const exitCodeOf: Readonly<Record<CellOutcome, number>> = {
  passed: exitCodes.good,
  skipped: exitCodes.good,
  'not-applicable': exitCodes.good,
  xfailed: exitCodes.good,
  failed: exitCodes.product,
  xpassed: exitCodes.product,
  flaky: exitCodes.product,
  broken: exitCodes.usage,
  infra: exitCodes.infra,
  'not-run': exitCodes.infra,
  aborted: exitCodes.infra,
};

/**
 * The exit code of a whole run. A product failure is the strongest word, then a broken pipeline, then the lab.
 * A run without a single cell that was judged proves nothing and is a usage error, so that no gate passes silently.
 */
export function exitCodeOfRun(outcomes: readonly CellOutcome[], interrupted: boolean): number {
  if (interrupted) return exitCodes.interrupted;
  const codes = new Set(outcomes.map((outcome) => exitCodeOf[outcome]));
  for (const code of [exitCodes.product, exitCodes.usage, exitCodes.infra]) if (codes.has(code)) return code;
  return outcomes.some(isJudged) ? exitCodes.good : exitCodes.usage;
}
