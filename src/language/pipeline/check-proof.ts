/** Pipelines that are well formed and yet prove nothing, wait without saying how long, or leave an update undecided. */

import { child, has, itemsOf, keySpanOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { parseExpression } from '../expression.ts';
import { compileExpression, compilePattern, linePatternProblem, regularExpressionProblem, type LinePattern } from '../pattern.ts';
import { parseTemplate } from '../template.ts';
import { code } from '../words.ts';
import type { StepView } from './sections.ts';

export function checkProof(root: Cursor, steps: readonly StepView[], report: Report): void {
  for (const { cursor, verbs } of steps) {
    if (verbs.includes('expect')) checkCanFail(child(cursor, 'expect'), report);
    if (verbs.includes('wait')) checkLimit(child(cursor, 'wait'), cursor, report);
  }
  for (const [index, step] of steps.entries()) checkExit(step, steps.slice(0, index), report);
  // What a fragment leaves undecided, its callers decide.
  if (textOf(child(root, 'kind')) !== 'fragment') checkTrial(steps, report);
}

function checkCanFail(args: Cursor, report: Report): void {
  const log = child(args, 'log');
  const reason = child(child(args, 'link'), 'reason');
  for (const pattern of [child(log, 'match'), child(log, 'none'), ...itemsOf(child(log, 'order')), reason]) {
    const text = textOf(pattern);
    if (text === undefined || text === '' || linePatternProblem(text) !== undefined || !takesAnything(compilePattern(text))) continue;
    report('always-true', spanOf(pattern), `${code(text)} matches every line`, { hint: 'write what the line must say' });
  }
  const matches = child(args, 'matches');
  const source = textOf(matches);
  if (source !== undefined && source !== '' && regularExpressionProblem(source) === undefined && takesAnything(compileExpression(source)))
    report('always-true', spanOf(matches), `${code(source)} matches every value`, { hint: 'write what the value must look like' });
  const value = child(args, 'value');
  if (isConstant(textOf(value)))
    report('always-true', spanOf(value), '`value` is the same in every run: its expression reads nothing', {
      hint: 'read the result of a step, such as `${{ steps.up.rate }}`',
    });
}

/** `exec` fails by itself unless the program ended as it was told: what is expected afterwards is then true, or can never be. */
function checkExit(step: StepView, earlier: readonly StepView[], report: Report): void {
  const wanted = child(child(step.cursor, 'expect'), 'exit');
  const action = earlier.findLast(({ verbs }) => !verbs.includes('expect'));
  if (typeof wanted.value !== 'number' || action?.verbs[0] !== 'exec' || !isNextTo(action, step)) return;
  const args = child(action.cursor, 'exec');
  const demanded = child(child(args, 'expect'), 'exit').value ?? 0;
  if (typeof demanded !== 'number' || ['when', 'retry', 'expect-error'].some((key) => has(action.cursor, key))) return;
  const related = [{ message: `\`exec\` demands exit code ${demanded}`, span: keySpanOf(args) }];
  const hint = 'write `expect: {exit: any}` into the `exec`, or leave this step out';
  if (demanded === wanted.value)
    report('always-true', spanOf(wanted), `the \`exec\` before has failed unless its exit code is ${demanded}`, { hint, related });
  else
    report('keys-exclude', spanOf(wanted), `the \`exec\` before has failed unless its exit code is ${demanded}, so this can never be met`, {
      hint,
      related,
    });
}

/** Both stand in one list of steps. */
function isNextTo(one: StepView, other: StepView): boolean {
  const place = ({ section, parents }: StepView): string =>
    [section, ...parents.map(({ step, list }) => `${step.order}.${list}`)].join(' ');
  return place(one) === place(other);
}

/** No pattern that means something finds itself in all of these. */
function takesAnything(pattern: LinePattern): boolean {
  return ['', 'a', '0 ', '\u00a7\u00a7'].every((line) => pattern.find(line) !== undefined);
}

/** Whether a text has expressions, none of which reads a name. Those with mistakes are told of elsewhere. */
function isConstant(text: string | undefined): boolean {
  const template = parseTemplate(text ?? '');
  if (!template.ok || template.placeholders.length === 0) return false;
  return template.placeholders.every(({ expression }) => {
    const parsed = parseExpression(expression);
    return parsed.ok && parsed.expression.references.length === 0;
  });
}

function checkLimit(args: Cursor, step: Cursor, report: Report): void {
  if (!has(args, 'until') || has(args, 'timeout') || has(step, 'timeout')) return;
  report('wait-without-limit', keySpanOf(child(args, 'until')), '`wait` does not say how long `until` may take', {
    severity: 'warning',
    hint: 'add `timeout`, such as `timeout: 60s`',
  });
}

/** Verbs after which a pending image is decided, or may be: what other verbs than these do to slots cannot be seen from here. */
const deciding = ['confirm', 'erase', 'call', 'upgrade', 'smp', 'exec'];
/** MCUboot reverts at the second boot. */
const bootsToRevert = 2;

/** An image that is tried and then neither confirmed nor reverted decides what the next pipeline on the board finds. */
function checkTrial(steps: readonly StepView[], report: Report): void {
  const tried = steps.findLast((step) => tries(step) && !has(step.cursor, 'expect-error') && step.section !== 'on-failure');
  // Pipelines that provision find and leave the board in a state that they chose.
  if (tried === undefined || steps.some(({ verbs }) => verbs.includes('provision'))) return;
  const later = steps.filter(({ order, section }) => order > tried.order && section !== 'on-failure');
  if (later.some(({ verbs }) => verbs.some((verb) => deciding.includes(verb)))) return;
  const isBooted = tried.verbs.includes('upgrade');
  const boots = (isBooted ? 1 : 0) + later.filter(boot).length;
  if (boots >= bootsToRevert || [...later, tried].some(({ parents }) => parents.length > 0)) return;
  const what = boots === 0 ? 'is marked pending and never booted' : 'is tried, and then neither confirmed nor reverted';
  report('trial-undecided', keySpanOf(child(tried.cursor, isBooted ? 'upgrade' : 'mark-pending')), `this image ${what}`, {
    severity: 'warning',
    hint: boots === 0 ? 'add `reset`, and check what boots' : 'add `confirm`, a second `reset`, or a `provision` in `teardown`',
  });
}

/** A client in the mode `test-only` marks an image pending, and resets the board. */
function tries({ cursor, verbs }: StepView): boolean {
  return verbs.includes('mark-pending') || textOf(child(child(cursor, 'upgrade'), 'mode')) === 'test-only';
}

function boot({ cursor, verbs }: StepView): boolean {
  return verbs.some((verb) => ['reset', 'power'].includes(verb)) || has(cursor, 'fault');
}
