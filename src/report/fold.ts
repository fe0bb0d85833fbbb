/** The one fold from events to the summary that every reporter renders. It relies on a joined log: one plan, one execution of each cell. */

import { utf8 } from '../base/bytes.ts';
import { consoleTailMax, decodeConsole, encodeConsole } from '../events/console-text.ts';
import { cellOutcomes } from '../events/outcome.ts';
import { createBoundedText } from '../base/bounded-text.ts';
import { isRed } from './summary.ts';
import type {
  Artifact,
  AttemptEnd,
  AttemptStart,
  CellEnd,
  Note,
  PlannedCell,
  RunEnd,
  RunEvent,
  RunStart,
  StepEnd,
  StepStart,
} from '../events/event.ts';
import type { CellOutcome } from '../events/outcome.ts';
import type { BoundedText } from '../base/bounded-text.ts';
import type { AttemptSummary, CellSummary, RunFinish, RunSummary, StepSummary } from './summary.ts';

export interface RunFold {
  on(event: RunEvent): void;
  readonly start: RunStart | undefined;
  readonly finish: RunFinish;
  /** How many cells are planned. */
  readonly planned: number;
  /** True when no later event can change the outcome of the cell with this index in the plan. */
  readonly isDecided: (index: number) => boolean;
  /** The cell as far as it is known. */
  cell(index: number): CellSummary;
  summary(): RunSummary;
}

/** How much of an attempt's console text is kept, in characters. */
const consoleLimits = { headMax: 16 * 1024, tailMax: consoleTailMax };

interface RunState {
  readonly cells: CellState[];
  readonly cellsById: Map<string, CellState>;
  readonly notes: Note[];
  readonly artifacts: Artifact[];
  start?: RunStart;
  end?: RunEnd;
  lastAt: number;
}

interface CellState {
  readonly plan: PlannedCell;
  readonly attempts: Map<number, AttemptState>;
  readonly artifacts: Artifact[];
  startedAt?: number;
  end?: CellEnd;
  lastAt: number;
}

interface AttemptState {
  readonly start: AttemptStart;
  readonly steps: Map<string, StepState>;
  readonly console: BoundedText;
  end?: AttemptEnd;
}

interface StepState {
  readonly start: StepStart;
  end?: StepEnd;
}

export function createRunFold(): RunFold {
  const run: RunState = { cells: [], cellsById: new Map(), notes: [], artifacts: [], lastAt: 0 };
  return {
    on: (event) => onEvent(run, event),
    get start() {
      return run.start;
    },
    get finish() {
      return finishOf(run);
    },
    get planned() {
      return run.cells.length;
    },
    isDecided: (index) => (run.cells[index]?.end ?? run.end) !== undefined,
    cell: (index) => summarizeCell(run.cells[index]!, finishOf(run)),
    summary: () => summarizeRun(run),
  };
}

function onEvent(run: RunState, event: RunEvent): void {
  run.lastAt = Math.max(run.lastAt, event.at);
  if (event.kind === 'run-start') run.start = event;
  else if (event.kind === 'run-end') run.end = event;
  else if (event.kind === 'run-resume' || event.kind === 'file-read') return;
  else if (event.kind === 'plan') event.cells.forEach((plan) => addCell(run, plan));
  else if (event.cell !== undefined) onCellEvent(run.cellsById.get(event.cell), event);
  else if (event.kind === 'note') run.notes.push(event);
  else if (event.kind === 'artifact') run.artifacts.push(event);
}

function addCell(run: RunState, plan: PlannedCell): void {
  if (run.cellsById.has(plan.cell)) return;
  const cell: CellState = { plan, attempts: new Map(), artifacts: [], lastAt: 0 };
  run.cells.push(cell);
  run.cellsById.set(plan.cell, cell);
}

type CellEvent = Exclude<RunEvent, { kind: 'run-start' | 'run-resume' | 'plan' | 'file-read' | 'run-end' }>;

/** After the end of a cell only artifacts still count, because reports may link them; nothing can change its outcome. */
function onCellEvent(cell: CellState | undefined, event: CellEvent): void {
  if (event.kind === 'artifact') cell?.artifacts.push(event);
  if (cell === undefined || cell.end !== undefined) return;
  cell.lastAt = event.at;
  if (event.kind === 'cell-end') cell.end = event;
  else if (event.kind === 'cell-start') cell.startedAt = event.at;
  else if (event.kind === 'attempt-start') cell.attempts.set(event.attempt, startAttempt(event));
  else if (event.attempt !== undefined) onAttemptEvent(cell.attempts.get(event.attempt), event);
}

function startAttempt(start: AttemptStart): AttemptState {
  return { start, steps: new Map(), console: createBoundedText(consoleLimits) };
}

