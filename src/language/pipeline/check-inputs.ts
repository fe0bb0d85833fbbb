/** Inputs and the matrix: each input has one type and a fitting default, files are there, and axes set what exists. */

import { child, has, itemsOf, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { formats } from '../formats.ts';
import type { QuantityKind } from '../model.ts';
import { artifactTypes, artifactWords, isArtifact, type ArtifactType } from '../origin.ts';
import { code, found, list, suggestion } from '../words.ts';
import { checkFile, type FileExists } from './check-file.ts';
import { onlyOneOf } from '../only-one-of.ts';

/** What an input can be, as far as a declaration says it legibly. */
export type InputType = ArtifactType | 'string' | 'integer' | 'boolean' | QuantityKind;
const typeKeys = [...artifactTypes, 'type', 'quantity'];

/** Axes that choose from the bench. */
const benchAxes = ['board', 'transport'];

/** The types of all inputs whose declaration is legible, by name; undefined for the others. */
export function inputTypes(root: Cursor): ReadonlyMap<string, InputType | undefined> {
  const inputs = child(root, 'inputs');
  return new Map(keysOf(inputs).map((name) => [name, typeOf(child(inputs, name))]));
}

export function checkInputs(root: Cursor, exists: FileExists, report: Report): void {
  const inputs = child(root, 'inputs');
  for (const name of keysOf(inputs)) checkInput(name, child(inputs, name), { exists, report });
  const axes = child(child(root, 'matrix'), 'axes');
  const types = inputTypes(root);
  for (const axis of keysOf(axes)) checkAxis(axis, child(axes, axis), { types, exists, report });
}

function typeOf(input: Cursor): InputType | undefined {
  const present = typeKeys.filter((key) => has(input, key));
  if (present.length !== 1) return undefined;
  const artifact = artifactTypes.find((type) => has(input, type));
  if (artifact !== undefined) return artifact;
  const named = textOf(child(input, 'type')) ?? textOf(child(input, 'quantity'));
  return named !== undefined && Object.hasOwn(valueChecks, named) ? (named as InputType) : undefined;
}

interface InputContext {
  readonly exists: FileExists;
  readonly report: Report;
}

function checkInput(name: string, input: Cursor, { exists, report }: InputContext): void {
  onlyOneOf(input, typeKeys, report);
  const keys = keysOf(input);
  if (typeof input.value === 'object' && !keys.some((key) => !['about', 'default'].includes(key))) {
    const hint = 'for example `image: {file: ../app.signed.bin}`, `type: string` or `quantity: duration`';
    report('missing-key', keySpanOf(input), `the input ${code(name)} needs one of ${list(typeKeys)}`, { hint });
  }
  for (const type of artifactTypes) checkFile(child(child(input, type), 'file'), { exists, report });
  if (has(input, 'default')) checkDefault(input, report);
}

function checkDefault(input: Cursor, report: Report): void {
  const type = typeOf(input);
  const fallback = child(input, 'default');
  if (type === undefined) return;
  if (isArtifact(type)) {
    const hint = type === 'image' ? 'the image itself is the default: `file` or `build`' : 'the package itself is the default: `file`';
    return report('misplaced-key', keySpanOf(fallback), `\`default\` does not go with ${code(type)}`, { hint });
  }
  const failed = failedCheck(type, fallback);
  if (failed === undefined) return;
  const message = `the default must be ${failed.wanted}; found ${found(fallback.value, written(fallback))}`;
  report('default-mismatch', spanOf(fallback), message, { hint: failed.hint });
}

interface ValueCheck {
  /** In words, what the value must be. */
  readonly wanted: string;
  readonly hint: string;
  readonly fits: (value: unknown) => boolean;
}

const valueChecks: Readonly<Record<Exclude<InputType, ArtifactType>, ValueCheck>> = {
  string: { wanted: 'a text', fits: (value) => typeof value === 'string', hint: 'put it in quotes' },
  integer: { wanted: 'a whole number', fits: (value) => Number.isInteger(value), hint: 'write a whole number without quotes' },
  boolean: { wanted: '`true` or `false`', fits: (value) => typeof value === 'boolean', hint: 'write `true` or `false` without quotes' },
  duration: quantityCheck('duration'),
  size: quantityCheck('size'),
  rate: quantityCheck('rate'),
  percentage: quantityCheck('percentage'),
};

function quantityCheck(kind: QuantityKind): ValueCheck {
  const { what, example = '', problem } = formats[kind];
  return { wanted: what, fits: (value) => typeof value === 'string' && problem(value) === undefined, hint: `for example ${code(example)}` };
}

/** Undefined when the value fits. */
export function failedCheck(type: Exclude<InputType, ArtifactType>, value: Cursor): Pick<ValueCheck, 'wanted' | 'hint'> | undefined {
  const check = valueChecks[type];
  return check.fits(value.value) ? undefined : check;
}

interface AxisContext extends InputContext {
  readonly types: ReadonlyMap<string, InputType | undefined>;
}

function checkAxis(axis: string, values: Cursor, context: AxisContext): void {
  const { types, report } = context;
  if (!benchAxes.includes(axis) && !types.has(axis)) {
    const known = [...benchAxes, ...types.keys()];
    const message = `the axis ${code(axis)} sets nothing: there is no input of that name`;
    return report('axis-unknown', keySpanOf(values), message, { hint: suggestion(axis, known) ?? 'declare it under `inputs`' });
  }
  const type = benchAxes.includes(axis) ? 'string' : types.get(axis);
  for (const value of itemsOf(values)) checkAxisValue(axis, value, { ...context, type });
}

function checkAxisValue(
  axis: string,
  value: Cursor,
  { type, types, exists, report }: AxisContext & { readonly type: InputType | undefined },
): void {
  if (type === undefined) return;
  if (isArtifact(type)) return checkArtifactValue(axis, value, { type, types, exists, report });
  const failed = failedCheck(type, value);
  if (failed === undefined || !['string', 'number', 'boolean'].includes(typeof value.value)) return;
  const message = `a value of ${code(axis)} must be ${failed.wanted}; found ${found(value.value, written(value))}`;
  report('axis-value', spanOf(value), message, { hint: failed.hint });
}

/** The value of an axis over an image is the name of another image input, or a file; packages alike. */
function checkArtifactValue(
  axis: string,
  value: Cursor,
  { type, types, exists, report }: AxisContext & { readonly type: ArtifactType },
): void {
  const name = textOf(value);
  const alike = [...types].filter(([, other]) => other === type).map(([input]) => input);
  if (name === undefined || alike.includes(name) || exists?.(name) === true) return;
  if (exists === undefined && /[./]/.test(name)) return;
  const message = `${code(name)} is neither ${artifactWords[type]} input nor a file, so ${code(axis)} cannot be set to it`;
  report('axis-value', spanOf(value), message, {
    hint: suggestion(
      name,
      alike.filter((input) => input !== axis),
    ),
  });
}

function written({ tree, path }: Cursor): string | undefined {
  return tree.plainText(path);
}
