/**
 * Makes one coherent run of a log that holds several, such as shards, or that was resumed. Folds may then rely on at most
 * one `run-start`, exactly one `plan`, and one end of each cell.
 */

import type { CellOutcome } from './outcome.ts';
import type { PlanMade, PlannedCell, RunEnd, RunEvent, RunStart } from './event.ts';
import { withoutVoid } from './resume.ts';

/** More shares than this are in a damaged log. */
const sharesMax = 10_000;

/** One run, from its `run-start` to the next. */
type Part = readonly RunEvent[];

/** The outcome that counts when a cell was executed in several parts is the one furthest down: a failure is never hidden by another try. */
const byWeight: readonly CellOutcome[] = [
  'not-run',
  'aborted',
  'not-applicable',
  'skipped',
  'xfailed',
  'passed',
  'flaky',
  'infra',
  'broken',
  'xpassed',
  'failed',
];

/** The exit code of a joined run is the first of these that one of its runs had. */
const exitCodesByWeight = [130, 1, 2, 3, 4, 0];

/**
 * A log of one run in good order comes back as it is. Otherwise times count from the earliest start and `seq` is given
 * anew, plans are united, and each cell keeps its weightiest execution. A run that died before its plan gets a cell that
 * says so, because nobody knows what is missing from the reports, and so does a share that is not among several.
 */
export function joinRuns(events: readonly RunEvent[]): readonly RunEvent[] {
  const runs = splitRuns(events).map(withoutVoid);
  const [only] = runs;
  if (only !== undefined && runs.length === 1 && isInOrder(only)) return only;
  const start = joinStarts(runs);
  const parts = start === undefined ? runs : runs.map((part) => countFrom(start, part));
  const chosen = chooseExecutions(parts);
  const happened = parts.flatMap((part, index) => part.filter((event) => isKept(event, index, chosen)));
  const joined = [start, joinPlans(parts), ...happened, joinEnds(parts)].filter((event) => event !== undefined);
  return joined.map((event, seq) => ({ ...event, seq }));
}

/** One plan before everything else that follows the start, and nothing after the end. */
function isInOrder(events: readonly RunEvent[]): boolean {
  return /^s?px*e?$/.test(events.map(letterOf).join(''));
}

function letterOf(event: RunEvent): string {
  if (event.kind === 'run-start') return 's';
  if (event.kind === 'plan') return 'p';
  return event.kind === 'run-end' ? 'e' : 'x';
}

function splitRuns(events: readonly RunEvent[]): readonly Part[] {
  const starts = events.flatMap((event, index) => (event.kind === 'run-start' && index > 0 ? [index] : []));
  return starts.length === 0 ? [events] : [0, ...starts].map((from, index) => events.slice(from, starts[index]));
}

function startOf(part: Part): RunStart | undefined {
  return part[0]?.kind === 'run-start' ? part[0] : undefined;
}

function runOf(part: Part): string {
  return startOf(part)?.run ?? 'unknown';
}

/** The earliest start, with the names of all runs. */
function joinStarts(parts: readonly Part[]): RunStart | undefined {
  const starts = parts.flatMap((part) => startOf(part) ?? []);
  const first = starts.toSorted((a, b) => Date.parse(a.started) - Date.parse(b.started))[0];
  return first && { ...first, run: [...new Set(parts.map(runOf))].join('+') };
}

function countFrom(start: RunStart, part: Part): Part {
  const shift = Date.parse((startOf(part) ?? start).started) - Date.parse(start.started);
  return part.map((event) => ({ ...event, at: event.at + shift }));
}

function joinPlans(parts: readonly Part[]): PlanMade {
  const plans = parts.flatMap((part) => part.find((event) => event.kind === 'plan') ?? []);
  const lost = parts.filter((part) => !part.some(({ kind }) => kind === 'plan')).map((part) => lostPlan(runOf(part)));
  const cells = [...plans.flatMap((plan) => plan.cells), ...lost, ...lostShares(parts)];
  const unique = new Map<string, PlannedCell>();
  for (const cell of cells) if (!unique.has(cell.cell)) unique.set(cell.cell, cell);
  return { kind: 'plan', seq: 0, at: 0, cells: [...unique.values()] };
}

