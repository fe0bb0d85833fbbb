/**
 * The matrix of a plan as its combinations, in exactly this order: the product of the axes, what `add` adds, what `set`
 * sets, without what `drop` drops. What boards can do and `reduce` come later, when cells are made.
 */

import type { AxisValue, Combination, DroppedCombination } from '../model.ts';

export interface MatrixParts {
  readonly axes: Readonly<Record<string, readonly AxisValue[]>>;
  readonly add: readonly Combination[];
  readonly set: readonly { readonly match: Combination; readonly values: Combination }[];
  /** The key `reason` is no axis. */
  readonly drop: readonly Combination[];
}

/** Indexes are those of the lists in the parts. */
export interface Expansion {
  readonly kept: readonly Combination[];
  readonly dropped: readonly DroppedCombination[];
  /** Entries of `add` that repeat a combination that was there. */
  readonly repeated: readonly number[];
  /** Entries of `set` and of `drop` that match nothing. */
  readonly idle: { readonly set: readonly number[]; readonly drop: readonly number[] };
  /** A combination that `set` made equal to another one. */
  readonly twin: Combination | undefined;
}

/** How many combinations the axes make. */
export function productSize(axes: MatrixParts['axes']): number {
  return Object.values(axes).reduce((product, values) => product * values.length, 1);
}

/** Every combination of the values of the axes; without axes the empty one. */
export function product(axes: MatrixParts['axes']): readonly Combination[] {
  return Object.entries(axes).reduce<readonly Combination[]>(
    (rows, [axis, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [axis]: value }))),
    [{}],
  );
}

export function expandMatrix({ axes, add, set, drop }: MatrixParts): Expansion {
  const rows = Object.keys(axes).length === 0 ? [] : product(axes);
  const known = new Set(rows.map(combinationKey));
  const repeated = indexesWhere(add, (one) => known.has(combinationKey(one)));
  const all = [...rows, ...add.filter((_, index) => !repeated.includes(index))];
  const idleSet: number[] = [];
  const changed = set.reduce<readonly Combination[]>((before, { match, values }, index) => {
    if (!before.some((row) => matches(row, match))) idleSet.push(index);
    return before.map((row) => (matches(row, match) ? { ...row, ...values } : row));
  }, all);
  const drops = drop.map(splitReason);
  const dropped: DroppedCombination[] = [];
  const kept = changed.filter((combination) => {
    const hit = drops.find(({ match }) => matches(combination, match));
    if (hit !== undefined) dropped.push({ combination, reason: hit.reason });
    return hit === undefined;
  });
  const idleDrop = indexesWhere(drops, ({ match }) => !changed.some((row) => matches(row, match)));
  return { kept, dropped, repeated, idle: { set: idleSet, drop: idleDrop }, twin: findTwin(kept) };
}

/** Equal combinations have equal keys, in whatever order their axes stand. */
export function combinationKey(combination: Combination): string {
  return JSON.stringify(Object.entries(combination).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function matches(row: Combination, match: Combination): boolean {
  return Object.entries(match).every(([axis, value]) => row[axis] === value);
}

function splitReason({ reason, ...match }: Combination): { readonly match: Combination; readonly reason: string | undefined } {
  return { match, reason: reason === undefined ? undefined : String(reason) };
}

function indexesWhere<T>(items: readonly T[], test: (item: T) => boolean): number[] {
  return items.flatMap((item, index) => (test(item) ? [index] : []));
}

function findTwin(rows: readonly Combination[]): Combination | undefined {
  const seen = new Set<string>();
  return rows.find((row) => seen.size === seen.add(combinationKey(row)).size);
}
