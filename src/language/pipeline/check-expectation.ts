/** What the schema cannot say about an `expect` step: exactly one noun, what goes with it, and that it can prove something. */

import { child, has, itemsOf, keySpanOf, keysOf, spanOf, textsBelow, type Cursor, type Report } from '../cursor.ts';
import { nounKeys } from '../grammar.generated.ts';
import type { Noun } from '../model.ts';
import { readsSomething, unmarkedIn } from '../unmarked.ts';
import { code, list } from '../words.ts';
import { checkBoot } from './check-boot.ts';
import { checkErrorName } from './check-error-name.ts';
import { checkFrames } from './check-frames.ts';
import { onlyOneOf } from '../only-one-of.ts';
import type { StepView } from './sections.ts';

const nouns = Object.keys(nounKeys) as Noun[];

export function checkExpectation({ cursor }: StepView, args: Cursor, report: Report): void {
  rejectActionKeys(cursor, report);
  const noun = checkOneNoun(args, report);
  if (noun === undefined) return;
  checkCompanions(args, noun, report);
  nounRules[noun]?.(args, cursor, report);
}

function rejectActionKeys(step: Cursor, report: Report): void {
  const reasons = {
    retry: 'use `within`: an expectation is checked again until it is true',
    'expect-error': 'put it on the action that must fail, or check with `expect: {error: {...}}`',
  };
  for (const [key, hint] of Object.entries(reasons)) {
    if (has(step, key))
      report('misplaced-key', keySpanOf(child(step, key)), `${code(key)} goes with actions, and \`expect\` only looks`, { hint });
  }
}

function checkOneNoun(args: Cursor, report: Report): Noun | undefined {
  const keys = keysOf(args);
  const present = keys.filter(isNoun);
  const [first, second] = present;
  if (first !== undefined && second === undefined) return first;
  if (second !== undefined) {
    const message = `\`expect\` checks one thing, and here are ${list(present)}`;
    report('many-nouns', keySpanOf(child(args, second)), message, { hint: `check ${code(second)} in a step of its own` });
    return undefined;
  }
  // An unknown key was meant to be the noun, and is reported already.
  const companions = Object.values(nounKeys).flat() as readonly string[];
  if (typeof args.value !== 'object' || args.value === null || Array.isArray(args.value) || keys.some((key) => !companions.includes(key)))
    return undefined;
  const owners = nouns.filter((noun) => keys.length > 0 && keys.every((key) => (nounKeys[noun] as readonly string[]).includes(key)));
  const message =
    keys.length === 0 ? '`expect` is empty' : `\`expect\` does not say what ${list(keys)} ${keys.length === 1 ? 'is' : 'are'} about`;
  const needed = owners.length > 0 ? owners : nouns;
  report('no-noun', keySpanOf(args), `${message}: it needs ${needed.length > 1 ? 'one of ' : ''}${list(needed)}`);
  return undefined;
}

function isNoun(key: string): key is Noun {
  return Object.hasOwn(nounKeys, key);
}

function checkCompanions(args: Cursor, noun: Noun, report: Report): void {
  const own: readonly string[] = nounKeys[noun];
  for (const key of keysOf(args)) {
    if (own.includes(key)) continue;
    const owners = nouns.filter((other) => (nounKeys[other] as readonly string[]).includes(key));
    if (owners.length === 0) continue;
    const hint = `${code(key)} goes with ${list(owners, 'or')}; ${code(noun)} takes ${own.length > 1 ? list(own.slice(1)) : 'nothing else'}`;
    report('misplaced-key', keySpanOf(child(args, key)), `${code(key)} does not go with ${code(noun)}`, { hint });
  }
}

/** Rules about single nouns. */
const nounRules: Partial<Record<Noun, (args: Cursor, step: Cursor, report: Report) => void>> = {
  image: (args, _step, report) => {
    if (child(args, 'absent').value !== true) return;
    for (const flag of ['pending', 'confirmed', 'permanent', 'bootable']) {
      if (!has(args, flag)) continue;
      report('keys-exclude', keySpanOf(child(args, flag)), `an image that is absent has no ${code(flag)}`, { hint: 'keep one of the two' });
    }
  },
  slots: (args, _step, report) => {
    for (const slot of itemsOf(child(args, 'slots'))) if (child(slot, 'empty').value === true) checkEmptySlot(slot, report);
  },
  error: (args, _step, report) => checkErrorName(child(args, 'error'), report),
  boot: (args, _step, report) => checkBoot(args, report),
  frames: (args, _step, report) => checkFrames(child(args, 'frames'), report),
  log: checkLog,
  value: (args, _step, report) => checkValue(child(args, 'value'), report),
};

function checkEmptySlot(slot: Cursor, report: Report): void {
  for (const key of keysOf(slot)) {
    if (['slot', 'target', 'empty'].includes(key)) continue;
    report('keys-exclude', keySpanOf(child(slot, key)), `a slot that is empty has no ${code(key)}`, { hint: 'keep one of the two' });
  }
}

function checkLog(args: Cursor, step: Cursor, report: Report): void {
  const log = child(args, 'log');
  const kinds = ['match', 'none', 'order'];
  onlyOneOf(log, kinds, report);
  const present = keysOf(log).filter((key) => kinds.includes(key));
  const [kind] = present;
  if (present.length > 1 || typeof log.value !== 'object' || log.value === null) return;
  if (kind === 'none') return checkAbsence(args, step, report);
  if (kind !== undefined) return checkPresence(args, kind, report);
  // An unknown key was meant to be one of them, and is reported already.
  if (keysOf(log).length > 0) return;
  report('missing-key', keySpanOf(log), '`log` is empty: it needs one of `match`, `none` and `order`', {
    hint: 'say what the console must have said, such as `match: "Swap type: test"`',
  });
}

/** An absence is only proven for a window that has ended. */
function checkAbsence(args: Cursor, step: Cursor, report: Report): void {
  if (!has(args, 'until') && !has(args, 'for')) {
    const message = '`none` needs an end, `until` or `for`: that a line has not come yet proves nothing';
    const hint = 'write the end beside `log`, for example `until: {active: next}` or `for: 10s`';
    report('absence-without-end', keySpanOf(child(child(args, 'log'), 'none')), message, { hint });
  }
  onlyOneOf(args, ['until', 'for'], report);
  for (const key of has(args, 'for') ? ['within', 'stays'] : ['stays']) {
    if (!has(step, key)) continue;
    const message = `${code(key)} does not go with \`none\`: its window says how long it is watched`;
    report('misplaced-key', keySpanOf(child(step, key)), message, { hint: 'keep `for`, or `until` with `within` as its limit' });
  }
}

function checkPresence(args: Cursor, kind: string, report: Report): void {
  for (const key of ['until', 'for']) {
    if (!has(args, key)) continue;
    const message = `${code(key)} ends the window of \`none\`, and this is ${code(kind)}`;
    report('misplaced-key', keySpanOf(child(args, key)), message, { hint: 'to wait for a line, write `within` beside `expect`' });
  }
}

function checkValue(value: Cursor, report: Report): void {
  const texts = [...textsBelow(value)].map((text) => text.value);
  // What lacks its dollar, or its end, is told as such.
  if (value.value === undefined || texts.some((text) => text.includes('${{') || unmarkedIn(text).length > 0)) return;
  const meant = texts.find(readsSomething) ?? 'steps.up.rate';
  report('value-constant', spanOf(value), '`value` is always the same: it holds no expression', {
    hint: `write what to check as an expression, such as ${code(`\${{ ${meant} }}`)}`,
  });
}
