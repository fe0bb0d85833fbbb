/** From what a user asks for to cells: documents, the plan, the boards, and what is left of the matrix on them. */

import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { createRealClock } from '../base/clock-real.ts';
import { deadline } from '../base/clock.ts';
import { createRng } from '../base/rng.ts';
import type { Board } from '../device/board.ts';
import { formatDiagnostic, hasErrors } from '../language/diagnostics.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import type { Pipeline, Plan } from '../language/model.ts';
import { matchesWildcard } from '../language/wildcard.ts';
import { whyNotApplicable } from '../run/applicable.ts';
import type { Cell } from '../run/cell.ts';
import { checkPlanFits } from '../run/check-plan.ts';
import { planCells } from '../run/plan.ts';
import { reduceCells } from '../run/reduce.ts';
import { chooseBoards, createBoards, readPins } from './boards.ts';
import { findPipelines, loadOne, loadPipelines } from './documents.ts';
import type { FilesRead } from './documents.ts';
import { flagError, readSetting } from './flags.ts';
import type { CliIo } from './io.ts';
import { checkSettings, selectByTags } from './selection.ts';

export interface PlanningFlags {
  readonly plan?: string;
  readonly bench?: string;
  readonly on: readonly string[];
  readonly set: readonly string[];
  readonly axis: readonly string[];
  readonly tag: readonly string[];
  readonly notTag: readonly string[];
  readonly seed: number;
}

export interface Planning {
  readonly plan: Plan | undefined;
  readonly boards: readonly Board[];
  readonly set: ReadonlyMap<string, string>;
  readonly axes: ReadonlyMap<string, string>;
  /** What runs, and what is not applicable. Sweeps are not expanded yet. */
  readonly cells: readonly Cell[];
  /** Why cells are not applicable, as far as it is known before the run. */
  readonly obstacles: ReadonlyMap<Cell, string>;
  /** How many cells that could run `reduce` left out. */
  readonly reduced: number;
}

export interface PlanningOptions {
  readonly paths: readonly string[];
  readonly flags: PlanningFlags;
  readonly io: CliIo;
  /** Asks all boards for their facts, to know what is not applicable before the run. A plan that reduces asks in any case. */
  readonly judge: boolean;
  /** Takes note of all files that cells are made of. */
  readonly read?: FilesRead;
}

/** Undefined when documents have mistakes, which are then shown. Throws input errors for what the user asked wrongly. */
export async function planRun({ paths, flags, io, judge, read }: PlanningOptions): Promise<Planning | undefined> {
  const set = new Map(flags.set.map((text) => readSetting('--set', text)));
  const axes = new Map(flags.axis.map((text) => readSetting('--axis', text)));
  const { document: plan, diagnostics: planMistakes } = loadOne('plan', flags.plan, read);
  const { document: bench, diagnostics: benchMistakes } = loadOne('bench', flags.bench, read);
  if (showDiagnostics([...planMistakes, ...benchMistakes], io)) return undefined;
  const { pipelines, diagnostics } = loadPipelines(pathsOf(plan, paths), read);
  if (showDiagnostics(diagnostics, io)) return undefined;
  const selected = select(pipelines, { plan, paths, flags });
  checkSettings(set, selected);
  const all = createBoards(bench, read);
  const misfits =
    plan === undefined ? [] : checkPlanFits(plan, { pipelines: selected, boards: all, exists: (path) => existsSync(beside(plan, path)) });
  if (showDiagnostics(misfits, io)) return undefined;
  const chosen = chooseBoards(chooseBoards(all, plan?.boards ?? []), flags.on);
  const cells = planCells({ pipelines: selected, boards: { all, chosen, pins: readPins(flags.on) }, combinations: plan?.combinations });
  const reduction = plan?.reduce ?? { to: 'full' };
  const obstacles = judge || reduction.to !== 'full' ? await findObstacles(cells) : new Map<Cell, string>();
  const able = cells.filter((cell) => !obstacles.has(cell));
  const kept = new Set(reduceCells(able, reduction, createRng(flags.seed).fork('reduce')));
  const planned = cells.filter((cell) => kept.has(cell) || obstacles.has(cell));
  return { plan, boards: chosen, set, axes, cells: planned, obstacles, reduced: able.length - kept.size };
}

/** Shows all diagnostics; true when one of them is an error. */
export function showDiagnostics(diagnostics: readonly Diagnostic[], io: CliIo): boolean {
  for (const diagnostic of diagnostics) io.stderr(`${formatDiagnostic(diagnostic)}\n`);
  return hasErrors(diagnostics);
}

function pathsOf(plan: Plan | undefined, paths: readonly string[]): readonly string[] {
  if (plan !== undefined) return plan.select.paths.map((path) => beside(plan, path));
  return paths.length === 0 ? ['pipelines'] : paths;
}

/** A path of the plan, as the working folder sees it. */
function beside(plan: Plan, path: string): string {
  return relative('.', resolve(dirname(plan.source.name), path)) || '.';
}

/** What tags and ids let pass; beside a plan, paths narrow what it selects. */
function select(
  pipelines: readonly Pipeline[],
  { plan, paths, flags }: { plan: Plan | undefined; paths: readonly string[]; flags: PlanningFlags },
): readonly Pipeline[] {
  if (plan === undefined) return selectByTags(pipelines, flags);
  const { ids = ['*'], tags, notTags } = plan.select;
  const named = pipelines.filter(({ id }) => ids.some((pattern) => matchesWildcard(pattern, id)));
  if (named.length === 0)
    throw flagError(
      `plan ${plan.id}: none of ${pipelines.length} pipelines has one of the ids`,
      `ids: ${pipelines.map(({ id }) => id).join(', ')}`,
    );
  const selected = selectByTags(named, { tag: [...tags, ...flags.tag], notTag: [...notTags, ...flags.notTag] });
  if (paths.length === 0) return selected;
  const asked = new Set(findPipelines(paths).map((path) => resolve(path)));
  const narrowed = selected.filter(({ source }) => asked.has(resolve(source.name)));
  if (narrowed.length > 0) return narrowed;
  throw flagError(`plan ${plan.id} selects none of the pipelines in ${paths.join(', ')}`, 'leave the paths out to run the whole plan');
}

const factsMs = 10_000;

/** Each board is asked once. One that cannot be asked now may answer in the run, so its cells stay. */
async function findObstacles(cells: readonly Cell[]): Promise<ReadonlyMap<Cell, string>> {
  const clock = createRealClock();
  const limit = deadline(clock, {
    ms: factsMs,
    why: 'asking the boards for their facts',
    reason: () => flagError('the boards did not answer in time'),
  });
  const boards = new Set(cells.map(({ board }) => board));
  const asked = [...boards].map(
    async (board) => [board, await board.facts({ clock, signal: limit.signal }).catch(() => undefined)] as const,
  );
  const facts = new Map(await Promise.all(asked));
  limit.dispose();
  const verdicts = new Map<string, string | undefined>();
  const obstacles = new Map<Cell, string>();
  for (const cell of cells) {
    const known = facts.get(cell.board);
    if (known === undefined) continue;
    const key = JSON.stringify([cell.pipeline.id, cell.board.name, cell.transport]);
    if (!verdicts.has(key)) verdicts.set(key, whyNotApplicable(cell, known));
    const verdict = verdicts.get(key);
    if (verdict !== undefined) obstacles.set(cell, verdict);
  }
  return obstacles;
}
