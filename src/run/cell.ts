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
