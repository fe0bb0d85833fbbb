/** A cell on its way through its attempts, from the plan to its one outcome. */

import { createVirtualClock } from '../base/clock-virtual.ts';
import type { Clock } from '../base/clock.ts';
import type { BootproofError } from '../base/errors.ts';
import { createRng } from '../base/rng.ts';
import { askNobody } from '../device/ask.ts';
import type { StepFiles } from '../device/context.ts';
import type { CellOutcome } from '../events/outcome.ts';
import { runAttempt, tearDownLate } from './attempt.ts';
import type { AttemptEnd, AttemptOptions } from './attempt.ts';
import type { Cell } from './cell.ts';
import { diagnosticOfError } from './diagnostics.ts';
import type { Shelf, InputSources } from './artifacts.ts';
import { resolveInputs } from './inputs.ts';
import { withKnownIssue } from './known-issues.ts';
import { asBootproofError, outcomeOfFault } from './outcome.ts';
import type { OpenAttempt, PastCell } from './past.ts';
import { outcomeOfAttempts } from './retry.ts';
import type { RunOptions } from './run-options.ts';
import type { Timeline } from './timeline.ts';

/** What the cells of a run share. */
export interface Running extends RunOptions {
  readonly timeline: Timeline;
  readonly real: Clock;
  readonly shelf: Shelf;
}

export type Facts = Readonly<Record<string, unknown>>;

interface AttemptPlace {
  readonly cell: Cell;
  readonly facts: Facts;
  readonly signal: AbortSignal;
}

export class CellRun {
  /** As planned; attempts on another board have a cell of their own with the same id. */
  readonly planned: Cell;
  /** The boards that tried, and how it went. A board that could not even begin counts, too. */
  readonly tries: { readonly board: string; readonly end: AttemptEnd }[];
  readonly #running: Running;
  #attempts: number;
  /** The attempts that came to their end. */
  #judged: number;
  #durationMs: number;
  #startedAt: number | undefined;
  #open: OpenAttempt | undefined;

  constructor(planned: Cell, running: Running, past?: PastCell) {
    this.planned = planned;
    this.#running = running;
    this.tries = [...(past?.tries ?? [])];
    this.#attempts = past?.attempt ?? 0;
    this.#judged = this.tries.length;
    this.#durationMs = past?.durationMs ?? 0;
    this.#startedAt = past?.startedAt;
    this.#open = past?.open;
  }

  get hasStarted(): boolean {
    return this.#startedAt !== undefined;
  }

  /** One attempt on the cell's board, on a clock that suits it. Rejects with input errors of the cell's inputs. */
  async attempt(cell: Cell, facts: Facts, signal: AbortSignal): Promise<AttemptEnd> {
    const attempt = this.#attempts + 1;
    const options = this.#optionsOf(cell, attempt, { facts, signal });
    this.#begin();
    const end = await this.#onClock(cell, (clock) => runAttempt({ ...options, clock }));
    this.#attempts = attempt;
    this.#judged += 1;
    this.tries.push({ board: cell.board.name, end });
    return end;
  }

  /** Ends the attempt that the death of the runner left open, if there is one. On another board nothing can be torn down. */
  async endOpenAttempt(cell: Cell, facts: Facts, signal: AbortSignal): Promise<void> {
    const { timeline } = this.#running;
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { attempt, board, at } = open.start;
    if (open.begun && board === cell.board.name) await this.#tearDown(open, { cell, facts, signal });
    const durationMs = Math.round((timeline.now() - at) * 1000) / 1000;
    timeline.emit({ kind: 'attempt-end', cell: cell.id, attempt, outcome: 'aborted', durationMs });
  }

