/** What the log of an unfinished run says, as far as the run that goes on must know it. */

import type { AttemptStart, RunEvent, StepEnd } from '../events/event.ts';
import type { CellOutcome } from '../events/outcome.ts';
import { forResumption } from '../events/resume.ts';
import type { AttemptEnd } from './attempt.ts';

export interface Past {
  /** The ids of the planned cells. */
  readonly plan: readonly string[];
  /** Those that have begun, by their ids. */
  readonly cells: ReadonlyMap<string, PastCell>;
  /** The stamp that the next event gets. */
  readonly next: { readonly seq: number; readonly at: number };
}

export interface PastCell {
  /** Of a cell that has ended, and keeps its result. */
  outcome?: CellOutcome;
  /** In milliseconds since the run began. */
  startedAt?: number;
  /** Of all its attempts. */
  durationMs: number;
  /** The last one; they count from 1. */
  attempt: number;
  /** The attempts that came to their end. Those that were cancelled say nothing, and do not count as tries. */
  readonly tries: { readonly board: string; readonly end: AttemptEnd }[];
  /** The attempt that never ended. */
  open?: OpenAttempt;
}

export interface OpenAttempt {
  readonly start: AttemptStart;
  /** Its steps have begun, so that its teardown is due. */
  begun: boolean;
  readonly steps: StepEnd[];
}

/** Undefined when the run died before it had a plan. */
export function readPast(events: readonly RunEvent[]): Past | undefined {
  const plan = events.find((event) => event.kind === 'plan');
  const last = events.at(-1);
  if (plan === undefined || last === undefined) return undefined;
  const cells = new Map<string, PastCell>();
  for (const event of forResumption(events)) {
    if (!('cell' in event)) continue;
    const cell = cells.get(event.cell) ?? { attempt: 0, durationMs: 0, tries: [] };
    cells.set(event.cell, cell);
    addEvent(cell, event);
  }
  const at = events.reduce((latest, event) => Math.max(latest, event.at), 0);
  return { plan: plan.cells.map(({ cell }) => cell), cells, next: { seq: last.seq + 1, at } };
}

function addEvent(cell: PastCell, event: RunEvent): void {
  switch (event.kind) {
    case 'cell-start':
      cell.startedAt = event.at;
      return;
    case 'attempt-start':
      cell.attempt = event.attempt;
      cell.open = { start: event, begun: false, steps: [] };
      return;
    case 'step-start':
      if (cell.open !== undefined) cell.open.begun = true;
      return;
    case 'step-end':
      cell.open?.steps.push(event);
      return;
    case 'attempt-end':
      cell.durationMs += event.durationMs;
      if (event.outcome !== 'aborted' && cell.open !== undefined) cell.tries.push(endedTry(cell.open, event.outcome));
      delete cell.open;
      return;
    case 'cell-end':
      cell.outcome = event.outcome;
      return;
    default:
  }
}

/** The step that decided says why, as it did when the attempt ended. */
function endedTry({ start, steps }: OpenAttempt, outcome: AttemptEnd['outcome']): PastCell['tries'][number] {
  const decisive = steps.find((step) => step.outcome === outcome && /^(setup|steps)\[/.test(step.step));
  const why = outcome === 'passed' ? undefined : decisive?.diagnostics[0]?.message;
  const reason = why === undefined ? {} : { reason: `${decisive?.step}: ${why}` };
  return { board: start.board, end: { outcome, ...reason, diagnostics: [] } };
}