function onAttemptEvent(attempt: AttemptState | undefined, event: CellEvent): void {
  if (attempt === undefined) return;
  switch (event.kind) {
    case 'step-start':
      // A step that is tried again moves to the end: it is reported as it went the last time.
      attempt.steps.delete(event.step);
      attempt.steps.set(event.step, { start: event });
      return;
    case 'step-end': {
      const step = attempt.steps.get(event.step);
      if (step !== undefined) step.end = event;
      return;
    }
    case 'attempt-end':
      attempt.end = event;
      return;
    case 'console':
      return attempt.console.append(event.text);
    case 'boot-epoch':
      return mark(attempt, `boot ${event.epoch}: ${event.cause}`);
    case 'power':
      return mark(attempt, `power ${event.action}`);
    case 'fault':
      return mark(attempt, `fault ${event.fault} ${event.phase}${event.detail === undefined ? '' : `: ${event.detail}`}`);
    case 'command':
      return mark(
        attempt,
        `${event.purpose}: ${event.run[0] ?? ''} ${event.exit === undefined ? 'did not end' : `ended with ${event.exit}`}`,
      );
    case 'link':
      return mark(attempt, `${event.link} ${event.state}${event.detail === undefined ? '' : `: ${event.detail}`}`);
    case 'note':
      return mark(attempt, `${event.severity}: ${event.text}`);
    default:
  }
}

function mark(attempt: AttemptState, what: string): void {
  attempt.console.append(encodeConsole(utf8(`\n--- ${what} ---\n`)));
}

function finishOf(run: RunState): RunFinish {
  if (run.end === undefined) return 'killed';
  return run.end.cancelled === true ? 'cancelled' : 'complete';
}

function summarizeRun(run: RunState): RunSummary {
  const finish = finishOf(run);
  const cells = run.cells.map((cell) => summarizeCell(cell, finish));
  const count = (outcome: CellOutcome): number => cells.filter((cell) => cell.outcome === outcome).length;
  return {
    start: run.start,
    finish,
    cells,
    counts: Object.fromEntries(cellOutcomes.map((outcome) => [outcome, count(outcome)])) as Record<CellOutcome, number>,
    durationMs: run.lastAt,
    notes: run.notes,
    artifacts: run.artifacts,
  };
}

function summarizeCell(cell: CellState, finish: RunFinish): CellSummary {
  const { plan, end } = cell;
  const startedAt = cell.startedAt;
  const outcome = end?.outcome ?? (startedAt === undefined ? 'not-run' : 'aborted');
  const attempts = [...cell.attempts.values()].map((attempt) => summarizeAttempt(attempt, cell.lastAt));
  const decisive = attempts.findLast((attempt) => attempt.outcome === outcome) ?? attempts.findLast((attempt) => isRed(attempt.outcome));
  const failedStep = outcome === 'passed' ? undefined : decisive?.failedStep;
  return {
    plan,
    outcome,
    reason: end === undefined ? reasonWithoutEnd(startedAt !== undefined, finish) : end.reason,
    issue: end?.issue,
    attempts,
    failedStep,
    diagnostics: end?.diagnostics.length ? end.diagnostics : (failedStep?.diagnostics ?? []),
    startedAt,
    durationMs: end?.durationMs ?? since(startedAt ?? cell.lastAt, cell.lastAt),
    properties: { ...plan.properties, ...end?.properties },
    artifacts: cell.artifacts,
  };
}

function reasonWithoutEnd(started: boolean, finish: RunFinish): string {
  const run = { complete: 'the run ended', cancelled: 'the run was cancelled', killed: 'the run was killed' }[finish];
  return `${run} ${started ? 'while this cell ran' : 'before this cell was started'}`;
}

function summarizeAttempt(attempt: AttemptState, lastAt: number): AttemptSummary {
  const { start, end } = attempt;
  const states = [...attempt.steps.values()];
  const failed = findFailed(states);
  return {
    attempt: start.attempt,
    board: start.board,
    transport: start.transport,
    outcome: end?.outcome ?? 'aborted',
    durationMs: end?.durationMs ?? since(start.at, lastAt),
    steps: states.map((step) => summarizeStep(step, lastAt)),
    failedStep: failed === undefined ? undefined : summarizeStep(failed, lastAt),
    console: encodeConsole(decodeConsole(attempt.console.text())),
  };
}

/** Of the steps that went wrong the one that ended first: inner steps end before their outer step. Else the innermost that never ended. */
function findFailed(steps: readonly StepState[]): StepState | undefined {
  const judged = steps.filter(({ start }) => start.section === 'setup' || start.section === 'steps');
  const failed = judged.filter(({ end }) => end !== undefined && isRed(end.outcome));
  return failed.toSorted((a, b) => a.end!.seq - b.end!.seq)[0] ?? judged.findLast(({ end }) => end === undefined);
}

function summarizeStep({ start, end }: StepState, lastAt: number): StepSummary {
  return {
    step: start.step,
    section: start.section,
    verb: start.verb,
    title: start.title,
    source: start.source,
    outcome: end?.outcome ?? 'aborted',
    durationMs: end?.durationMs ?? since(start.at, lastAt),
    diagnostics: end?.diagnostics ?? [],
    result: end?.result,
    saved: end?.saved ?? {},
  };
}

/** Never negative, even where a damaged log lets time go back. */
function since(from: number, to: number): number {
  return Math.max(0, to - from);
}
