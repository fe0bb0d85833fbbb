/** A run: every planned cell gets exactly one outcome, boards work side by side, and the event log is written as things happen. */

import { createRealClock } from '../base/clock-real.ts';
import { createVirtualClock, virtualEpochMs } from '../base/clock-virtual.ts';
import type { Clock } from '../base/clock.ts';
import { createRng } from '../base/rng.ts';
import type { StepFiles } from '../device/context.ts';
import { eventFormat } from '../events/event.ts';
import type { JsonValue, RunEvent } from '../events/event.ts';
import type { CellOutcome } from '../events/outcome.ts';
import { evaluateRequires } from '../language/requires.ts';
import { runAttempt } from './attempt.ts';
import type { AttemptEnd } from './attempt.ts';
import { describeCell } from './cell.ts';
import type { Cell } from './cell.ts';
import { diagnosticOfError } from './diagnostics.ts';
import { ImageShelf, resolveInputs } from './inputs.ts';
import type { InputSources } from './inputs.ts';
import { capabilityHints, needsOf } from './needs.ts';
import { asBootproofError, exitCodeOfRun, outcomeOfFault } from './outcome.ts';
import { checkCellCount, narrowCells } from './plan.ts';
import { repeatCommand } from './repeat-command.ts';
import { describeSweeps, expandSweeps } from './sweep.ts';
import { createTimeline } from './timeline.ts';
import type { Timeline } from './timeline.ts';

