/** Pipelines that leave a board without power: whatever runs on it next finds it dead. */

import { child, has, keySpanOf, textOf, type Report } from '../cursor.ts';
import { roleOf } from './check-devices.ts';
import type { StepView } from './sections.ts';

/** The sections that a run goes through when nothing fails, and those that it ends with when something does. */
const ways: readonly (readonly StepView['section'][])[] = [
  ['setup', 'steps', 'teardown'],
  ['on-failure', 'teardown'],
];

export function checkPower(steps: readonly StepView[], report: Report): void {
  const last = ways.flatMap((way) => leftOff(steps.filter(({ section }) => way.includes(section))));
  for (const { cursor } of new Set(last))
    report('power-left-off', keySpanOf(child(cursor, 'power')), 'the power stays off: no later step gives it back', {
      severity: 'warning',
      hint: 'add `- power: {on: true}` to `teardown`, which runs whatever happens',
    });
}

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
