/**
 * How long cells will take: as long as they took in a run before, or as long as a rehearsal on the simulator takes in virtual
 * time. Rehearsals are few, one for each pipeline, board and transport, so that a plan is shown at once.
 */

import type { RunEvent } from '../events/event.ts';
import type { Cell } from './cell.ts';

export interface EstimateOptions {
  /** Events of an earlier run. */
  readonly history: readonly RunEvent[];
  /** The time of a cell in virtual time, in ms; undefined where it cannot be rehearsed. */
  readonly rehearse: (cell: Cell) => Promise<number | undefined>;
}

/** More rehearsals would make people wait for the plan. */
const rehearsalsMax = 40;

/** Milliseconds by cell; cells of which nothing is known are left out. */
export async function estimateCells(cells: readonly Cell[], { history, rehearse }: EstimateOptions): Promise<ReadonlyMap<Cell, number>> {
  const before = new Map(
    history.flatMap((event) => (event.kind === 'cell-end' && event.attempts > 0 ? [[event.cell, event.durationMs] as const] : [])),
  );
  const rehearsed = new Map<string, Promise<number | undefined>>();
  const known = new Map<Cell, number>();
  for (const cell of cells) {
    const kind = JSON.stringify([cell.pipeline.id, cell.board.name, cell.transport]);
    if (!before.has(cell.id) && !rehearsed.has(kind) && rehearsed.size < rehearsalsMax) rehearsed.set(kind, rehearse(cell));
    const ms = before.get(cell.id) ?? (await rehearsed.get(kind));
    if (ms !== undefined) known.set(cell, ms);
  }
  return known;
}
