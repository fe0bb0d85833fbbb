/** What the schema cannot say about faults: what each can disturb, when it can happen, and that a pipeline sweeps over one thing. */

import { child, keySpanOf, keysOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { faultKeys, faultVerbs, type FaultArgs, type FaultTrigger } from '../grammar.generated.ts';
import type { Verb } from '../model.ts';
import { code, list } from '../words.ts';
import type { StepView } from './sections.ts';

/** The one kind of moment that each fault has. */
const triggers: Readonly<Record<keyof FaultArgs, keyof FaultTrigger>> = { corrupt: 'offset', 'power-cut': 'flash-op' };

export function checkFault({ cursor }: StepView, verb: Verb, report: Report): void {
  const fault = child(cursor, 'fault');
  const kind = textOf(child(fault, 'do'));
  if (!isFault(kind)) return;
  const disturbed: readonly string[] = faultVerbs[kind];
  if (!disturbed.includes(verb)) {
    const message = `the fault ${code(kind)} cannot happen during ${code(verb)}: it disturbs ${list(disturbed)}`;
    report('fault-not-possible', keySpanOf(fault), message, { hint: `put it on the step that has ${list(disturbed, 'or')}` });
  }
  checkKeys(fault, { kind, known: ['at', 'do', ...faultKeys[kind]], all: Object.values(faultKeys).flat() }, report);
  checkKeys(child(fault, 'at'), { kind, known: [triggers[kind]], all: Object.values(triggers) }, report);
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
  const sweeps = steps.flatMap(({ cursor, section, parents }) => {
    const trigger = child(child(child(cursor, 'fault'), 'at'), 'flash-op');
    return isSweep(trigger.value) ? [{ trigger, section, parents }] : [];
  });
  const [first, second] = sweeps;
  if (first !== undefined && second !== undefined) {
    const related = [{ message: 'the first sweep is here', span: keySpanOf(first.trigger) }];
    const hint = 'sweep here in a pipeline of its own, or give the number of one operation';
    report('many-sweeps', keySpanOf(second.trigger), 'a pipeline sweeps over the operations of one step only', { hint, related });
  }
  for (const { trigger, section, parents } of sweeps) {
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

function isFault(kind: string | undefined): kind is keyof typeof faultKeys {
  return kind !== undefined && Object.hasOwn(faultKeys, kind);
}
