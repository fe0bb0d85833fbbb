/** Pipelines x boards x axes = cells, in a stable order. */

import { BootproofError } from '../base/errors.ts';
import type { Board } from '../device/board.ts';
import type { AxisValue, Pipeline, Combination } from '../language/model.ts';
import { combinationKey, product } from '../language/plan/matrix.ts';
import { assignRoles } from './roles.ts';
import type { RolePins } from './roles.ts';
import { createCell } from './cell.ts';
import type { Cell } from './cell.ts';

/** More cells than this in one run are a mistake in the axes. */
const cellsMax = 100_000;

export interface PlanRequest {
  readonly pipelines: readonly Pipeline[];
  readonly boards: BoardChoice;
  /** Of a plan. Each pipeline takes from them the axes that it has inputs for; its own matrix gives the others. */
  readonly combinations?: readonly Combination[] | undefined;
}

/**
 * All cells: pipelines x combinations x boards. An axis `board` chooses among all boards of the bench; without it each pipeline
 * runs on each of the `chosen` ones. Throws an input error when an id is there twice, a board is unknown, or there are too many cells.
 */
export function planCells({ pipelines, boards, combinations = [{}] }: PlanRequest): readonly Cell[] {
  checkIds(pipelines);
  const cells: Cell[] = [];
  for (const pipeline of pipelines) {
    for (const axes of axesOf(pipeline, combinations)) {
      for (const board of boardsFor(pipeline, axes, boards)) cells.push(createCell(pipeline, board, axes));
      if (cells.length > cellsMax) checkCellCount(cells);
    }
  }
  return cells;
}

/** The axes that choose from the bench instead of setting an input. */
export const benchAxes: readonly string[] = ['board', 'transport'];

/** The plan's axis goes before the pipeline's own of the same name. Combinations that differ only in axes that mean nothing here are one. */
function axesOf(pipeline: Pipeline, combinations: readonly Combination[]): readonly Combination[] {
  const means = (axis: string): boolean => benchAxes.includes(axis) || pipeline.inputs.has(axis);
  const planned = new Map<string, Combination>();
  for (const combination of combinations) {
    const meant = Object.fromEntries(Object.entries(combination).filter(([axis]) => means(axis)));
    planned.set(combinationKey(meant), meant);
  }
  return [...planned.values()].flatMap((axes) => {
    const own = [...pipeline.axes].filter(([axis]) => !Object.hasOwn(axes, axis));
    return product(Object.fromEntries(own)).map((rest) => ({ ...rest, ...axes }));
  });
}

/** Throws an input error when there are too many. */
export function checkCellCount({ length }: readonly Cell[]): void {
  if (length > cellsMax) throw planError(`the plan has ${length} cells; at most ${cellsMax} can run`, 'drop axes or values');
}

/** One of `count` equal shares of a run; `index` counts from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Every cell is in exactly one share. Throws an input error for a share without cells, which would prove nothing. */
export function shardCells(cells: readonly Cell[], { index, count }: Shard): readonly Cell[] {
  const share = cells.filter((_, at) => at % count === index - 1);
  if (share.length > 0) return share;
  throw planError(`the share ${index}/${count} has no cells: there are only ${cells.length}`, 'use fewer shares');
}

/** Throws an input error when a run that goes on has other cells than it had. */
export function checkSamePlan(cells: readonly Cell[], planned: readonly string[]): void {
  const differs = cells.length !== planned.length || cells.some(({ id }, index) => id !== planned[index]);
  if (!differs) return;
  const now = new Set(cells.map(({ id }) => id));
  const lost = planned.find((id) => !now.has(id)) ?? cells.find(({ id }) => !planned.includes(id))?.id ?? 'the order of the cells';
  throw planError(`the run cannot be resumed: its plan is another now, for example in ${lost}`, 'run it anew');
}

/** The cells in which each of `axes` has the value that is asked for. Throws an input error when there are none. */
export function narrowCells(cells: readonly Cell[], axes: ReadonlyMap<string, string>): readonly Cell[] {
  const narrowed = cells.filter((cell) => [...axes].every(([axis, value]) => String(cell.axes[axis]) === value));
  if (narrowed.length > 0) return narrowed;
  const wanted = [...axes].map(([axis, value]) => `${axis}=${value}`).join(' and ');
  throw planError(`none of ${cells.length} cells has ${wanted}`, `the last one is ${cells.at(-1)?.id ?? 'not there, either'}`);
}

/** The boards of the bench, and those that the user wants, as a whole or for single roles. */
interface BoardChoice {
  readonly all: readonly Board[];
  readonly chosen: readonly Board[];
  readonly pins?: RolePins;
}

function boardsFor(
  pipeline: Pipeline,
  axes: Readonly<Record<string, AxisValue>>,
  { all, chosen, pins = new Map() }: BoardChoice,
): readonly Board[] {
  if (pipeline.devices.size > 0) return [assignRoles(pipeline, chosen, pins)];
  const wanted = axes['board'];
  if (wanted === undefined) return chosen;
  const board = all.find(({ name }) => name === wanted);
  if (board !== undefined) return chosen.includes(board) ? [board] : [];
  throw planError(
    `${pipeline.id}: the axis board names "${wanted}", which the bench does not have`,
    `boards: ${all.map(({ name }) => name).join(', ')}`,
  );
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
