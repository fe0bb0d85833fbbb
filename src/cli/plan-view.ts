/** A plan for people and for other programs. */

import { formatDuration } from '../base/quantities.ts';
import { shownAxes } from '../run/cell.ts';
import type { Cell } from '../run/cell.ts';
import type { Planning } from './planning.ts';

export interface ShownPlan extends Planning {
  /** Those that run, sweeps expanded. */
  readonly cells: readonly Cell[];
  /** Milliseconds; not of all cells anything is known. */
  readonly times: ReadonlyMap<Cell, number>;
}

/** As `schemas/output/plan.schema.json` says. */
export function describePlan({ plan, cells, obstacles, times, reduced, boards }: ShownPlan): object {
  return {
    ...(plan === undefined ? {} : { plan: plan.id }),
    cells: cells.map((cell) => ({ ...cellKey(cell), ...(times.has(cell) ? { estimateMs: times.get(cell) } : {}) })),
    notApplicable: [...obstacles].map(([cell, reason]) => ({ ...cellKey(cell), reason })),
    dropped: (plan?.dropped ?? []).map(({ combination, reason }) => ({ axes: combination, ...(reason === undefined ? {} : { reason }) })),
    reducedBy: plan?.reduce.to ?? 'full',
    reduced,
    boards: boardTimes({ boards, cells, times }).map(({ board, count, ms }) => ({ board, cells: count, estimateMs: ms })),
    estimated: times.size,
  };
}

function cellKey({ id, pipeline, board, axes, transport }: Cell): object {
  return { cell: id, pipeline: pipeline.id, board: board.name, transport, axes };
}

export function planText(shown: ShownPlan): string {
  const dropped = (shown.plan?.dropped ?? []).map(
    ({ combination, reason }) => `  ${axesText(combination)}${reason === undefined ? '' : `: ${reason}`}`,
  );
  const boards = boardTimes(shown).map(({ board, count, ms }) => `  ${board}  ${cellsText(count)}, about ${formatDuration(ms)}`);
  return [
    ...pipelineLines(shown),
    ...(dropped.length === 0 ? [] : ['', 'dropped by the plan', ...dropped]),
    '',
    totalLine(shown),
    ...boards,
    '',
  ].join('\n');
}

function pipelineLines({ cells, obstacles, times }: ShownPlan): readonly string[] {
  const rows = new Map<string, string[]>();
  const add = (cell: Cell, remark: string): void => {
    const { id, title } = cell.pipeline;
    const known = rows.get(id) ?? [`${id}  ${title}`];
    known.push(row(cell, remark));
    rows.set(id, known);
  };
  for (const cell of cells) add(cell, times.has(cell) ? formatDuration(times.get(cell)!) : '');
  for (const [cell, reason] of obstacles) add(cell, `not applicable: ${reason}`);
  return [...rows.values()].flat();
}

function totalLine({ plan, cells, obstacles, times, reduced }: ShownPlan): string {
  const parts = [
    `${cellsText(cells.length)} to run`,
    ...(obstacles.size > 0 ? [`${obstacles.size} not applicable`] : []),
    ...(reduced > 0 ? [`${reduced} left out by reduce`] : []),
    ...(times.size === cells.length ? [] : [`the time of ${cells.length - times.size} is not known`]),
  ];
  return `${plan === undefined ? '' : `plan ${plan.id}: `}${parts.join(', ')}`;
}

function cellsText(count: number): string {
  return `${count} cell${count === 1 ? '' : 's'}`;
}

function row(cell: Cell, remark: string): string {
  return `  ${cell.board.name.padEnd(12)} ${axesText(shownAxes(cell.axes)).padEnd(36)} ${remark}`.trimEnd();
}

function axesText(axes: Cell['axes']): string {
  return Object.entries(axes)
    .map(([axis, value]) => `${axis}=${String(value)}`)
    .join(',');
}

/** Boards that have something to do. Cells of one board run one after another. */
function boardTimes({
  boards,
  cells,
  times,
}: Pick<ShownPlan, 'boards' | 'cells' | 'times'>): readonly { board: string; count: number; ms: number }[] {
  return boards.flatMap((board) => {
    const own = cells.filter((cell) => cell.board === board);
    const ms = own.reduce((sum, cell) => sum + (times.get(cell) ?? 0), 0);
    return own.length === 0 ? [] : [{ board: board.name, count: own.length, ms }];
  });
}
