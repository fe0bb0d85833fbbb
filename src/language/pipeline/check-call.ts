/** Calls of fragments: the file is one, it does not call itself, and it gets the inputs that it takes. */

import { child, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import type { LanguageDiagnostic } from '../diagnostics.ts';
import { isArtifact, type ArtifactType } from '../origin.ts';
import { isOneExpression } from '../template.ts';
import { code, found, list, suggestion } from '../words.ts';
import { checkArtifact } from './check-artifacts.ts';
import { failedCheck } from './check-inputs.ts';
import type { FragmentView, OpenedFragment } from './fragment-view.ts';
import type { Names } from './names.ts';
import type { StepView } from './sections.ts';

interface CallContext {
  readonly names: Names;
  readonly report: Report;
  /** Takes the mistakes of fragments. */
  readonly add: (diagnostic: LanguageDiagnostic) => void;
}

/** Returns the images and packages that calls pass on. */
export function checkCalls(steps: readonly StepView[], context: CallContext): string[] {
  return steps.flatMap((step) => (step.fragment === undefined ? [] : checkCall(step.cursor, step.fragment, context)));
}

function checkCall(step: Cursor, opened: OpenedFragment, context: CallContext): string[] {
  const args = child(step, 'call');
  const file = child(args, 'fragment');
  if (!opened.found) {
    reportUnopened(file, opened, context.report);
    return [];
  }
  const { view } = opened;
  for (const diagnostic of view.diagnostics) {
    const related = [...(diagnostic.related ?? []), { message: 'it is called here', span: spanOf(file) }];
    context.add({ ...diagnostic, related });
  }
  return checkGiven(args, view, context);
}

function reportUnopened(file: Cursor, opened: Exclude<OpenedFragment, { found: true }>, report: Report): void {
  const path = code(textOf(file) ?? '');
  switch (opened.why) {
    case 'missing':
      return report('file-missing', spanOf(file), `the fragment ${path} is not there`, {
        hint: 'paths are relative to the folder of this file',
      });
    case 'circle':
      return report('fragment-circle', spanOf(file), `the fragment ${path} calls itself: ${opened.circle.join(' calls ')}`, {
        hint: 'to do something again, use `repeat`',
      });
    case 'other-kind':
      return report('wrong-value', spanOf(file), `${path} is ${opened.kind === undefined ? 'no' : `a ${opened.kind} and no`} fragment`, {
        hint: 'a fragment begins with `version: 1` and `kind: fragment`',
      });
  }
}

function checkGiven(args: Cursor, { inputs, document }: FragmentView, context: CallContext): string[] {
  const { report } = context;
  const given = child(args, 'inputs');
  const passed: string[] = [];
  for (const name of keysOf(given)) {
    const value = child(given, name);
    const input = inputs.get(name);
    if (input === undefined) {
      report('name-unknown', keySpanOf(value), `the fragment has no input ${code(name)}`, { hint: suggestion(name, [...inputs.keys()]) });
    } else if (input.type !== undefined && isArtifact(input.type)) passed.push(...checkPassed(value, input.type, context));
    else if (input.type !== undefined) checkValue(name, value, { type: input.type, report });
  }
  const missing = [...inputs].filter(([name, { required }]) => required && !keysOf(given).includes(name)).map(([name]) => name);
  if (missing.length > 0 && document !== undefined) {
    const message = `the fragment needs ${missing.length === 1 ? 'the input' : 'the inputs'} ${list(missing)}`;
    report('missing-key', keySpanOf(args), message, { hint: `write it under ${code('inputs')}, beside ${code('fragment')}` });
  }
  return passed;
}

function checkPassed(value: Cursor, type: ArtifactType, context: CallContext): readonly string[] {
  return checkArtifact(textOf(value) ?? String(value.value), { ...context, type, span: spanOf(value) });
}

function checkValue(
  name: string,
  value: Cursor,
  { type, report }: { readonly type: Parameters<typeof failedCheck>[0]; readonly report: Report },
): void {
  const text = textOf(value);
  if (text !== undefined && isOneExpression(text)) return;
  const failed = failedCheck(type, value);
  if (failed === undefined) return;
  const message = `the input ${code(name)} must be ${failed.wanted}; found ${found(value.value, value.tree.plainText(value.path))}`;
  report('default-mismatch', spanOf(value), message, { hint: failed.hint });
}
