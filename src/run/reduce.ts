/**
 * Fewer cells than all that can run: so many that each pair of values of two axes occurs, or so many drawn from the seed. Each
 * pipeline is reduced by itself, and the board counts as an axis.
 */

import { sampleOf, shuffled, type Rng } from '../base/rng.ts';
import type { Reduction } from '../language/model.ts';
import type { Cell } from './cell.ts';

/** The chosen cells, in the order in which they came. Equal seeds choose equal cells. */
export function reduceCells(cells: readonly Cell[], reduction: Reduction, rng: Rng): readonly Cell[] {
  if (reduction.to === 'full') return cells;
  const byPipeline = new Map<string, Cell[]>();
  for (const cell of cells) {
    const group = byPipeline.get(cell.pipeline.id);
    if (group === undefined) byPipeline.set(cell.pipeline.id, [cell]);
    else group.push(cell);
  }
  return [...byPipeline].flatMap(([pipeline, group]) => {
    const order = rng.fork(pipeline);
    return reduction.to === 'sample' ? sampleOf(group, reduction.count, order) : coverPairs(group, order);
  });
}

/**
 * Takes, again and again, the cell that has the most pairs that none before it had. A pair that no cell can have (dropped,
 * or no board can do it) is not waited for.
 */
function coverPairs(cells: readonly Cell[], rng: Rng): readonly Cell[] {
  const pairsOf = createPairNumbers();
  // Shuffled, so that another seed covers the pairs by other cells; ties are broken by this order.
  const candidates = shuffled(cells, rng).map((cell) => ({ cell, pairs: pairsOf(cell) }));
  const open = new Set(candidates.flatMap(({ pairs }) => pairs));
  const chosen = new Set<Cell>();
  // A cell never covers more than it did before, so an old count is a bound: most cells need not be counted again.
  let bounds = candidates.map((candidate) => ({ ...candidate, bound: candidate.pairs.length }));
  while (open.size > 0) {
    let best: { readonly index: number; readonly gain: number } | undefined;
    for (const [index, candidate] of bounds.entries()) {
      if (best !== undefined && candidate.bound <= best.gain) continue;
      candidate.bound = candidate.pairs.filter((pair) => open.has(pair)).length;
      if (best === undefined || candidate.bound > best.gain) best = { index, gain: candidate.bound };
    }
    const { cell, pairs } = bounds[best!.index]!;
    chosen.add(cell);
    for (const pair of pairs) open.delete(pair);
    bounds = bounds.filter(({ bound }) => bound > 0);
  }
  return cells.filter((cell) => chosen.has(cell));
}

/** Each pair of values of two axes as a number: strings of so many pairs would take longer than all the rest. */
function createPairNumbers(): (cell: Cell) => readonly number[] {
  const numbers = new Map<string, number>();
  const numberOf = (value: string): number => {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    numbers.set(value, numbers.size);
    return numbers.size - 1;
  };
  return ({ id, axes, board }) => {
    const values = Object.entries({ ...axes, board: board.name }).map(([axis, value]) => numberOf(`${axis}=${value}`));
    // A cell with less than two axes is a pair by itself.
    if (values.length < 2) return [-1 - numberOf(id)];
    return values.flatMap((one, index) => values.slice(index + 1).map((other) => Math.min(one, other) * valuesMax + Math.max(one, other)));
  };
}

/** More values than any plan has. */
const valuesMax = 1_000_000;
