/** Every expression of a pipeline: its syntax, the names it reads, and its types. */

import { child, keysOf, textOf, textsBelow, type Cursor, type Report } from '../cursor.ts';
import { createTypeCheck, parseExpression, type TypeCheck } from '../expression.ts';
import { isReadLater } from '../inner-steps.ts';
import { conditionOf, parseTemplate } from '../template.ts';
import { checkReference, guardOf } from './check-reference.ts';
import { checkRequires } from './check-requires.ts';
import { checkUnmarked, readCondition, type Locate } from './check-unmarked.ts';
import { shapeOf, type Names } from './names.ts';
import { sections, type StepView } from './sections.ts';

/** Keys of a step whose texts are read before anything runs. */
const fixedKeys = ['id', 'name', 'save', 'device', 'severity', 'expect-error'];

interface Context {
  readonly names: Names;
  readonly report: Report;
  readonly typeCheck: TypeCheck;
  /** The inputs that were read. */
  readonly used: Set<string>;
}

interface ReadAndGiven {
  /** The inputs that some expression reads. */
  readonly read: ReadonlySet<string>;
  /** The CEL types of a fragment's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
}

export function checkExpressions(
  root: Cursor,
  steps: readonly StepView[],
  { names, report }: Pick<Context, 'names' | 'report'>,
): ReadAndGiven {
  const context: Context = { names, report, typeCheck: createTypeCheck(shapeOf(names)), used: new Set() };
  for (const key of keysOf(root))
    if (key !== 'requires' && key !== 'outputs' && !(sections as readonly string[]).includes(key))
      rejectExpressions(child(root, key), report);
  checkRequires(child(root, 'requires'), report);
  const devices = child(root, 'devices');
  for (const role of keysOf(devices)) checkRequires(child(child(devices, role), 'requires'), report);
  for (const step of steps) {
    const guarded = guardsOf(step);
    for (const key of keysOf(step.cursor)) {
      const part = child(step.cursor, key);
      if (key === 'when') checkCondition(part, { ...context, step, guarded });
      else if (fixedKeys.includes(key)) rejectExpressions(part, report);
      else checkTexts(part, { ...context, step, guarded });
    }
    checkEnd(step, steps, { ...context, guarded });
  }
  return { read: context.used, outputs: checkOutputs(child(root, 'outputs'), context) };
}

/** Outputs are read when all steps of a fragment have run. */
function checkOutputs(outputs: Cursor, context: Context): ReadAndGiven['outputs'] {
  const order = Number.POSITIVE_INFINITY;
  const end: StepView = { cursor: outputs, section: 'steps', order, verbs: [], id: undefined, parents: [], fragment: undefined };
  const types = keysOf(outputs).map((name) => [name, checkTexts(child(outputs, name), { ...context, step: end, guarded: new Set() })]);
  return Object.fromEntries(types) as ReadAndGiven['outputs'];
}

interface StepContext extends Context {
  readonly step: StepView;
  /** What its condition makes sure of. */
  readonly guarded: ReadonlySet<string>;
}

/** The condition that ends a loop is read after each round: after all steps of its body. */
function checkEnd(step: StepView, steps: readonly StepView[], context: Omit<StepContext, 'step'>): void {
  const until = child(child(step.cursor, 'repeat'), 'until');
  if (textOf(until) === undefined) return;
  const last = steps.findLast(({ parents }) => parents.some((parent) => parent.step.order === step.order)) ?? step;
  const end: StepView = { ...step, order: last.order + 0.5, parents: [...step.parents, { step, list: 0 }] };
  checkCondition(until, { ...context, step: end });
}

function guardsOf({ cursor }: StepView): ReadonlySet<string> {
  const when = textOf(child(cursor, 'when'));
  if (when === undefined) return new Set();
  const parsed = parseExpression(conditionOf(when).expression);
  const references = parsed.ok ? parsed.expression.references : [];
  return new Set(references.filter(({ presence }) => presence).map(guardOf));
}

function rejectExpressions(cursor: Cursor, report: Report): void {
  for (const { tree, path, value } of textsBelow(cursor)) {
    const start = value.indexOf('${{');
    if (start < 0) continue;
    const hint = 'expressions work in the arguments of steps, in `when`, and in their times';
    report(
      'expression-not-here',
      tree.locateText(path, start, value.length),
      'this is read before anything runs, so it cannot hold an expression',
      { hint },
    );
  }
}

/** Returns the type of the last good expression, `dyn` without one. */
function checkTexts(cursor: Cursor, context: StepContext): string {
  let last = 'dyn';
  const { length } = context.step.cursor.path;
  for (const text of textsBelow(cursor, (place) => isReadLater(place.path.slice(length)))) {
    const { tree, path, value } = text;
    const template = parseTemplate(value);
    if (!template.ok) {
      const span = tree.locateText(path, template.at, value.length);
      context.report('expression-syntax', span, 'the expression is never closed', { hint: 'end it with `}}`' });
      continue;
    }
    checkUnmarked(text, path.slice(length), context.report);
    for (const { expression, expressionStart } of template.placeholders) {
      const type = checkExpression(expression, {
        ...context,
        locate: (start, end) => tree.locateText(path, expressionStart + start, expressionStart + end),
      });
      last = type ?? last;
    }
  }
  return last;
}

function checkCondition(when: Cursor, context: StepContext): void {
  const condition = readCondition(when, context.report);
  if (condition === undefined) return;
  const { expression, locate } = condition;
  const type = checkExpression(expression, { ...context, locate });
  if (type === undefined || type === 'bool' || type === 'dyn') return;
  const message = 'a condition must be true or false, and this is neither';
  context.report('expression-type', locate(0, expression.length), message, {
    hint: 'compare it with something, such as `inputs.count > 0`',
  });
}

interface Place extends StepContext {
  readonly locate: Locate;
}

/** Returns the type of a good expression. */
function checkExpression(text: string, place: Place): string | undefined {
  const { report, locate, typeCheck, used } = place;
  const parsed = parseExpression(text);
  if (!parsed.ok) {
    const { code: mistake, message, hint, start, end } = parsed.problem;
    report(mistake, locate(start, end), message, { hint });
    return undefined;
  }
  const { references } = parsed.expression;
  for (const { path } of references) if (path[0]?.name === 'inputs' && path[1] !== undefined) used.add(path[1].name);
  // A name that does not exist would be reported once more as a mistake of types.
  if (references.map((reference) => checkReference(reference, place)).includes(false)) return undefined;
  const { type, problem } = typeCheck(parsed.expression);
  if (problem !== undefined) report(problem.code, locate(problem.start, problem.end), problem.message, { hint: problem.hint });
  return type;
}
