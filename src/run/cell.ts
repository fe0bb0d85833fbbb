/** The unit of execution, of retry and of reporting: one pipeline on one board with one combination of axes. */

import type { Board } from '../device/board.ts';
import type { PlannedCell } from '../events/event.ts';
import type { AxisValue, Pipeline } from '../language/model.ts';
import { positionAt } from '../language/source.ts';

export interface Cell {
  /** Pipeline, board and sorted axes: stable under reordering. */
  readonly id: string;
  readonly pipeline: Pipeline;
  readonly board: Board;
  readonly axes: Readonly<Record<string, AxisValue>>;
  /** The transport that the axes, or else the board, choose. A name that the board may not have. */
  readonly transport: string;
  /** Of a cell that is one flash operation of a sweep. */
  readonly sweep?: SweepPlace;
}

export interface SweepPlace {
  /** The id that the sweep as a whole has. */
  readonly of: string;
  /** Counts from 1 to `total`. */
  readonly operation: number;
  readonly total: number;
}

export function createCell(pipeline: Pipeline, board: Board, axes: Readonly<Record<string, AxisValue>>): Cell {
  const shown = Object.entries(shownAxes(axes)).map(([axis, value]) => `${axis}=${value}`);
  const id = `${pipeline.id}@${board.name}${shown.length === 0 ? '' : `[${shown.join(',')}]`}`;
  return { id, pipeline, board, axes, transport: String(axes['transport'] ?? board.transports[0] ?? '') };
}

/** Sorted, without the board, which is named beside them. */
export function shownAxes(axes: Cell['axes']): Cell['axes'] {
  return Object.fromEntries(
    Object.entries(axes)
      .filter(([axis]) => axis !== 'board')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

export function describeCell({ id, pipeline, board, axes }: Cell): PlannedCell {
  return {
    cell: id,
    pipeline: pipeline.id,
    title: pipeline.title,
    file: pipeline.source.name,
    line: positionAt(pipeline.source, pipeline.span.start).line,
    board: board.name,
    axes: Object.fromEntries(Object.entries(axes).map(([axis, value]) => [axis, String(value)])),
    tags: pipeline.tags,
  };
}
