/** What the schema cannot say about one step: exactly one verb, and which keys go together. */

import { child, has, itemsOf, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import type { ActionVerb, Verb } from '../model.ts';
import { stepKeys } from '../unknown-key.ts';
import { code, list, suggestion } from '../words.ts';
import { checkErrorName } from './check-error-name.ts';
import { checkExpectation } from './check-expectation.ts';
import { checkFault } from './check-fault.ts';
import { onlyOneOf } from '../only-one-of.ts';
import { checkServe } from './check-serve.ts';
import { checkUpgrade } from './check-upgrade.ts';
import { resultTypesOf } from './names.ts';
import type { StepView } from './sections.ts';

export function checkStep(step: StepView, report: Report): void {
  checkOneVerb(step, report);
  const [verb] = step.verbs;
  if (verb === undefined || step.verbs.length > 1) return;
  const args = child(step.cursor, verb);
  if (verb === 'expect') checkExpectation(step, args, report);
  else checkAction(step, verb, { args, report });
  checkSave(step, verb, report);
  checkFault(step, verb, report);
  checkErrorName(child(step.cursor, 'expect-error'), report);
}

function checkOneVerb({ cursor, verbs }: StepView, report: Report): void {
  const [first, second] = verbs;
  if (second !== undefined && first !== undefined) {
    const message = `this step has ${verbs.length} verbs, ${list(verbs)}: a step does exactly one thing`;
    const related = [{ message: 'the first verb is here', span: keySpanOf(child(cursor, first)) }];
    report('many-verbs', keySpanOf(child(cursor, second)), message, { hint: `begin a new step with ${code(`- ${second}:`)}`, related });
  }
  const keys = keysOf(cursor);
  // A key that nobody knows was meant to be the verb, and is reported already.
  const misspelt = keys.some((key) => !stepKeys.includes(key));
  if (first !== undefined || misspelt || typeof cursor.value !== 'object' || cursor.value === null || Array.isArray(cursor.value)) return;
  const message = keys.length === 0 ? 'this step is empty: it needs a verb' : `this step only has ${list(keys)}: it needs a verb`;
  report('no-verb', spanOf(cursor), message, { hint: 'say what to do, such as `upload: {image: next}`, or what to check with `expect`' });
}

interface Action {
  readonly args: Cursor;
  readonly report: Report;
}

function checkAction({ cursor }: StepView, verb: ActionVerb, { args, report }: Action): void {
  for (const key of ['within', 'stays']) {
    if (!has(cursor, key)) continue;
    const hint =
      verb === 'wait'
        ? '`wait` has `for`, and `until` with `timeout`'
        : `limit an action with \`timeout\`, or add an \`expect\` step with ${code(key)}`;
    report('misplaced-key', keySpanOf(child(cursor, key)), `${code(key)} goes with \`expect\`, and ${code(verb)} is an action`, {
      hint,
    });
  }
  if (structuralVerbs.includes(verb) && has(cursor, 'expect-error')) {
    const hint = 'put it on the step within that must fail';
    report('misplaced-key', keySpanOf(child(cursor, 'expect-error')), `${code(verb)} sends nothing itself that could be refused`, { hint });
  }
  actionRules[verb]?.(args, report);
}

/** Verbs whose work is done by the steps within them. */
const structuralVerbs: readonly ActionVerb[] = ['call', 'parallel', 'repeat'];

/** Rules about keys of single verbs. */
const actionRules: Partial<Record<ActionVerb, (args: Cursor, report: Report) => void>> = {
  serve: checkServe,
  erase: (args, report) => onlyOneOf(args, ['slot', 'storage'], report),
  power: (args, report) => {
    onlyOneOf(args, ['off', 'on', 'cycle', 'cut'], report);
    if (!has(args, 'for') || has(args, 'cycle') || has(args, 'cut')) return;
    report('key-needs', keySpanOf(child(args, 'for')), '`for` goes with `cycle` and `cut`', {
      hint: 'between `off` and `on` a step with `wait: {for: ...}` lets time pass',
    });
  },
  reset: (args, report) => {
    const via = textOf(child(args, 'via'));
    for (const key of ['mode', 'force']) {
      if (!has(args, key) || via === undefined || via === 'smp') continue;
      report('keys-exclude', keySpanOf(child(args, key)), `${code(key)} is asked of the SMP server, and ${code(via)} resets past it`, {
        hint: 'remove it, or reset via `smp`',
      });
    }
  },
  send: (args, report) => {
    onlyOneOf(args, ['text', 'hex'], report);
    if (!has(args, 'line-end') || has(args, 'text')) return;
    report('key-needs', keySpanOf(child(args, 'line-end')), '`line-end` goes with `text`', {
      hint: has(args, 'hex') ? 'remove it: `hex` is sent as it is' : 'say what to send; an empty line is `text: ""`',
    });
  },
  settings: (args, report) => {
    const write = child(args, 'write');
    onlyOneOf(write, ['text', 'val'], report);
    if (!has(write, 'name') || has(write, 'text') || has(write, 'val')) return;
    report('missing-key', spanOf(write), 'this setting needs a value: one of `text` and `val`', { hint: 'an empty one is `text: ""`' });
  },
  smp: (args, report) => onlyOneOf(args, ['group', 'raw'], report),
  upgrade: checkUpgrade,
  upload: (args, report) => onlyOneOf(args, ['slot', 'target'], report),
  wait: (args, report) => {
    onlyOneOf(args, ['for', 'until'], report);
    if (!has(args, 'timeout') || has(args, 'until')) return;
    report('key-needs', keySpanOf(child(args, 'timeout')), '`timeout` limits `until`, and there is no `until`', {
      hint: has(args, 'for') ? 'remove it: `for` says how long to wait' : 'say what to wait for, such as `until: {log: "..."}`',
    });
  },
  provision: (args, report) => {
    onlyOneOf(args, ['image', 'slots'], report);
    for (const key of ['confirmed', 'state']) {
      if (!has(args, key) || has(args, 'image') || has(args, 'slots')) continue;
      report('key-needs', keySpanOf(child(args, key)), `${code(key)} is about an image, and no image is named`, {
        hint: 'add `image: NAME`',
      });
    }
    for (const slot of itemsOf(child(args, 'slots'))) {
      onlyOneOf(slot, ['image', 'empty', 'raw'], report);
      if (['image', 'empty', 'raw'].some((key) => has(slot, key)) || !has(slot, 'slot')) continue;
      report('missing-key', spanOf(slot), 'this slot needs one of `image`, `empty` and `raw`', {
        hint: 'say what the slot holds, such as `empty: true`',
      });
    }
  },
};

function checkSave(step: StepView, verb: Verb, report: Report): void {
  const { cursor } = step;
  const save = child(cursor, 'save');
  const types = resultTypesOf(step);
  if (types === undefined) return;
  const known = Object.keys(types);
  if (has(cursor, 'save') && known.length === 0) {
    return report('result-unknown', keySpanOf(save), `${code(verb)} has no result that could be saved`, { hint: 'remove `save`' });
  }
  for (const name of keysOf(save)) {
    const path = child(save, name);
    const [first = ''] = (textOf(path) ?? '').split('.');
    if (first === '' || known.includes(first)) continue;
    report('result-unknown', spanOf(path), `the result of ${code(verb)} has no ${code(first)}`, { hint: suggestion(first, known) });
  }
}
