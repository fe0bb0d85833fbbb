/** Keeps one board of the lab at work: takes it, asks for a sign of life where there is doubt, brings it back, or gives it up. */

import type { Clock } from '../base/clock.ts';
import { messageOf, type BootproofError } from '../base/errors.ts';
import type { Rng } from '../base/rng.ts';
import { BenchError } from '../device/bench-error.ts';
import type { Board, OpenOptions, Upkeep } from '../device/board.ts';
import type { BoardEvent } from '../device/board-event.ts';
import { formatPlace } from '../language/diagnostics.ts';
import type { Cell } from './cell.ts';
import type { HostClaims } from './host-claims.ts';
import { isServed } from './needs.ts';
import { asBootproofError } from './outcome.ts';
import type { Emit } from './timeline.ts';

export interface KeeperOptions {
  readonly board: Board;
  readonly upkeep: Upkeep;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly claims: HostClaims | undefined;
  readonly busyMs: number;
}

/** How long a port may take to be there. A board may still erase a slot for its last client, and is silent meanwhile. */
const patience = { ms: 5_000, answerMs: 15_000 };

export class BoardKeeper {
  readonly board: Board;
  readonly #options: KeeperOptions;
  /** A board that has just passed a cell needs no question; one that has not, or that nobody has met, does. */
  #doubtful = true;
  #acquired = false;
  #drained: BootproofError | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.board = options.board;
  }

  /** Why the board gets no more work; undefined while it does. */
  get drained(): BootproofError | undefined {
    return this.#drained;
  }

  /** Makes the board ready for a cell and holds it until the function that this resolves to is called. Rejects when that cannot be; then the board is drained. */
  async prepare(cell: Cell): Promise<() => void> {
    const { claims, signal } = this.#options;
    let free = (): void => undefined;
    try {
      if (claims !== undefined) free = await this.#claim(claims);
      await this.#acquire(cell);
      if (this.#doubtful) await this.#makeHealthy(cell);
      return free;
    } catch (thrown) {
      free();
      signal.throwIfAborted();
      throw this.#drain(asBootproofError(thrown), cell);
    }
  }

  /** Asks the board for what nobody has declared. Rejects with an infra error when it does not answer. */
  async learn(cell: Cell): Promise<void> {
    await this.#options.upkeep.learn?.(this.#open(cell));
  }

  /** Notes how an attempt went. After a fault of the lab the board is brought back; returns when it answers, or is drained. */
  async settle(cell: Cell, outcome: string): Promise<void> {
    this.#doubtful = outcome !== 'passed';
    if (outcome !== 'infra' || this.#options.signal.aborted) return;
    await this.#makeHealthy(cell).catch((thrown: unknown) => this.#giveUp(thrown, cell));
  }

  /** Who cancels the run knows nothing bad of the board. */
  #giveUp(thrown: unknown, cell: Cell): void {
    if (!this.#options.signal.aborted) this.#drain(asBootproofError(thrown), cell);
  }

  /** Gives the board back to those who share it. */
  async release(cell: Cell): Promise<void> {
    const { upkeep, emit } = this.#options;
    if (!this.#acquired) return;
    this.#acquired = false;
    const lasting = new AbortController();
    await upkeep.release({ ...this.#open(cell), signal: lasting.signal }).catch((thrown: unknown) => {
      emit({ kind: 'note', severity: 'warning', text: asBootproofError(thrown).message, board: this.board.name });
    });
  }

  async #acquire(cell: Cell): Promise<void> {
    if (this.#acquired) return;
    await this.#options.upkeep.acquire(this.#open(cell));
    this.#acquired = true;
  }

  async #claim(claims: HostClaims): Promise<() => void> {
    const { upkeep, clock, signal, busyMs } = this.#options;
    try {
      return await claims.claim(upkeep.claims, { waitMs: busyMs, clock, signal });
    } catch (thrown) {
      throw upkeep.place(asBootproofError(thrown));
    }
  }

  /** Asks, and climbs the ladder rung by rung until the board answers. Rejects with what was wrong at first, unless the ladder itself is broken. */
  async #makeHealthy(cell: Cell): Promise<void> {
    const { upkeep, signal } = this.#options;
    const trouble = await this.#ask(cell, patience);
    let broken: BootproofError | undefined;
    for (const rung of trouble === undefined ? [] : upkeep.rungs) {
      signal.throwIfAborted();
      const failure = await rung.climb(this.#open(cell)).then(() => undefined, asBootproofError);
      const still = failure ?? (await this.#ask(cell, { ms: upkeep.bootMs, answerMs: upkeep.bootMs }));
      const outcome = failure !== undefined ? 'failed' : still === undefined ? 'recovered' : 'no-help';
      this.#tell(cell, { kind: 'recovery', rung: rung.name, outcome, ...(still === undefined ? {} : { detail: still.message }) });
      if (still === undefined) {
        this.#trust();
        return;
      }
      broken ??= brokenRung(failure, trouble);
    }
    if (trouble !== undefined) throw broken ?? trouble;
    this.#trust();
  }

  #trust(): void {
    this.#doubtful = false;
  }

  /** Undefined when the board is well. The firmware is not asked when the cell begins by replacing it, and a client has no answers. */
  async #ask(cell: Cell, limits: typeof patience): Promise<BootproofError | undefined> {
    const { clock, signal, upkeep } = this.#options;
    const answer = cell.pipeline.setup[0]?.verb !== 'provision' && !isServed(cell.pipeline);
    try {
      await this.board.facts({ clock, signal });
      await upkeep.checkHealth({ ...this.#open(cell), answer, ...limits });
      return undefined;
    } catch (thrown) {
      signal.throwIfAborted();
      return asBootproofError(thrown);
    }
  }

  #drain(error: BootproofError, cell: Cell): BootproofError {
    const { emit } = this.#options;
    this.#drained = error;
    this.#tell(cell, { kind: 'recovery', rung: 'drain', outcome: 'drained', detail: error.message });
    emit({ kind: 'note', severity: 'error', text: `${inWords(error)}; the board gets no more work in this run`, board: this.board.name });
    return error;
  }

  #open({ transport, id }: Cell): OpenOptions {
    const { clock, rng, signal } = this.#options;
    return { transport, clock, rng: rng.fork(id), signal, emit: (event) => this.#tellQuietly(event) };
  }

  /** What the console and the wire say while a board is asked is of no use to any cell. */
  #tellQuietly(event: BoardEvent): void {
    if (event.kind === 'command' || event.kind === 'power') this.#options.emit({ ...event, board: this.board.name });
  }

  #tell(cell: Cell, event: BoardEvent): void {
    this.#options.emit({ ...event, board: this.board.name, cell: cell.id });
  }
}

/** `lab.bench.yaml:12:15: board dk: WHY (MEND)`. */
function inWords(error: BootproofError): string {
  const place = error instanceof BenchError ? `${formatPlace(error.span)}: ` : '';
  return `${place}${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
}

/** A rung that fails at its own line of the bench is what has to be mended first: with it, the board may come back by itself. */
function brokenRung(failure: BootproofError | undefined, trouble: BootproofError | undefined): BootproofError | undefined {
  if (!(failure instanceof BenchError) || !(trouble instanceof BenchError) || failure.span.start === trouble.span.start) return undefined;
  const { fault, code, hint, span } = failure;
  const message = `${failure.message}; it was to bring the board back: ${messageOf(trouble.cause ?? trouble)}`;
  return new BenchError(message, { fault, code, cause: trouble, span, ...(hint === undefined ? {} : { hint }) });
}
