/** Everything that makes a plan wrong although its schema is content. What pipelines and boards it meets is checked when cells are made. */

import { child, has, itemsOf, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { inFlow, code, list, suggestion } from '../words.ts';
import { onlyOneOf } from '../only-one-of.ts';
import type { AxisValue, Combination } from '../model.ts';
import { artifactTypes, artifactWords, type ArtifactType } from '../origin.ts';
import { expandMatrix, productSize, type MatrixParts } from './matrix.ts';

/** More combinations than this are a mistake in the axes. */
const combinationsMax = 100_000;

export interface PlanContext {
  /** Whether a file or folder exists, by a path relative to the folder of the plan; undefined when nobody can tell. */
  readonly exists: ((path: string) => boolean) | undefined;
  readonly report: Report;
}

export function checkPlan(root: Cursor, { exists, report }: PlanContext): void {
  for (const path of itemsOf(child(child(root, 'select'), 'paths'))) checkFile(path, { exists, report });
  const inputs = child(root, 'inputs');
  for (const name of keysOf(inputs)) {
    checkInput(child(inputs, name), { exists, report });
  }
  checkMatrix(child(root, 'matrix'), report);
}

/** Images and packages by where they may come from. */
const origins: Readonly<Record<ArtifactType, readonly string[]>> = { image: ['file', 'build'], package: ['file'] };

function checkInput(input: Cursor, { exists, report }: PlanContext): void {
  if (typeof input.value !== 'object' || input.value === null) return;
  onlyOneOf(input, artifactTypes, report);
  if (keysOf(input).length === 0)
    report('missing-key', keySpanOf(input), `this input needs one of ${list(artifactTypes)}`, {
      hint: 'for example `image: {file: app.bin}`',
    });
  for (const type of artifactTypes) {
    const keys = origins[type];
    const origin = child(input, type);
    onlyOneOf(origin, keys, report);
    checkFile(child(origin, 'file'), { exists, report });
    if (typeof origin.value !== 'object' || origin.value === null || keysOf(origin).length > 0) continue;
    report('missing-key', keySpanOf(origin), `${artifactWords[type]} of a plan needs ${list(keys, 'or')}`, {
      hint: `a plan is what gives ${type}s to pipelines`,
    });
  }
}

function checkFile(file: Cursor, { exists, report }: PlanContext): void {
  const path = textOf(file);
  if (path === undefined || path === '' || exists === undefined || exists(path)) return;
  report('file-missing', spanOf(file), `${code(path)} is not there`, { hint: 'paths are relative to the folder of this file' });
}

function checkMatrix(matrix: Cursor, report: Report): void {
  const parts = partsOf(matrix);
  if (parts === undefined) return;
  const axes = Object.keys(parts.axes);
  if (axes.includes('reason')) {
    const span = keySpanOf(child(child(matrix, 'axes'), 'reason'));
    return report('axis-unknown', span, '`reason` says why a combination is dropped, so no axis has that name', {
      hint: 'rename the axis',
    });
  }
  if (axes.length > 0 && productSize(parts.axes) > combinationsMax) {
    const message = `the axes make ${productSize(parts.axes)} combinations; at most ${combinationsMax} can be planned`;
    return report('out-of-range', keySpanOf(child(matrix, 'axes')), message, { hint: 'drop axes or values' });
  }
  const known = axes.length > 0 ? axes : keysOf(itemsOf(child(matrix, 'add'))[0] ?? matrix);
  const setAxes = parts.set.flatMap(({ values }) => Object.keys(values));
  for (const added of itemsOf(child(matrix, 'add'))) checkAdded(added, known, report);
  for (const set of itemsOf(child(matrix, 'set'))) checkAxes(child(set, 'match'), [...known, ...setAxes], report);
  for (const dropped of itemsOf(child(matrix, 'drop'))) checkAxes(dropped, [...known, ...setAxes, 'reason'], report);
  checkExpansion(matrix, parts, { axes: [...known, ...setAxes, 'reason'], report });
}

/** Undefined when the matrix is not there, or its schema already objects to a part. */
function partsOf(matrix: Cursor): MatrixParts | undefined {
  const axes = child(matrix, 'axes');
  const lists = [axes, child(matrix, 'add'), child(matrix, 'set'), child(matrix, 'drop')];
  if (keysOf(matrix).length === 0 || (!has(matrix, 'axes') && !has(matrix, 'add'))) return undefined;
  if (keysOf(axes).some((axis) => itemsOf(child(axes, axis)).length === 0)) return undefined;
  const rows = lists.slice(1).flatMap(itemsOf);
  if (rows.some(({ value }) => typeof value !== 'object' || value === null || Array.isArray(value))) return undefined;
  if (itemsOf(child(matrix, 'set')).some((set) => keysOf(child(set, 'match')).length === 0 || keysOf(child(set, 'values')).length === 0))
    return undefined;
  return {
    axes: (axes.value ?? {}) as Readonly<Record<string, readonly AxisValue[]>>,
    add: (child(matrix, 'add').value ?? []) as readonly Combination[],
    set: (child(matrix, 'set').value ?? []) as MatrixParts['set'],
    drop: (child(matrix, 'drop').value ?? []) as readonly Combination[],
  };
}

/** A combination of its own says everything about itself. */
function checkAdded(added: Cursor, axes: readonly string[], report: Report): void {
  checkAxes(added, axes, report);
  const missing = axes.filter((axis) => !has(added, axis));
  if (missing.length === 0) return;
  const message = `the combination has no value for ${list(missing)}`;
  report('missing-key', spanOf(added), message, { hint: 'a combination of `add` has a value for each axis' });
}

function checkAxes(combination: Cursor, axes: readonly string[], report: Report): void {
  for (const axis of keysOf(combination)) {
    if (axes.includes(axis)) continue;
    const known = axes.filter((one) => one !== 'reason');
    report('axis-unknown', keySpanOf(child(combination, axis)), `the matrix has no axis ${code(axis)}`, { hint: suggestion(axis, known) });
  }
}

function checkExpansion(matrix: Cursor, parts: MatrixParts, { axes, report }: { axes: readonly string[]; report: Report }): void {
  const { kept, repeated, idle, twin } = expandMatrix(parts);
  const item = (key: 'add' | 'set' | 'drop', index: number): Cursor => itemsOf(child(matrix, key))[index]!;
  for (const index of repeated)
    report('matrix-twice', spanOf(item('add', index)), 'the axes have this combination already', { hint: 'remove it' });
  for (const key of ['set', 'drop'] as const) {
    for (const index of idle[key]) {
      const cursor = key === 'set' ? child(item(key, index), 'match') : item(key, index);
      // An axis that is not there is told already.
      if (keysOf(cursor).some((axis) => !axes.includes(axis))) continue;
      report('matrix-no-match', spanOf(cursor), `no combination matches this entry of ${code(key)}`, { hint: idleHint(cursor, parts) });
    }
  }
  if (twin !== undefined) {
    const message = `\`set\` makes the combination ${inFlow(twin)} appear twice`;
    report('matrix-twice', keySpanOf(child(matrix, 'set')), message, { hint: 'set another value, or drop one of the two' });
  }
  if (kept.length === 0) report('matrix-empty', keySpanOf(matrix), 'every combination is dropped, so nothing would run');
}

/** The value that no axis has is the likely mistake. */
function idleHint(cursor: Cursor, { axes }: MatrixParts): string | undefined {
  for (const axis of keysOf(cursor)) {
    const { value } = child(cursor, axis);
    const values = axes[axis];
    if (values !== undefined && !values.includes(value as AxisValue)) return `${code(axis)} has ${list(values.map(String))}`;
  }
  return 'an entry before it may have changed or dropped what it was meant for';
}
