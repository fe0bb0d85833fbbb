/** Pipelines that leave a board without power: whatever runs on it next finds it dead. */

import { child, has, keySpanOf, textOf, type Report } from '../cursor.ts';
import type { Verb } from '../model.ts';
import { roleOf } from './check-devices.ts';
import type { StepView } from './sections.ts';

/** The steps that a run goes through in their order: all of them, or up to one that fails and on with what follows a failure. */
interface Way {
  readonly steps: readonly StepView[];
  readonly failed?: StepView;
}

export function checkPower(steps: readonly StepView[], report: Report): void {
  const told = new Set<StepView>();
  for (const { steps: way, failed } of waysThrough(steps)) {
    for (const step of leftOff(way)) {
      if (told.has(step)) continue;
      told.add(step);
      const why = failed === undefined ? 'no later step gives it back' : 'a later step may fail, and nothing then gives it back';
      report('power-left-off', keySpanOf(child(step.cursor, 'power')), `the power stays off: ${why}`, {
        severity: 'warning',
        hint: 'add `- power: {on: true}` to `teardown`, which runs whatever happens',
        related:
          failed === undefined ? undefined : [{ message: 'this step may fail', span: keySpanOf(child(failed.cursor, failed.verbs[0]!)) }],
      });
    }
  }
}

function waysThrough(steps: readonly StepView[]): readonly Way[] {
  if (!steps.some(({ verbs }) => verbs.includes('power'))) return [];
  const within = (...sections: readonly StepView['section'][]): readonly StepView[] =>
    steps.filter(({ section }) => sections.includes(section));
  const work = within('setup', 'steps');
  const rescue = within('on-failure', 'teardown');
  const failures = work.flatMap((failed, index): readonly Way[] =>
    mayFail(failed) ? [{ steps: [...work.slice(0, index), ...rescue], failed }] : [],
  );
  return [{ steps: [...work, ...within('teardown')] }, { steps: rescue }, ...failures];
}

/** What fails when the board or the pipeline is not as it should be, by itself and not by the steps within it. */
function mayFail({ cursor, verbs: [verb] }: StepView): boolean {
  if (verb === undefined || textOf(child(cursor, 'severity')) === 'warn') return false;
  return verb === 'wait' ? has(child(cursor, 'wait'), 'until') : !steadyVerbs.includes(verb);
}

const steadyVerbs: readonly Verb[] = ['power', 'disconnect', 'fault', 'parallel', 'repeat'];

/** For each role the step that takes the power away for good. What called steps and programs do cannot be seen from here. */
function leftOff(steps: readonly StepView[]): readonly StepView[] {
  const off = new Map<string, StepView>();
  for (const step of steps) {
    const { cursor, verbs } = step;
    const power = child(cursor, 'power');
    const role = roleOf(step) ?? '';
    if (verbs.includes('call') || verbs.includes('exec')) off.clear();
    else if (child(power, 'off').value === true) off.set(role, step);
    else if (['on', 'cycle', 'cut'].some((key) => has(power, key)) || textOf(child(child(cursor, 'reset'), 'via')) === 'power')
      off.delete(role);
  }
  return [...off.values()];
}