export interface RunOptions {
  readonly id: string;
  readonly seed: number;
  readonly version: string;
  readonly host: Readonly<Record<string, string>>;
  readonly selection: Readonly<Record<string, JsonValue>>;
  /** Sweeps are not expanded yet. */
  readonly cells: readonly Cell[];
  /** Only cells with these values of axes run. */
  readonly axes?: ReadonlyMap<string, string>;
  readonly set: ReadonlyMap<string, string>;
  /** Boards at work at the same time. Those in virtual time take turns in any case. */
  readonly jobs: number;
  /** Simulated boards in real time, too. */
  readonly realTime: boolean;
  /** End after the first cell that is not good. */
  readonly bail: boolean;
  /** Reads a file for a pipeline: relative to its own file, or to where bootproof was started. */
  readonly readFile: (path: string, besidePipeline: string | undefined) => Uint8Array;
  /** Keeps evidence beside the reports; returns its path relative to their folder. */
  readonly keepFile: (cell: string, name: string, bytes: Uint8Array) => string;
  readonly write: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

export interface RunEndState {
  readonly exitCode: number;
  readonly outcomes: readonly CellOutcome[];
}

interface Running extends RunOptions {
  readonly timeline: Timeline;
  readonly real: Clock;
  readonly shelf: ImageShelf;
}

/** Throws an input error when sweeps make more cells than can run, or none has the axes that are asked for. */
export async function run(options: RunOptions): Promise<RunEndState> {
  const real = createRealClock();
  const virtual = !options.realTime && options.cells.every(({ board }) => board.local);
  const timeline = createTimeline({ real: virtual ? undefined : real, write: options.write });
  const running: Running = { ...options, timeline, real, shelf: new ImageShelf() };
  const cells = await planSweeps(running);
  const { emit } = timeline;
  emit({
    kind: 'run-start',
    format: eventFormat,
    run: options.id,
    seed: options.seed,
    bootproof: options.version,
    started: isoTime(virtual ? virtualEpochMs : real.wall()),
    virtual,
    host: options.host,
    selection: options.selection,
  });
  emit({ kind: 'plan', cells: cells.map(describeCell) });
  const ends = await runBoards({ ...running, cells });
  for (const text of describeSweeps(ends, (cell) => repeatCommand(cell, options))) emit({ kind: 'note', severity: 'error', text });
  const outcomes = [...ends.values()];
  const cancelled = options.signal.aborted;
  const exitCode = exitCodeOfRun(outcomes, cancelled);
  emit({ kind: 'run-end', exitCode, counts: countOutcomes(outcomes), ...(cancelled ? { cancelled } : {}) });
  return { exitCode, outcomes };
}

/** Each sweep as its cells. Rehearsals leave no trace in the run. */
async function planSweeps(running: Running): Promise<readonly Cell[]> {
  const { cells, axes, seed, signal } = running;
  const rehearse = (cell: Cell, write: RunOptions['write']): Promise<unknown> => {
    const timeline = createTimeline({ real: undefined, write });
    return runCell(cell, { ...running, timeline, realTime: false, keepFile: (_, name) => name }, signal);
  };
  const expanded = await expandSweeps(cells, { seed, rehearse });
  checkCellCount(expanded);
  return axes === undefined || axes.size === 0 ? expanded : narrowCells(expanded, axes);
}

/** Cells of one board run one after another; boards that live in virtual time share one worker, so that a run repeats exactly. */
async function runBoards(running: Running): Promise<ReadonlyMap<Cell, CellOutcome>> {
  const queues = new Map<string, Cell[]>();
  for (const cell of running.cells) {
    const queue = cell.board.local && !running.realTime ? '' : cell.board.name;
    const cells = queues.get(queue);
    if (cells === undefined) queues.set(queue, [cell]);
    else cells.push(cell);
  }
  const stop = new AbortController();
  const signal = AbortSignal.any([running.signal, stop.signal]);
  const waiting = [...queues.values()];
  const outcomes = new Map<Cell, CellOutcome>();
  const work = async (): Promise<void> => {
    for (let queue = waiting.shift(); queue !== undefined; queue = waiting.shift()) {
      for (const cell of queue) {
        const outcome = await runCell(cell, running, signal);
        outcomes.set(cell, outcome);
        if (running.bail && exitCodeOfRun([outcome], false) !== 0 && outcome !== 'not-applicable') stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(running.jobs, waiting.length) }, work));
  return outcomes;
}

async function runCell(cell: Cell, running: Running, signal: AbortSignal): Promise<CellOutcome> {
  const { emit } = running.timeline;
  const end = (outcome: CellOutcome, details: Partial<AttemptEnd> & { attempts: number; durationMs: number }): CellOutcome => {
    const { reason, diagnostics = [], attempts, durationMs } = details;
    emit({ kind: 'cell-end', cell: cell.id, outcome, diagnostics, attempts, durationMs, ...(reason === undefined ? {} : { reason }) });
    return outcome;
  };
  const idle = { attempts: 0, durationMs: 0 };
  if (signal.aborted)
    return end('not-run', { ...idle, reason: running.signal.aborted ? 'the run was cancelled' : 'an earlier cell failed (--bail)' });
  try {
    const facts = await cell.board.facts({ clock: running.real, signal });
    const obstacle = whyNotApplicable(cell, facts);
    if (obstacle !== undefined) return end('not-applicable', { ...idle, reason: obstacle });
    emit({ kind: 'cell-start', cell: cell.id });
    const { attempt, durationMs } = await runOnClock(cell, facts, { running, signal });
    return end(attempt.outcome, { ...attempt, attempts: 1, durationMs });
  } catch (thrown) {
    const error = asBootproofError(thrown);
    return end(outcomeOfFault(error.fault), { ...idle, reason: error.message, diagnostics: [diagnosticOfError(error, undefined)] });
  }
}

async function runOnClock(
  cell: Cell,
  facts: Readonly<Record<string, unknown>>,
  { running, signal }: { running: Running; signal: AbortSignal },
): Promise<{ readonly attempt: AttemptEnd; readonly durationMs: number }> {
  const { timeline, real, seed } = running;
  const rng = createRng(seed).fork(cell.id);
  const clock = cell.board.local && !running.realTime ? createVirtualClock() : real;
  const inputs = resolveInputs(cell.pipeline, { ...sourcesFor(cell, running), facts }, running.shelf);
  const entered = timeline.enter(clock);
  const startedAt = clock.now();
  try {
    const files = filesOf(cell, running);
    const attempt = await clock.drive(runAttempt({ cell, attempt: 1, inputs, facts, files, clock, rng, emit: timeline.emit, signal }));
    return { attempt, durationMs: Math.round((clock.now() - startedAt) * 1000) / 1000 };
  } finally {
    entered.leave();
  }
}

function filesOf({ id, pipeline }: Cell, { readFile, keepFile, timeline }: Running): StepFiles {
  return {
    folder: folderOf(pipeline.source.name),
    read: (path) => readFile(path, pipeline.source.name),
    keep: (name, bytes) => {
      const path = keepFile(id, name, bytes);
      timeline.emit({ kind: 'artifact', name, path, bytes: bytes.length, cell: id, attempt: 1 });
      return path;
    },
  };
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}

function sourcesFor(cell: Cell, { set, seed, readFile }: Running): Omit<InputSources, 'facts'> {
  const { pipeline, axes } = cell;
  // Images depend on the seed and the pipeline alone, so that all cells of a pipeline prove the same bytes.
  const rng = createRng(seed).fork(pipeline.id);
  return { set, axes, rng, readFile: (path, beside) => readFile(path, beside ? pipeline.source.name : undefined) };
}

function whyNotApplicable({ pipeline, board, transport }: Cell, facts: Readonly<Record<string, unknown>>): string | undefined {
  if (!board.transports.includes(transport))
    return `board ${board.name} has no transport ${transport} (it has ${board.transports.join(', ')})`;
  const missing = [...needsOf(pipeline)].find((need) => !board.offers.has(need));
  if (missing !== undefined) return capabilityHints[missing];
  if (pipeline.requires === undefined) return undefined;
  const verdict = evaluateRequires(pipeline.requires, facts);
  return verdict.met ? undefined : verdict.reason;
}

function countOutcomes(outcomes: readonly CellOutcome[]): Partial<Record<CellOutcome, number>> {
  const counts: Partial<Record<CellOutcome, number>> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
