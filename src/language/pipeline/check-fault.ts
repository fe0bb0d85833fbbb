/** What the schema cannot say about faults: what each can disturb, when it can happen, and that a pipeline sweeps over one thing. */

import { child, has, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { faultKeys, faultMoments, faultRequired, faultVerbs } from '../grammar.generated.ts';
import type { Verb } from '../model.ts';
import { code, list } from '../words.ts';
import { onlyOneOf } from '../only-one-of.ts';
import type { StepView } from './sections.ts';

export function checkFault({ cursor }: StepView, verb: Verb, report: Report): void {
  const fault = child(cursor, 'fault');
  if (!has(cursor, 'fault') || typeof fault.value !== 'object') return;
  checkAim(fault, verb, report);
  const kind = textOf(child(fault, 'do'));
  if (!isFault(kind)) return;
  checkDisturbed(fault, { kind, verb }, report);
  for (const key of faultRequired[kind] as readonly string[]) {
    if (!has(fault, key)) report('missing-key', spanOf(fault), `the fault ${code(kind)} needs the key ${code(key)}`);
  }
  checkKeys(fault, { kind, known: ['at', 'do', ...faultKeys[kind]], all: Object.values(faultKeys).flat() }, report);
  checkMoment(fault, kind, report);
}

/** As a verb a fault begins or ends; beside a verb it only begins. */
function checkAim(fault: Cursor, verb: Verb, report: Report): void {
  if (verb === 'fault') onlyOneOf(fault, ['do', 'clear'], report);
  else if (has(fault, 'clear')) {
    const hint = 'make it a step of its own: `- fault: {clear: ...}`';
    report('misplaced-key', keySpanOf(child(fault, 'clear')), `${code('clear')} ends a fault, and this one disturbs ${code(verb)}`, {
      hint,
    });
  }
  if (has(fault, 'do') || (verb === 'fault' && has(fault, 'clear'))) return;
  report('missing-key', spanOf(fault), 'the key `do` is missing', { hint: 'say what goes wrong, such as `do: power-cut`' });
}

function checkDisturbed(fault: Cursor, { kind, verb }: { readonly kind: FaultKind; readonly verb: Verb }, report: Report): void {
  if (verb === 'expect') {
    const hint = 'put it on the action that it disturbs, or on a step of its own';
    return report('fault-not-possible', keySpanOf(fault), 'a fault disturbs an action, and `expect` only looks', { hint });
  }
  const disturbed = Object.hasOwn(faultVerbs, kind) ? faultVerbs[kind as keyof typeof faultVerbs] : undefined;
  if (disturbed === undefined || verb === 'fault' || (disturbed as readonly string[]).includes(verb)) return;
  const message = `the fault ${code(kind)} cannot happen during ${code(verb)}: it disturbs ${list(disturbed)}`;
  report('fault-not-possible', keySpanOf(fault), message, { hint: `put it on the step that has ${list(disturbed, 'or')}` });
}

function checkMoment(fault: Cursor, kind: FaultKind, report: Report): void {
  const moments: readonly string[] = faultMoments[kind];
  const at = child(fault, 'at');
  const all = Object.values(faultMoments).flat();
  const known = moments.filter((moment) => moment !== 'now');
  if (has(fault, 'at')) return checkKeys(at, { kind, known, all }, report);
  if (moments.includes('now')) return;
  report('missing-key', spanOf(fault), `the fault ${code(kind)} needs the key \`at\``, { hint: `it takes ${list(known)}` });
}

/** Keys that nobody knows are reported already. */
function checkKeys(
  place: Cursor,
  { kind, known, all }: { readonly kind: string; readonly known: readonly string[]; readonly all: readonly string[] },
  report: Report,
): void {
  for (const key of keysOf(place)) {
    if (known.includes(key) || !all.includes(key)) continue;
    report('misplaced-key', keySpanOf(child(place, key)), `${code(key)} does not go with the fault ${code(kind)}`, {
      hint: `it takes ${list(known)}`,
    });
  }
}

/** One sweep at most, and where its end can be seen: sweeps over sweeps would be the product of both. */
export function checkSweeps(steps: readonly StepView[], report: Report): void {
  const sweeps = steps.flatMap(({ cursor, section, parents, verbs }) => {
    const trigger = child(child(child(cursor, 'fault'), 'at'), 'flash-op');
    return isSweep(trigger.value) ? [{ trigger, section, parents, verbs }] : [];
  });
  const [first, second] = sweeps;
  if (first !== undefined && second !== undefined) {
    const related = [{ message: 'the first sweep is here', span: keySpanOf(first.trigger) }];
    const hint = 'sweep here in a pipeline of its own, or give the number of one operation';
    report('many-sweeps', keySpanOf(second.trigger), 'a pipeline sweeps over the operations of one step only', { hint, related });
  }
  for (const { trigger, section, parents, verbs } of sweeps) {
    if (verbs[0] === 'fault') {
      const hint = 'put the fault beside the verb of the step';
      report('fault-not-possible', keySpanOf(trigger), 'a sweep is over the operations of one step', { hint });
    }
    if (parents.length > 0) {
      const message = 'a sweep counts the flash operations of a step that stands for itself, and this one is within another';
      report('fault-not-possible', keySpanOf(trigger), message, { hint: 'move the step out to `steps`' });
    }
    if (section === 'setup' || section === 'steps') continue;
    report('fault-not-possible', keySpanOf(trigger), `a sweep decides the outcome, and a step of ${code(section)} cannot`, {
      hint: 'put it on a step of `steps`',
    });
  }
}

function isSweep(value: unknown): boolean {
  return value === 'all' || (typeof value === 'object' && value !== null && !Array.isArray(value));
}

type FaultKind = keyof typeof faultKeys;

function isFault(kind: string | undefined): kind is FaultKind {
  return kind !== undefined && Object.hasOwn(faultKeys, kind);
}