  async #tearDown({ start, steps: before }: OpenAttempt, { cell, facts, signal }: AttemptPlace): Promise<void> {
    const { timeline } = this.#running;
    const there = { ...cell, transport: start.transport };
    try {
      const options = this.#optionsOf(there, start.attempt, { facts, signal });
      await this.#onClock(there, (clock) => tearDownLate({ ...options, clock, before }));
    } catch (thrown) {
      const text = `the teardown could not run: ${asBootproofError(thrown).message}`;
      timeline.emit({ kind: 'note', severity: 'warning', text, board: start.board, cell: cell.id, attempt: start.attempt });
    }
  }

  #optionsOf(cell: Cell, attempt: number, { facts, signal }: Omit<AttemptPlace, 'cell'>): Omit<AttemptOptions, 'clock'> {
    const { timeline, seed, shelf, ask = askNobody } = this.#running;
    const inputs = resolveInputs(cell.pipeline, { ...this.#sources(cell), facts }, shelf);
    const filesBeside = (document: string): StepFiles => this.#files(cell, attempt, document);
    const resolve: AttemptOptions['resolve'] = (fragment, given) =>
      resolveInputs(fragment, { ...this.#sources(cell), set: new Map(), plan: undefined, facts, ...given }, shelf);
    // A retry meets other chances, or it would only repeat the attempt before. What the death of a runner cut short is no try.
    const rng = createRng(seed).fork(cell.id);
    const chance = this.#judged === 0 ? rng : rng.fork(`attempt ${this.#judged + 1}`);
    return { cell, attempt, inputs, resolve, facts, filesBeside, ask, rng: chance, emit: timeline.emit, signal };
  }

  async #onClock<T>(cell: Cell, work: (clock: Clock) => Promise<T>): Promise<T> {
    const { timeline, real, realTime } = this.#running;
    const clock = cell.board.local && !realTime ? createVirtualClock() : real;
    const entered = timeline.enter(clock);
    const startedAt = clock.now();
    try {
      return await clock.drive(work(clock));
    } finally {
      this.#durationMs += clock.now() - startedAt;
      entered.leave();
    }
  }

  /** The board could not begin. */
  noteTrouble(board: string, error: BootproofError): void {
    const { message, fault } = error;
    this.tries.push({
      board,
      end: { outcome: outcomeOfFault(fault), reason: message, diagnostics: [diagnosticOfError(error, undefined)] },
    });
  }

  /** The end of the cell, by what its attempts amount to. */
  end(): CellOutcome {
    const outcomes = this.tries.map(({ end }) => end.outcome);
    const judged = outcomeOfAttempts(outcomes);
    // What was cancelled before it began was never started.
    const outcome = judged === 'aborted' && this.#attempts === 0 ? 'not-run' : judged;
    const decisive = this.tries.findLast(({ end }) => end.outcome === (outcome === 'flaky' ? 'failed' : outcome)) ?? this.tries.at(-1);
    return this.endAs(outcome, decisive?.end ?? { diagnostics: [] });
  }

  /** The end of the cell as it is told; known issues may excuse it. */
  endAs(judged: CellOutcome, { reason: told, diagnostics = [] }: Partial<AttemptEnd>): CellOutcome {
    const { timeline, knownIssues = { issues: [], today: '' } } = this.#running;
    const { outcome, reason, issue } = withKnownIssue(this.planned, { outcome: judged, reason: told }, knownIssues);
    const whole = this.#attempts > 1 ? timeline.now() - (this.#startedAt ?? timeline.now()) : 0;
    timeline.emit({
      kind: 'cell-end',
      cell: this.planned.id,
      outcome,
      diagnostics,
      attempts: this.#attempts,
      durationMs: Math.round(Math.max(this.#durationMs, whole) * 1000) / 1000,
      ...(reason === undefined || outcome === 'passed' ? {} : { reason }),
      ...(issue === undefined ? {} : { issue: { id: issue.id, ticket: issue.ticket } }),
    });
    return outcome;
  }

  #begin(): void {
    if (this.#startedAt !== undefined) return;
    const { timeline } = this.#running;
    this.#startedAt = timeline.now();
    timeline.emit({ kind: 'cell-start', cell: this.planned.id });
  }

  #files({ id }: Cell, attempt: number, document: string): StepFiles {
    const { readFile, keepFile, timeline } = this.#running;
    return {
      folder: folderOf(document),
      read: (path) => readFile(path, document),
      keep: (name, bytes) => {
        const path = keepFile(id, attempt === 1 ? name : `attempt-${attempt}-${name}`, bytes);
        timeline.emit({ kind: 'artifact', name, path, bytes: bytes.length, cell: id, attempt });
        return path;
      },
    };
  }

  #sources({ axes }: Cell): Omit<InputSources, 'facts'> {
    const { set, plan, seed, readFile } = this.#running;
    // Built images depend on the seed and on what they are built of, so that all cells prove the same bytes.
    return { set, axes, plan, rng: createRng(seed), readFile };
  }
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}