function lostPlan(run: string): PlannedCell {
  return lostCell(`plan of ${run}`, `The run ${run} made a plan`);
}

/** Of runs that share their cells (`--shard`), those that are not there: what was planned for them is in no other plan. */
function lostShares(parts: readonly Part[]): readonly PlannedCell[] {
  const shares = parts.flatMap((part) => shareOf(part) ?? []);
  const counts = [...new Set(shares.map(({ count }) => count))];
  return counts.flatMap((count) => {
    const there = new Set(shares.filter((share) => share.count === count).map(({ index }) => index));
    const missing = Array.from({ length: count }, (_, at) => at + 1).filter((index) => !there.has(index));
    return missing.map((index) => lostCell(`share ${index}/${count}`, `The share ${index}/${count} of the run is in the report`));
  });
}

function shareOf(part: Part): { readonly index: number; readonly count: number } | undefined {
  const { index, count } = Object(startOf(part)?.selection['shard']) as Readonly<Record<string, unknown>>;
  return typeof index === 'number' && typeof count === 'number' && count <= sharesMax ? { index, count } : undefined;
}

const lostPipeline = 'bootproof.plan';

/** Whether it stands for a plan, or a share of one, that is not there. */
export function isLost({ pipeline }: PlannedCell): boolean {
  return pipeline === lostPipeline;
}

/** Stands in the plan for cells that nobody knows. */
function lostCell(cell: string, title: string): PlannedCell {
  return { cell, pipeline: lostPipeline, title, file: '', line: 0, board: 'none', axes: {}, tags: [] };
}

/** For each cell the index of the part whose execution counts; of equal ones the last. */
function chooseExecutions(parts: readonly Part[]): ReadonlyMap<string, number> {
  const chosen = new Map<string, { readonly part: number; readonly weight: number }>();
  for (const [part, events] of parts.entries()) {
    for (const [cell, outcome] of outcomesOf(events)) {
      const weight = byWeight.indexOf(outcome);
      if (weight >= (chosen.get(cell)?.weight ?? 0)) chosen.set(cell, { part, weight });
    }
  }
  return new Map([...chosen].map(([cell, { part }]) => [cell, part]));
}

function outcomesOf(part: Part): ReadonlyMap<string, CellOutcome> {
  const outcomes = new Map<string, CellOutcome>();
  for (const event of part) {
    if (event.kind === 'cell-start') outcomes.set(event.cell, 'aborted');
    if (event.kind === 'cell-end') outcomes.set(event.cell, event.outcome);
  }
  return outcomes;
}

function isKept(event: RunEvent, part: number, chosen: ReadonlyMap<string, number>): boolean {
  if (event.kind === 'run-start' || event.kind === 'plan' || event.kind === 'run-end') return false;
  return !('cell' in event) || (chosen.get(event.cell) ?? part) === part;
}

/** The whole has ended only when each of its runs has. */
function joinEnds(parts: readonly Part[]): RunEnd | undefined {
  const done = parts.flatMap((part) => part.find((event) => event.kind === 'run-end') ?? []);
  if (done.length < parts.length) return undefined;
  return {
    kind: 'run-end',
    seq: 0,
    at: Math.max(...done.map((end) => end.at)),
    exitCode: exitCodesByWeight.find((code) => done.some((end) => end.exitCode === code)) ?? 1,
    counts: sumCounts(done),
    cancelled: done.some((end) => end.cancelled === true),
  };
}

function sumCounts(ends: readonly RunEnd[]): RunEnd['counts'] {
  const counts: Partial<Record<CellOutcome, number>> = {};
  for (const outcome of byWeight) {
    const sum = ends.reduce((total, end) => total + (end.counts[outcome] ?? 0), 0);
    if (sum > 0) counts[outcome] = sum;
  }
  return counts;
}
