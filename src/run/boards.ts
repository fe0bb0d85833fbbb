/** All boards at work: each has a lane of cells, one after another. A cell that its board cannot finish may move to another lane. */

import { setMaxListeners } from 'node:events';
import { createRng } from '../base/rng.ts';
import type { CellOutcome } from '../events/outcome.ts';
import { whyNotApplicable } from './applicable.ts';
import { CellRun } from './cell-run.ts';
import type { Facts, Running } from './cell-run.ts';
import type { Cell } from './cell.ts';
import { claimsOf } from '../device/board-group.ts';
import { BoardKeeper } from './keeper.ts';
import { asBootproofError, exitCodeOfRun, whyStopped } from './outcome.ts';
import { untilIdle } from './pace.ts';
import { mayRetry, noRetry } from './retry.ts';
import type { Lane } from './schedule.ts';
import { runLanes } from './schedule.ts';

/** How long a cell waits for a board that another process uses, where the run does not say. */
const busyMs = 60_000;

/** Runs all cells; each gets exactly one outcome. */
export async function runBoards(cells: readonly Cell[], running: Running): Promise<ReadonlyMap<Cell, CellOutcome>> {
  const stop = new AbortController();
  const signal = AbortSignal.any([running.signal, stop.signal]);
  // Every board at work listens.
  setMaxListeners(0, signal);
  const outcomes = new Map<Cell, CellOutcome>();
  const lanes = new Map<string, BoardLane>();
  const ended = (cell: Cell, outcome: CellOutcome): void => {
    outcomes.set(cell, outcome);
    if (running.bail && exitCodeOfRun([outcome], false) !== 0 && outcome !== 'not-applicable') stop.abort();
  };
  const laneOf = (cell: Cell): BoardLane => {
    // Boards that live in virtual time share one lane, so that a run repeats exactly.
    const name = cell.board.local && !running.realTime ? '' : cell.board.name;
    const lane = lanes.get(name) ?? new BoardLane(cell, { running, signal, lanes, ended });
    lanes.set(name, lane);
    return lane;
  };
  for (const cell of cells) {
    const past = running.past?.cells.get(cell.id);
    const openOn = past?.open === undefined ? undefined : cells.find(({ board }) => board.name === past.open?.start.board);
    if (past?.outcome !== undefined) outcomes.set(cell, past.outcome);
    // What a dead runner left on a board is cleared away before anything else runs there.
    else if (openOn !== undefined) laneOf(openOn).addFirst(new CellRun(cell, running, past));
    else laneOf(cell).add(new CellRun(cell, running, past));
  }
  const all = [...lanes.values()];
  await runLanes(all, { jobs: running.jobs, ready: () => untilIdle(running.real, signal) });
  await Promise.all(all.map((lane) => lane.release()));
  // In the order of the plan, whatever the order of the ends.
  return new Map(cells.flatMap((cell) => (outcomes.has(cell) ? [[cell, outcomes.get(cell)!] as const] : [])));
}

interface LaneContext {
  readonly running: Running;
  readonly signal: AbortSignal;
  readonly lanes: ReadonlyMap<string, BoardLane>;
  readonly ended: (cell: Cell, outcome: CellOutcome) => void;
}

class BoardLane implements Lane {
  readonly resources: readonly string[];
  readonly #first: Cell;
  readonly #context: LaneContext;
  readonly #keeper: BoardKeeper | undefined;
  readonly #queue: CellRun[] = [];

  constructor(first: Cell, context: LaneContext) {
    const { running, signal } = context;
    const { board } = first;
    this.#first = first;
    this.#context = context;
    this.resources = claimsOf(board);
    if (board.upkeep === undefined) return;
    const { real: clock, seed, claims } = running;
    const rng = createRng(seed).fork(`upkeep of ${board.name}`);
    const { emit } = running.timeline;
    this.#keeper = new BoardKeeper({ board, upkeep: board.upkeep, clock, rng, emit, signal, claims, busyMs: running.busyMs ?? busyMs });
  }

  add(run: CellRun): void {
    this.#queue.push(run);
  }

  addFirst(run: CellRun): void {
    this.#queue.unshift(run);
  }

  hasWork(): boolean {
    return this.#queue.length > 0;
  }

