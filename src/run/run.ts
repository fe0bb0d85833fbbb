/** A run: every planned cell gets exactly one outcome, boards work side by side, and the event log is written as things happen. */

import { createRealClock } from '../base/clock-real.ts';
import { virtualEpochMs } from '../base/clock-virtual.ts';
import { eventFormat } from '../events/event.ts';
import type { CellOutcome } from '../events/outcome.ts';
import { expectationsOf } from '../language/model.ts';
import { whyNotApplicable } from './applicable.ts';
import { runBoards } from './boards.ts';
import { CellRun } from './cell-run.ts';
import type { Running } from './cell-run.ts';
import { describeCell } from './cell.ts';
import type { Cell } from './cell.ts';
import { createFileNotes } from './file-notes.ts';
import { createShelf } from './artifacts.ts';
import { exitCodeOfRun, isCancelled, isJudged } from './outcome.ts';
import { isAbout } from './known-issues.ts';
import type { KnownIssueList } from './known-issues.ts';
import { checkCellCount, checkSamePlan, narrowCells, shardCells } from './plan.ts';
import { repeatCommand } from './repeat-command.ts';
import { describeSweeps, expandSweeps } from './sweep.ts';
import { createTimeline } from './timeline.ts';
import type { Emit } from './timeline.ts';
import type { RunOptions } from './run-options.ts';

export interface RunEndState {
  readonly exitCode: number;
  readonly outcomes: readonly CellOutcome[];
}

/** Throws an input error when sweeps make more cells than can run, or none has the axes that are asked for. */
export async function run(options: RunOptions): Promise<RunEndState> {
  const real = createRealClock();
  const virtual = !options.realTime && options.cells.every(({ board }) => board.local);
  const timeline = createTimeline({ real: virtual ? undefined : real, write: options.write, next: options.past?.next });
  const { emit } = timeline;
  const files = createFileNotes(options.readFile, emit);
  const running: Running = { ...options, readFile: files.readFile, timeline, real, shelf: createShelf() };
  const cells = await planSweeps(running);
  const started = isoTime(virtual ? virtualEpochMs : real.wall());
  if (options.past === undefined) emitStart(cells, { options, emit, started, virtual });
  else {
    checkSamePlan(cells, options.past.plan);
    emit({ kind: 'run-resume', started, host: options.host });
  }
  files.begin();
  const ends = await runBoards(cells, running);
  for (const text of describeSweeps(ends, (cell) => repeatCommand(cell, options))) emit({ kind: 'note', severity: 'error', text });
  for (const text of [...idleIssues(cells, options.knownIssues), ...withoutExpectations(cells)])
    emit({ kind: 'note', severity: 'warning', text });
  const outcomes = [...ends.values()];
  if (!outcomes.some(isJudged)) emit({ kind: 'note', severity: 'error', text: nothingProven });
  const cancelled = isCancelled(options.signal);
  const exitCode = exitCodeOfRun(outcomes, cancelled);
  emit({ kind: 'run-end', exitCode, counts: countOutcomes(outcomes), ...(cancelled ? { cancelled } : {}) });
  return { exitCode, outcomes };
}

interface Start {
  readonly options: RunOptions;
  readonly emit: Emit;
  readonly started: string;
  readonly virtual: boolean;
}

function emitStart(cells: readonly Cell[], { options, emit, started, virtual }: Start): void {
  const { id, seed, version, host, selection, documents = new Map<string, string>() } = options;
  emit({ kind: 'run-start', format: eventFormat, run: id, seed, bootproof: version, started, virtual, host, selection });
  emit({ kind: 'plan', cells: cells.map(describeCell) });
  for (const [path, sha256] of documents) emit({ kind: 'file-read', path, sha256 });
}

/** The cells that a run with these options has: each sweep as its cells. Throws as `run` does. */
export function expandCells(options: RunOptions): Promise<readonly Cell[]> {
  const timeline = createTimeline({ real: undefined, write: () => undefined });
  return planSweeps({ ...options, timeline, real: createRealClock(), shelf: createShelf() });
}

/** Each sweep as its cells. Rehearsals leave no trace in the run; one that cannot be made decides nothing. */
async function planSweeps(running: Running): Promise<readonly Cell[]> {
  const { cells, axes, shard, seed, signal, real } = running;
  const rehearse = async (cell: Cell, write: RunOptions['write']): Promise<void> => {
    const timeline = createTimeline({ real: undefined, write });
    const facts = await cell.board.facts({ clock: real, signal });
    if (whyNotApplicable(cell, facts) !== undefined) return;
    const alone = new CellRun(cell, { ...running, timeline, realTime: false, keepFile: (_, name) => name });
    await alone.attempt(cell, facts, signal).catch(() => undefined);
  };
  const expanded = await expandSweeps(cells, { seed, rehearse });
  checkCellCount(expanded);
  const narrowed = axes === undefined || axes.size === 0 ? expanded : narrowCells(expanded, axes);
  return shard === undefined ? narrowed : shardCells(narrowed, shard);
}

/** An entry that is about nothing in the run may be misspelt, or of no use any more. */
function idleIssues(cells: readonly Cell[], known: KnownIssueList | undefined): readonly string[] {
  const idle = (known?.issues ?? []).filter((issue) => !cells.some((cell) => isAbout(issue, cell)));
  return idle.map(({ id, pipeline }) => `the known issue ${id} (${pipeline}) is about no cell of this run`);
}

const nothingProven = 'no cell was judged: all are skipped or not applicable, so the run proves nothing, and its exit code is 2';

/** Actions judge themselves, and nothing else: a release must not be taken for proven by them alone. */
function withoutExpectations(cells: readonly Cell[]): readonly string[] {
  const pipelines = new Set(cells.map(({ pipeline }) => pipeline));
  const ids = [...pipelines].filter((pipeline) => expectationsOf(pipeline).length === 0).map(({ id }) => id);
  if (ids.length === 0) return [];
  const named = ids.slice(0, idsShown).join(', ');
  const more = ids.length > idsShown ? ` and ${ids.length - idsShown} more` : '';
  return [`no expectations in ${named}${more}: a pass there says only that its actions were not refused`];
}

const idsShown = 5;

function countOutcomes(outcomes: readonly CellOutcome[]): Partial<Record<CellOutcome, number>> {
  const counts: Partial<Record<CellOutcome, number>> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
