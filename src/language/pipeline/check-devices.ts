/** Roles of boards: each step of a pipeline with several says which board it is for, and only roles that are declared. */

import { below, child, has, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { code, list, suggestion } from '../words.ts';
import type { StepView } from './sections.ts';

export function checkDevices(root: Cursor, steps: readonly StepView[], report: Report): void {
  const roles = keysOf(child(root, 'devices'));
  for (const step of steps) {
    for (const named of namedBy(step)) checkRole(named, roles, { isFragment: child(root, 'kind').value === 'fragment', report });
    if (roles.length > 0 && touchesBoard(step) && roleOf(step) === undefined) reportMissing(step, roles, report);
  }
  if (roles.length > 0 && has(child(child(root, 'matrix'), 'axes'), 'board')) {
    const axis = child(child(child(root, 'matrix'), 'axes'), 'board');
    report('axis-unknown', keySpanOf(axis), 'the axis `board` chooses one board, and this pipeline has several', {
      hint: `choose with ${code('labels')} under ${code('devices')}, or with --on ROLE=BOARD`,
    });
  }
}

/** The keys in which a step names devices: its own, and those of its branches. */
function namedBy({ cursor }: StepView): Cursor[] {
  const branches = child(cursor, 'parallel').value;
  const ofBranches = Array.isArray(branches) ? branches.map((_, index) => below(cursor, ['parallel', index, 'device'])) : [];
  return [child(cursor, 'device'), ...ofBranches].filter(({ value }) => value !== undefined);
}

function checkRole(
  named: Cursor,
  roles: readonly string[],
  { isFragment, report }: { readonly isFragment: boolean; readonly report: Report },
): void {
  const role = textOf(named);
  if (role === undefined || roles.includes(role)) return;
  const hint = isFragment
    ? 'a fragment works on the device of the step that calls it: write `device` there'
    : (suggestion(role, roles) ?? 'declare the roles of boards under `devices`');
  report('name-unknown', spanOf(named), `there is no device ${code(role)}`, { hint });
}

/** The nearest device around the step that is said. */
export function roleOf({ cursor, parents }: StepView): string | undefined {
  if (has(cursor, 'device')) return textOf(child(cursor, 'device')) ?? '';
  for (const { step, list: index } of [...parents].reverse()) {
    const branch = below(step.cursor, ['parallel', index]);
    for (const place of [branch, step.cursor]) if (has(place, 'device')) return textOf(child(place, 'device')) ?? '';
  }
  return undefined;
}

/** Steps of the host, and those whose work is done by the steps within them, need no device. */
function touchesBoard({ cursor, verbs }: StepView): boolean {
  const [verb] = verbs;
  if (verb === undefined || ['exec', 'parallel', 'prompt', 'repeat'].includes(verb)) return false;
  if (verb === 'wait') return has(child(cursor, 'wait'), 'until');
  return verb !== 'expect' || !has(child(cursor, 'expect'), 'value');
}

function reportMissing({ cursor, verbs }: StepView, roles: readonly string[], report: Report): void {
  const verb = child(cursor, verbs[0] ?? '');
  report('device-missing', keySpanOf(verb), 'this step does not say which device it is for', {
    hint: `add ${code(`device: ${roles[0] ?? ''}`)} to it, or to a step around it; there are ${list(roles)}`,
  });
}