  async work(): Promise<void> {
    const run = this.#queue.shift();
    if (run === undefined) return;
    const { signal, running } = this.#context;
    if (signal.aborted) {
      const reason = running.signal.aborted ? whyStopped(running.signal) : 'an earlier cell failed (--bail)';
      this.#end(run, run.tries.length > 0 ? run.end() : run.endAs(run.hasStarted ? 'aborted' : 'not-run', { reason }));
      return;
    }
    const drained = this.#keeper?.drained;
    if (drained !== undefined)
      return this.#handOver(run, () => run.endAs('not-run', { reason: `its board was given up: ${drained.message}` }));
    await this.#try(run);
  }

  release(): Promise<void> {
    return this.#keeper?.release(this.#first) ?? Promise.resolve();
  }

  /** One attempt, and what follows from it. */
  async #try(run: CellRun): Promise<void> {
    const { signal, running } = this.#context;
    const cell = this.#cellHere(run);
    let free = (): void => undefined;
    try {
      const obstacle = await this.#obstacle(cell);
      if (obstacle !== undefined && run.tries.length === 0) {
        this.#end(run, run.endAs('not-applicable', { reason: obstacle }));
        return;
      }
      free = (await this.#keeper?.prepare(cell)) ?? free;
      const { facts, unmet } = await this.#factsFor(cell);
      if (unmet !== undefined && run.tries.length === 0) {
        this.#end(run, run.endAs('not-applicable', { reason: unmet }));
        return;
      }
      await run.endOpenAttempt(cell, facts, signal);
      const end = await run.attempt(cell, facts, signal);
      await this.#keeper?.settle(cell, end.outcome);
    } catch (thrown) {
      run.noteTrouble(cell.board.name, asBootproofError(thrown));
    } finally {
      free();
    }
    const policy = running.retry ?? noRetry;
    const again =
      !signal.aborted &&
      mayRetry(
        policy,
        run.tries.map(({ end }) => end.outcome),
      );
    if (!again) {
      this.#end(run, run.end());
      return;
    }
    if (policy.board === 'other' || this.#keeper?.drained !== undefined) return this.#handOver(run, () => run.end());
    this.#queue.unshift(run);
  }

  /** Facts that cannot be had are trouble with the board, which `prepare` is there for. */
  async #obstacle(cell: Cell): Promise<string | undefined> {
    const { running, signal } = this.#context;
    const facts = await cell.board.facts({ clock: running.real, signal }).catch(() => undefined);
    return facts === undefined ? undefined : whyNotApplicable(cell, facts);
  }

  /** The firmware is asked only where the pipeline requires what nobody has declared. */
  async #factsFor(cell: Cell): Promise<{ readonly facts: Facts; readonly unmet: string | undefined }> {
    const { running, signal } = this.#context;
    const known = await cell.board.facts({ clock: running.real, signal });
    if (this.#keeper === undefined || whyNotApplicable(cell, known, { final: true }) === undefined)
      return { facts: known, unmet: undefined };
    await this.#keeper.learn(cell);
    const facts = await cell.board.facts({ clock: running.real, signal });
    return { facts, unmet: whyNotApplicable(cell, facts, { final: true }) };
  }

  /** Gives the cell to another board that fits, if the run allows that; else tries again here, or ends it. */
  async #handOver(run: CellRun, end: () => CellOutcome): Promise<void> {
    const { running, lanes } = this.#context;
    const allowed = running.retry?.board === 'other' && run.planned.axes['board'] === undefined;
    for (const lane of allowed ? lanes.values() : []) {
      if (lane !== this && (await lane.#fits(run))) {
        lane.add(run);
        return;
      }
    }
    if (this.#keeper?.drained === undefined) this.#queue.unshift(run);
    else this.#end(run, end());
  }

  /** Boards of one kind share a label. A board that has tried already is no other board. */
  async #fits(run: CellRun): Promise<boolean> {
    const { board } = this.#first;
    if (this.#keeper === undefined || this.#keeper.drained !== undefined) return false;
    if (run.tries.some((one) => one.board === board.name)) return false;
    const { labels } = run.planned.board;
    if (labels.length > 0 && !labels.some((label) => board.labels.includes(label))) return false;
    const { running, signal } = this.#context;
    const facts = await board.facts({ clock: running.real, signal }).catch(() => undefined);
    return facts !== undefined && whyNotApplicable(this.#cellHere(run), facts) === undefined;
  }

  #cellHere(run: CellRun): Cell {
    return this.#keeper === undefined ? run.planned : { ...run.planned, board: this.#keeper.board };
  }

  #end(run: CellRun, outcome: CellOutcome): void {
    this.#context.ended(run.planned, outcome);
  }
}
