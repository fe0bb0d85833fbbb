/** What `bootproof plan` shows, and how it is found out. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { RunEvent } from '../events/event.ts';
import { decodeEvents } from '../events/log.ts';
import { createCell } from '../run/cell.ts';
import type { Cell } from '../run/cell.ts';
import { estimateCells } from '../run/estimate.ts';
import { expandCells, run } from '../run/run.ts';
import type { RunOptions } from '../run/run-options.ts';
import { createBoards } from './boards.ts';
import { readBeside } from './documents.ts';
import type { CliIo } from './io.ts';
import { describePlan, planText } from './plan-view.ts';
import { planRun } from './planning.ts';
import type { Planning, PlanningFlags } from './planning.ts';

export interface PlanFlags extends PlanningFlags {
  readonly history: string;
  readonly json: boolean;
}

/** Shows the plan and gives the exit code. Throws input errors for what the user asked wrongly. */
export async function composePlan(paths: readonly string[], flags: PlanFlags, io: CliIo): Promise<number> {
  const planning = await planRun({ paths, flags, io, judge: true });
  if (planning === undefined) return 2;
  const able = planning.cells.filter((cell) => !planning.obstacles.has(cell));
  const options = quietOptions({ ...planning, seed: flags.seed });
  const cells = await expandCells({ ...options, cells: able });
  const times = await estimateCells(cells, { history: readHistory(flags.history), rehearse: (cell) => rehearse(cell, options) });
  const shown = { ...planning, cells, times };
  io.stdout(flags.json ? `${JSON.stringify(describePlan(shown), null, 2)}\n` : planText(shown));
  return cells.length > 0 ? 0 : 2;
}

/** A run of which nothing is kept. */
function quietOptions({ plan, set, axes, seed }: Planning & { readonly seed: number }): Omit<RunOptions, 'cells'> {
  return {
    id: 'plan',
    seed,
    version: packageJson.version,
    host: {},
    selection: {},
    plan,
    set,
    axes,
    jobs: 1,
    realTime: false,
    bail: false,
    readFile: readBeside,
    keepFile: (_, name) => name,
    write: () => undefined,
    signal: new AbortController().signal,
  };
}

/** On a board of this process as it is; for every other board on the built-in simulated one. */
async function rehearse(cell: Cell, options: Omit<RunOptions, 'cells'>): Promise<number | undefined> {
  const [simulated] = createBoards(undefined);
  const here = cell.board.local ? cell : createCell(cell.pipeline, simulated!, cell.axes);
  const known = here.board.transports.includes(here.transport) ? here : { ...here, transport: here.board.transports[0]! };
  let ms: number | undefined;
  const write = (event: RunEvent): void => {
    if (event.kind === 'cell-end' && event.attempts > 0) ms = event.durationMs;
  };
  await run({ ...options, axes: new Map(), cells: [known], write });
  return ms;
}

/** Nothing when there is no such run. */
function readHistory(folder: string): readonly RunEvent[] {
  const path = join(folder, 'events.jsonl');
  return existsSync(path) ? decodeEvents(readFileSync(path)).events : [];
}
