/**
 * Sweeps: a fault `at: {flash-op: all}` becomes one cell for each flash operation of its step. How many there are is
 * found by a rehearsal: the pipeline as it is, quietly and in virtual time, with a fault that comes after the last one.
 */

import { createRng, sampleOf } from '../base/rng.ts';
import type { Rng } from '../base/rng.ts';
import type { RunEvent } from '../events/event.ts';
import type { CellOutcome } from '../events/outcome.ts';
import type { AnyStep, Fault, Pipeline } from '../language/model.ts';
import { createCell } from './cell.ts';
import type { Cell, SweepPlace } from './cell.ts';

/** The axis that each sweep adds. */
const sweepAxis = 'flash-op';

export interface SweepOptions {
  readonly seed: number;
  /** Runs a cell outside of the run. */
  readonly rehearse: (cell: Cell, write: (event: RunEvent) => void) => Promise<unknown>;
}

/** The cells with each sweep in place of the cell that asks for it. Cells without a sweep stay as they are. */
export async function expandSweeps(cells: readonly Cell[], options: SweepOptions): Promise<readonly Cell[]> {
  const expanded: Cell[] = [];
  for (const cell of cells) {
    const step = sweptStepOf(cell.pipeline);
    if (step === undefined) expanded.push(cell);
    else for (const one of await expandCell(cell, step, options)) expanded.push(one);
  }
  return expanded;
}

/** A number that no step comes to. */
const beyondAll = Number.MAX_SAFE_INTEGER;

async function expandCell(cell: Cell, step: SweptStep, { seed, rehearse }: SweepOptions): Promise<readonly Cell[]> {
  const undisturbed = { ...cell, pipeline: withOperation(cell.pipeline, step, beyondAll) };
  const told: number[] = [];
  await rehearse(undisturbed, (event) => void told.push(...operationsToldBy(event, step)));
  const [total] = told;
  // What keeps the rehearsal from getting there decides the cell as well.
  if (total === undefined) return [undisturbed];
  // A step without any still has a cell, which fails and says so.
  if (total === 0) return [atOperation(cell, step, 1)];
  return chooseOperations(step.choice, total, createRng(seed).fork(cell.id)).map((operation) => ({
    ...atOperation(cell, step, operation),
    sweep: { of: cell.id, operation, total },
  }));
}

function atOperation(cell: Cell, step: SweptStep, operation: number): Cell {
  return createCell(withOperation(cell.pipeline, step, operation), cell.board, { ...cell.axes, [sweepAxis]: operation });
}

type Choice = 'all' | { readonly every?: number; readonly sample?: number };

interface SweptStep {
  readonly step: AnyStep;
  /** Such as `steps[2]`. */
  readonly path: string;
  readonly choice: Choice;
}

/** The language lets one sweep into a pipeline, and expressions only into single operations. */
function sweptStepOf({ setup, steps }: Pipeline): SweptStep | undefined {
  for (const [section, list] of Object.entries({ setup, steps })) {
    for (const [index, step] of list.entries()) {
      const choice = step.fault?.at?.['flash-op'];
      if (choice === 'all' || typeof choice === 'object') return { step, path: `${section}[${index}]`, choice: choice as Choice };
    }
  }
  return undefined;
}

function withOperation(pipeline: Pipeline, { step: swept }: SweptStep, operation: number): Pipeline {
  const replace = (step: AnyStep): AnyStep =>
    step === swept ? { ...step, fault: { ...(step.fault as Fault), at: { 'flash-op': operation } } } : step;
  return { ...pipeline, setup: pipeline.setup.map(replace), steps: pipeline.steps.map(replace) };
}

/** A fault that came too late says how many operations there were. */
function operationsToldBy(event: RunEvent, { path }: SweptStep): readonly number[] {
  if (event.kind !== 'step-end' || event.step !== path) return [];
  return event.diagnostics.flatMap(({ code, found }) => (code === 'fault-missed' && typeof found === 'number' ? [found] : []));
}

/** In ascending order, so that the first cell that fails has the smallest operation. */
function chooseOperations(choice: Choice, total: number, rng: Rng): readonly number[] {
  const all = Array.from({ length: total }, (_, index) => index + 1);
  if (choice === 'all') return all;
  const { every = 1, sample = all.length } = choice;
  const stride = all.filter((_, index) => index % every === 0);
  return sampleOf(stride, sample, rng);
}

const harmless: ReadonlySet<CellOutcome> = new Set<CellOutcome>(['passed', 'skipped', 'not-applicable', 'xfailed', 'not-run', 'aborted']);

/** For each sweep with failures one sentence about the smallest operation, with the command that repeats it. */
export function describeSweeps(outcomes: ReadonlyMap<Cell, CellOutcome>, commandFor: (cell: Cell) => string): readonly string[] {
  const failures = new Map<string, { readonly least: Cell; readonly place: SweepPlace; count: number }>();
  for (const [cell, outcome] of outcomes) {
    const place = cell.sweep;
    if (place === undefined || harmless.has(outcome)) continue;
    const known = failures.get(place.of);
    const isLeast = known === undefined || place.operation < known.place.operation;
    failures.set(place.of, { ...(isLeast ? { least: cell, place } : known), count: (known?.count ?? 0) + 1 });
  }
  return [...failures].map(([sweep, { least, place, count }]) => {
    const where = `the smallest is ${place.operation} of ${place.total}`;
    return `the sweep ${sweep} fails at ${count} flash operation${count === 1 ? '' : 's'}; ${where}: ${commandFor(least)}`;
  });
}
