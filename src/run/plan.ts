/** Pipelines x boards x axes = cells, in a stable order. */

import { BootproofError } from '../base/errors.ts';
import type { Board } from '../device/board.ts';
import type { AxisValue, Pipeline } from '../language/model.ts';
import { createCell } from './cell.ts';
import type { Cell } from './cell.ts';

/** More cells than this in one run are a mistake in the axes. */
const cellsMax = 100_000;

/**
 * All cells of `pipelines`. An axis `board` chooses among all boards of the bench; without it each pipeline runs on each
 * of the `chosen` ones. Throws an input error when an id is there twice, a board is unknown, or there are too many cells.
 */
export function planCells(
  pipelines: readonly Pipeline[],
  boards: { readonly all: readonly Board[]; readonly chosen: readonly Board[] },
): readonly Cell[] {
  checkIds(pipelines);
  const cells = pipelines.flatMap((pipeline) =>
    combinations(pipeline.axes).flatMap((axes) => boardsFor(pipeline, axes, boards).map((board) => createCell(pipeline, board, axes))),
  );
  checkCellCount(cells);
  return cells;
}

/** Throws an input error when there are too many. */
export function checkCellCount({ length }: readonly Cell[]): void {
  if (length > cellsMax) throw planError(`the plan has ${length} cells; at most ${cellsMax} can run`, 'drop axes or values');
}

/** The cells in which each of `axes` has the value that is asked for. Throws an input error when there are none. */
export function narrowCells(cells: readonly Cell[], axes: ReadonlyMap<string, string>): readonly Cell[] {
  const narrowed = cells.filter((cell) => [...axes].every(([axis, value]) => String(cell.axes[axis]) === value));
  if (narrowed.length > 0) return narrowed;
  const wanted = [...axes].map(([axis, value]) => `${axis}=${value}`).join(' and ');
  throw planError(`none of ${cells.length} cells has ${wanted}`, `the last one is ${cells.at(-1)?.id ?? 'not there, either'}`);
}

function boardsFor(
  pipeline: Pipeline,
  axes: Readonly<Record<string, AxisValue>>,
  { all, chosen }: { all: readonly Board[]; chosen: readonly Board[] },
): readonly Board[] {
  const wanted = axes['board'];
  if (wanted === undefined) return chosen;
  const board = all.find(({ name }) => name === wanted);
  if (board !== undefined) return chosen.includes(board) ? [board] : [];
  throw planError(
    `${pipeline.id}: the axis board names "${wanted}", which the bench does not have`,
    `boards: ${all.map(({ name }) => name).join(', ')}`,
  );
}

function combinations(axes: ReadonlyMap<string, readonly AxisValue[]>): readonly Readonly<Record<string, AxisValue>>[] {
  let all: Readonly<Record<string, AxisValue>>[] = [{}];
  for (const [axis, values] of axes) all = all.flatMap((one) => values.map((value) => ({ ...one, [axis]: value })));
  return all;
}

function checkIds(pipelines: readonly Pipeline[]): void {
  const files = new Map<string, string>();
  for (const { id, source } of pipelines) {
    const other = files.get(id);
    if (other !== undefined)
      throw planError(`${source.name} and ${other} have the same id ${id}`, 'reports are keyed by the id: give one of them another');
    files.set(id, source.name);
  }
}

function planError(message: string, hint: string): BootproofError {
  return new BootproofError(message, { fault: 'input', code: 'plan-wrong', hint });
}
