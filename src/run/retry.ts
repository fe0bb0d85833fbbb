/** Trying a cell again: when, how often, and what several attempts amount to. */

import type { CellOutcome, ExecutionOutcome } from '../events/outcome.ts';
import type { RetryPolicy } from '../language/model.ts';

export const retryCauses = ['infra', 'failed'] as const satisfies readonly ExecutionOutcome[];
export type RetryCause = (typeof retryCauses)[number];

export const noRetry: RetryPolicy = { max: 0, on: ['infra'], board: 'same' };

export function mayRetry({ max, on }: RetryPolicy, outcomes: readonly ExecutionOutcome[]): boolean {
  return outcomes.length <= max && on.some((cause) => cause === outcomes.at(-1));
}

/**
 * What the lab did wrong is forgotten when a later attempt ends otherwise. A failure of the product is never forgotten: a
 * pass after it is flaky, and nothing else after it hides it.
 */
export function outcomeOfAttempts(outcomes: readonly ExecutionOutcome[]): CellOutcome {
  const last = outcomes.at(-1) ?? 'not-run';
  if (!outcomes.slice(0, -1).includes('failed')) return last;
  return last === 'passed' ? 'flaky' : 'failed';
}
