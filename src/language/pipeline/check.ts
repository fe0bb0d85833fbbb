/** Everything that makes a pipeline wrong although its schema is content. */

import { child, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import type { Span } from '../source.ts';
import type { Validation } from '../validate.ts';
import { isOneExpression } from '../template.ts';
import { code, suggestion } from '../words.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkSweeps } from './check-fault.ts';
import { checkInputs, type FileExists } from './check-inputs.ts';
import { checkProof } from './check-proof.ts';
import { checkStep } from './check-steps.ts';
import { collectNames, type Names } from './names.ts';
import { precedence, stepsOf, type StepView } from './sections.ts';

export interface PipelineChecks {
  readonly exists: FileExists;
  readonly roles: Validation['roles'];
  readonly report: Report;
}

export function checkPipeline(root: Cursor, { exists, roles, report }: PipelineChecks): void {
  const steps = stepsOf(root);
  for (const step of steps) checkStep(step, report);
  checkSweeps(steps, report);
  checkProof(steps, report);
  checkInputs(root, exists, report);
  const names = collectNames(root, steps, report);
  const read = checkExpressions(root, steps, { names, report });
  const named = checkImages(root, roles, { names, report });
  for (const step of steps) checkMark(step, names, report);
  warnOfUnused(root, new Set([...read, ...named, ...axisValues(root)]), report);
}

/** `since: mark.ID` opens a window where another step began. */
function checkMark(step: StepView, { steps }: Names, report: Report): void {
  const since = child(child(step.cursor, 'expect'), 'since');
  const id = /^mark\.(.*)$/.exec(textOf(since) ?? '')?.[1];
  if (id === undefined) return;
  const marked = steps.get(id)?.step;
  const earlier = [...steps].filter(([, { step: other }]) => other.order < step.order).map(([name]) => name);
  if (marked === undefined)
    report('name-unknown', spanOf(since), `there is no step with the id ${code(id)}`, { hint: suggestion(id, earlier) });
  else if (!['before', 'around'].includes(precedence(marked, step)))
    report('use-before-set', spanOf(since), `the step ${code(id)} has not begun by then`, { hint: 'name an earlier step' });
}

const hashShape = /^(?:[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i;

/** Returns the inputs that image-valued parameters name. */
function checkImages(
  root: Cursor,
  roles: Validation['roles'],
  { names, report }: { readonly names: Names; readonly report: Report },
): string[] {
  const used: string[] = [];
  for (const { role, path, value } of roles) {
    if (role === 'condition' || typeof value !== 'string' || value === '' || isOneExpression(value)) continue;
    const span = root.tree.locate(path);
    const type = names.inputs.get(value);
    if (names.inputs.has(value)) {
      used.push(value);
      if (type !== 'image' && type !== undefined)
        report('input-not-image', span, `the input ${code(value)} is of type ${type}, and an image is needed here`);
    } else if (role === 'image-input' || !hashShape.test(value)) {
      reportUnknownImage(value, { report, span, images: [...names.inputs].filter(([, one]) => one === 'image').map(([name]) => name) });
    }
  }
  return used;
}

function reportUnknownImage(name: string, { report, span, images }: { report: Report; span: Span; images: readonly string[] }): void {
  const hashLike = /^[0-9a-f]{8,}$/i.test(name);
  const hint = hashLike
    ? 'a hash is written in full: 64, 96 or 128 hexadecimal digits'
    : (suggestion(name, images) ?? 'declare it under `inputs`, with `image`');
  report('input-unknown', span, `there is no image input ${code(name)}`, { hint });
}

/** Values of axes may name the inputs that take their place. */
function axisValues(root: Cursor): string[] {
  const axes = child(child(root, 'matrix'), 'axes').value;
  return Object.values(Object(axes) as Record<string, unknown>)
    .flat()
    .filter((value): value is string => typeof value === 'string');
}

function warnOfUnused(root: Cursor, used: ReadonlySet<string>, report: Report): void {
  const inputs = child(root, 'inputs');
  for (const name of keysOf(inputs)) {
    if (used.has(name)) continue;
    const hint = 'remove it, or use it in a step';
    report('input-unused', keySpanOf(child(inputs, name)), `the input ${code(name)} is declared, and nothing uses it`, {
      severity: 'warning',
      hint,
    });
  }
}
