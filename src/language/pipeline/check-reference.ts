/** One name that an expression reads: that it exists, and that it is set by the time it is read. */

import { child, has, textOf, type Report } from '../cursor.ts';
import type { Reference } from '../expression-tree.ts';
import type { Span } from '../source.ts';
import { code, suggestion } from '../words.ts';
import { cellShape, imageShape, packageShape, repeatShape, resultTypesOf, type Declared, type Names } from './names.ts';
import { precedence, type StepView } from './sections.ts';

export interface ReferenceContext {
  readonly names: Names;
  /** The step whose expression it is. */
  readonly step: StepView;
  /** From offsets in the expression to places in the file. */
  readonly locate: (start: number, end: number) => Span;
  readonly report: Report;
  /** What the condition of the step makes sure of, as `guardOf` words it. */
  readonly guarded: ReadonlySet<string>;
}

type Part = Reference['path'][number];

/** Returns whether the name is good. */
export function checkReference(reference: Reference, context: ReferenceContext): boolean {
  const [root, name, key] = reference.path;
  if (root === undefined) return true;
  switch (root.name) {
    case 'inputs':
      return name === undefined || checkInput(name, key, context);
    case 'steps':
      return name === undefined || checkStepResult(reference, { name, key }, context);
    case 'saved':
      return name === undefined || checkSaved(reference, name, context);
    case 'cell':
      return name === undefined || isKnown(name, Object.keys(cellShape), { what: 'the cell has no', context });
    case 'facts':
      return true;
    case 'repeat':
      return checkRound(root, name, context);
    default:
      return unknownRoot(root, context);
  }
}

function checkInput(name: Part, key: Part | undefined, context: ReferenceContext): boolean {
  const { inputs } = context.names;
  if (!isKnown(name, [...inputs.keys()], { what: 'there is no input', context })) return false;
  const type = inputs.get(name.name);
  if (key === undefined || (type !== 'image' && type !== 'package')) return true;
  const shape = type === 'image' ? imageShape : packageShape;
  return isKnown(key, Object.keys(shape), { what: `the ${type} ${code(name.name)} has no`, context });
}

function checkStepResult(reference: Reference, { name, key }: { name: Part; key: Part | undefined }, context: ReferenceContext): boolean {
  const { steps } = context.names;
  const declared = steps.get(name.name);
  if (declared === undefined) {
    // `steps.my-step.rate` is a subtraction to the language of expressions.
    const dashed = [...steps.keys()].find((id) => id.startsWith(`${name.name}-`));
    const none = steps.size === 0 ? 'give the step whose result is meant an `id`' : undefined;
    const hint = dashed === undefined ? none : `a name with "-" needs brackets: ${code(`steps["${dashed}"]`)}`;
    return isKnown(name, [...steps.keys()], { what: 'there is no step with the id', context, hint });
  }
  if (!isSetBefore(declared, reference, { context, what: `the result of ${code(name.name)}` })) return false;
  const types = resultTypesOf(declared.step);
  if (key === undefined || types === undefined) return true;
  return isKnown(key, Object.keys(types), { what: `the result of ${code(name.name)} has no`, context });
}

function checkSaved(reference: Reference, name: Part, context: ReferenceContext): boolean {
  const { saved } = context.names;
  const declared = saved.get(name.name);
  if (declared === undefined) return isKnown(name, [...saved.keys()], { what: 'no step saves', context });
  return isSetBefore(declared, reference, { context, what: `the saved value ${code(name.name)}` });
}

function checkRound(root: Part, name: Part | undefined, context: ReferenceContext): boolean {
  const { step, locate, report } = context;
  if (isInLoop(step)) return name === undefined || isKnown(name, Object.keys(repeatShape), { what: 'a round has no', context });
  const hint = 'only the steps within a `repeat` can read it';
  report('name-unknown', locate(root.start, root.end), 'there is no `repeat` around this step', { hint });
  return false;
}

function isInLoop({ parents }: StepView): boolean {
  return parents.some(({ step }) => step.verbs.includes('repeat'));
}

function unknownRoot(root: Part, context: ReferenceContext): boolean {
  const { inputs, steps, saved } = context.names;
  const home = inputs.has(root.name) ? 'inputs' : steps.has(root.name) ? 'steps' : saved.has(root.name) ? 'saved' : undefined;
  const hint = home === undefined ? undefined : `write ${code(`${home}.${root.name}`)}`;
  return isKnown(root, ['inputs', 'steps', 'saved', 'cell', 'facts', ...(isInLoop(context.step) ? ['repeat'] : [])], {
    what: 'there is nothing called',
    context,
    hint,
  });
}

/** The condition that makes sure of the step or the saved value that is read: `has(steps.up)` for `steps.up.rate`. */
export function guardOf({ path }: Reference): string {
  return `has(${path
    .slice(0, 2)
    .map(({ name }) => name)
    .join('.')})`;
}

interface Lookup {
  /** The message up to the name. */
  readonly what: string;
  readonly context: ReferenceContext;
  readonly hint?: string | undefined;
}

function isKnown({ name, start, end }: Part, known: readonly string[], { what, context, hint }: Lookup): boolean {
  if (known.includes(name)) return true;
  context.report('name-unknown', context.locate(start, end), `${what} ${code(name)}`, { hint: hint ?? suggestion(name, known) });
  return false;
}

const tooLate = {
  itself: 'by this step itself, after the expression is read',
  around: 'when the step around this one is done',
  beside: 'in a branch that runs at the same time',
  after: 'only later',
} as const;

function isSetBefore({ step: setter, span: at }: Declared, reference: Reference, { context, what }: Omit<Lookup, 'hint'>): boolean {
  const { step, locate, report, guarded } = context;
  const span = locate(reference.start, reference.end);
  const order = precedence(setter, step);
  if (order !== 'before') {
    report('use-before-set', span, `${what} is set ${tooLate[order]}`, {
      hint: 'move the step that sets it before this one',
      related: [{ message: 'it is set here', span: at }],
    });
    return false;
  }
  const reason = whyMissing(setter, step);
  const guard = guardOf(reference);
  if (reason !== undefined && !reference.presence && !guarded.has(guard)) {
    const speakable = /^[\w.()]+$/.test(guard);
    const hint = speakable
      ? `guard the step with ${code(`when: ${guard}`)}`
      : 'give it a name without "-", and guard this step with `when: has(...)`';
    report('may-not-be-set', span, `${what} is not there when ${reason}`, { severity: 'warning', hint });
  }
  return true;
}

/** In which case an earlier step sets nothing although the later one runs. */
function whyMissing(setter: StepView, step: StepView): string | undefined {
  const afterFailure = step.section === 'on-failure' || step.section === 'teardown';
  if (setter.section !== step.section && afterFailure) return `${code(setter.section)} failed before it was set`;
  const shared = step.parents.map((parent) => parent.step.order);
  const own = [...setter.parents.map((parent) => parent.step), setter].filter(({ order }) => !shared.includes(order));
  const condition = textOf(child(step.cursor, 'when'));
  for (const { cursor } of own) {
    if (has(cursor, 'when') && textOf(child(cursor, 'when')) !== condition) return 'the condition of the step that sets it does not hold';
    if (textOf(child(cursor, 'severity')) === 'warn') return 'the step that sets it fails, which its severity permits';
  }
  return undefined;
}
