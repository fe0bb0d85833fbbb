/** The names that a pipeline's expressions and parameters can refer to: inputs, steps, saved values; who declares them and when. */

import { child, keySpanOf, keysOf, spanOf, type Cursor, type Report } from '../cursor.ts';
import type { Shape } from '../expression.ts';
import { formats } from '../formats.ts';
import { resultTypes } from '../grammar.generated.ts';
import type { Span } from '../source.ts';
import { code } from '../words.ts';
import { inputTypes, type InputType } from './check-inputs.ts';
import type { StepView } from './sections.ts';

/** A step that expressions can refer to, or that saved a value. */
export interface Declared {
  readonly step: StepView;
  readonly span: Span;
}

export interface Names {
  readonly inputs: ReadonlyMap<string, InputType | undefined>;
  readonly steps: ReadonlyMap<string, Declared>;
  readonly saved: ReadonlyMap<string, Declared>;
}

/** Collects all names; one that is declared twice is reported. */
export function collectNames(root: Cursor, steps: readonly StepView[], report: Report): Names {
  const ids = new Map<string, Declared>();
  const saved = new Map<string, Declared>();
  for (const step of steps) {
    if (step.id !== undefined)
      declare(ids, step.id, { step, span: spanOf(child(step.cursor, 'id')) }, (span, related) =>
        report('duplicate-id', span, `another step has the id ${code(step.id ?? '')} already`, {
          hint: 'give each step an id of its own',
          related,
        }),
      );
    const save = child(step.cursor, 'save');
    for (const name of keysOf(save))
      declare(saved, name, { step, span: keySpanOf(child(save, name)) }, (span, related) =>
        report('capture-twice', span, `${code(name)} is saved already: a saved value never changes`, {
          hint: 'save it under another name',
          related,
        }),
      );
  }
  return { inputs: inputTypes(root), steps: ids, saved };
}

function declare(
  names: Map<string, Declared>,
  name: string,
  declared: Declared,
  reportTwice: (span: Span, related: { message: string; span: Span }[]) => void,
): void {
  const first = names.get(name);
  if (first === undefined) names.set(name, declared);
  else reportTwice(declared.span, [{ message: 'it is declared here first', span: first.span }]);
}

/** The keys of an image in expressions, and their types. */
export const imageShape = { name: 'string', version: 'string', hash: 'string', size: 'double' } as const;
/** The keys of a package in expressions, and their types. `images` has one entry for each image: `file`, `target`, `version`, `hash`, `size`. */
export const packageShape = { name: 'string', hash: 'string', size: 'double', images: 'list' } as const;
/** The keys of the cell in expressions, and their types. */
export const cellShape = { id: 'string', board: 'string', transport: 'string', axes: 'map', seed: 'double' } as const;

/** The keys of a round in expressions within a `repeat`, and their types. */
export const repeatShape = { index: 'double' } as const;

/** The types of everything that expressions can read. */
export function shapeOf({ inputs, steps, saved }: Names): Shape {
  return {
    inputs: byName(inputs, inputShape),
    steps: byName(steps, ({ step }) => resultShape(step)),
    saved: byName(saved, () => 'dyn'),
    cell: cellShape,
    repeat: repeatShape,
    facts: 'map',
  };
}

/** A name that is no name is reported elsewhere; a type cannot be called by it. */
function byName<T>(declared: ReadonlyMap<string, T>, shape: (value: T) => string | Shape): Shape {
  return Object.fromEntries([...declared].map(([name, value]) => [name, formats.name.problem(name) === undefined ? shape(value) : 'dyn']));
}

function inputShape(type: InputType | undefined): string | Shape {
  switch (type) {
    case undefined:
      return 'dyn';
    case 'image':
      return imageShape;
    case 'package':
      return packageShape;
    case 'integer':
      return 'double';
    case 'boolean':
      return 'bool';
    default:
      return 'string';
  }
}

const celTypes: Readonly<Record<string, string>> = { integer: 'double', number: 'double', string: 'string', boolean: 'bool' };

function resultShape(step: StepView): string | Shape {
  const types = resultTypesOf(step);
  return types ?? 'dyn';
}

/** The CEL types of a step's result, by key; undefined for a step whose verb or fragment is not clear. */
export function resultTypesOf({ verbs, fragment }: StepView): Readonly<Record<string, string>> | undefined {
  const [verb] = verbs;
  if (verb === undefined || verbs.length > 1) return undefined;
  if (verb === 'call') return fragment?.found === true ? fragment.view.outputs : undefined;
  const types = (resultTypes as Readonly<Record<string, Readonly<Record<string, string>>>>)[verb] ?? {};
  return Object.fromEntries(Object.entries(types).map(([key, type]) => [key, celTypes[type] ?? 'dyn']));
}
