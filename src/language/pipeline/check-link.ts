/** Steps that need the link after one that took it away: they could only fail. */

import { child, has, keySpanOf, textOf, type Report } from '../cursor.ts';
import type { Noun, Verb } from '../model.ts';
import { code } from '../words.ts';
import { roleOf } from './check-devices.ts';
import { precedence, type StepView } from './sections.ts';

/** What took the link away from a device. */
interface Gone {
  readonly by: StepView;
  readonly verb: 'disconnect' | 'power';
}

export function checkLink(steps: readonly StepView[], report: Report): void {
  const gone = new Map<string, Gone>();
  let section: StepView['section'] = 'setup';
  for (const step of steps) {
    // Evidence and teardown may begin anywhere, and may open the link anew.
    if (step.section !== section && step.section !== 'steps') gone.clear();
    section = step.section;
    const role = roleOf(step) ?? '';
    const before = gone.get(role);
    if (before !== undefined && needsLink(step) && precedence(before.by, step) === 'before') {
      reportGone(step, before, report);
      gone.delete(role);
    }
    follow(step, role, gone);
  }
}

/** What the step does to the link. Where that cannot be seen from here, the link is there. */
function follow(step: StepView, role: string, gone: Map<string, Gone>): void {
  const { cursor, verbs } = step;
  const [verb] = verbs;
  const power = child(cursor, 'power');
  const state = gone.get(role)?.verb;
  if (verb === 'call' || verb === 'exec') gone.clear();
  else if (verb === 'connect' && state === 'disconnect') gone.delete(role);
  else if (verb === 'power' && state === 'power' && !has(power, 'off')) gone.delete(role);
  else if (has(cursor, 'when') || gone.has(role)) return;
  else if (verb === 'disconnect') gone.set(role, { by: step, verb });
  else if (verb === 'power' && child(power, 'off').value === true) gone.set(role, { by: step, verb });
}

const linkVerbs: readonly Verb[] = ['upgrade', 'upload', 'mark-pending', 'confirm', 'erase', 'echo', 'settings', 'files', 'shell', 'smp'];
const linkNouns: readonly Noun[] = ['active', 'image', 'slots', 'state'];

function needsLink({ cursor, verbs }: StepView): boolean {
  const [verb] = verbs;
  if (verb === undefined) return false;
  if (verb === 'reset') return ['smp', undefined].includes(textOf(child(child(cursor, 'reset'), 'via')));
  if (verb === 'expect') {
    const args = child(cursor, 'expect');
    return linkNouns.some((noun) => has(args, noun)) || has(child(args, 'link'), 'mtu');
  }
  return linkVerbs.includes(verb);
}

function reportGone({ cursor, verbs }: StepView, { by, verb }: Gone, report: Report): void {
  const [own = ''] = verbs;
  const [why, hint] =
    verb === 'disconnect'
      ? ['the link is closed here', `add ${code('- connect: {}')} before it`]
      : ['the power is off here', `add ${code('- power: {on: true}')} before it`];
  report('link-gone', keySpanOf(child(cursor, own)), `${code(own)} needs the board to answer, and it cannot`, {
    hint,
    related: [{ message: why, span: keySpanOf(child(by.cursor, verb)) }],
  });
}
