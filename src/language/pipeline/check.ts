/** Everything that makes a pipeline wrong although its schema is content. */

import { child, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import type { LanguageDiagnostic } from '../diagnostics.ts';
import type { Validation } from '../validate.ts';
import { code, suggestion } from '../words.ts';
import { checkArtifacts } from './check-artifacts.ts';
import { checkCalls } from './check-call.ts';
import { checkDevices } from './check-devices.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkSweeps } from './check-fault.ts';
import { checkFiles } from './check-files.ts';
import type { FileExists } from './check-file.ts';
import { checkInputs } from './check-inputs.ts';
import { checkLink } from './check-link.ts';
import { checkPower } from './check-power.ts';
import { checkProof } from './check-proof.ts';
import { checkStep } from './check-steps.ts';
import { fragmentInputs, type FragmentView, type OpenFragment } from './fragment-view.ts';
import { collectNames, type Names } from './names.ts';
import { precedence, stepsOf, type StepView } from './sections.ts';

export interface PipelineChecks {
  readonly exists: FileExists;
  readonly roles: Validation['roles'];
  readonly open: OpenFragment;
  readonly report: Report;
  /** Takes the mistakes of other files. */
  readonly add: (diagnostic: LanguageDiagnostic) => void;
}

/** Checks a pipeline or a fragment, and gives what callers of a fragment see of it. */
export function checkPipeline(
  root: Cursor,
  { exists, roles, open, report, add }: PipelineChecks,
): Pick<FragmentView, 'inputs' | 'outputs'> {
  const steps = stepsOf(root, open);
  for (const step of steps) checkStep(step, report);
  checkDevices(root, steps, report);
  checkSweeps(steps, report);
  checkProof(root, steps, report);
  checkLink(steps, report);
  // The power that a fragment takes away, its callers give back.
  if (textOf(child(root, 'kind')) !== 'fragment') checkPower(steps, report);
  checkFiles(steps, { exists, report });
  checkInputs(root, exists, report);
  const names = collectNames(root, steps, report);
  const { read, outputs } = checkExpressions(root, steps, { names, report });
  const named = checkArtifacts(root, roles, { names, report });
  const passed = checkCalls(steps, { names, report, add });
  for (const step of steps) checkMark(step, names, report);
  warnOfUnused(root, new Set([...read, ...named, ...passed, ...axisValues(root)]), report);
  return { inputs: fragmentInputs(root), outputs };
}

/** `since: mark.ID` opens a window where another step began. */
function checkMark(step: StepView, { steps }: Names, report: Report): void {
  const since = child(child(step.cursor, 'expect'), 'since');
  const id = /^mark\.(.*)$/.exec(textOf(since) ?? '')?.[1];
  if (id === undefined) return;
  const marked = steps.get(id)?.step;
  const earlier = [...steps].filter(([, { step: other }]) => other.order < step.order).map(([name]) => name);
  if (marked === undefined)
    report('name-unknown', spanOf(since), `there is no step with the id ${code(id)}`, { hint: suggestion(id, earlier) });
  else if (!['before', 'around'].includes(precedence(marked, step)))
    report('use-before-set', spanOf(since), `the step ${code(id)} has not begun by then`, { hint: 'name an earlier step' });
}

/** Values of axes may name the inputs that take their place. */
function axisValues(root: Cursor): string[] {
  const axes = child(child(root, 'matrix'), 'axes').value;
  return Object.values(Object(axes) as Record<string, unknown>)
    .flat()
    .filter((value): value is string => typeof value === 'string');
}

function warnOfUnused(root: Cursor, used: ReadonlySet<string>, report: Report): void {
  const inputs = child(root, 'inputs');
  for (const name of keysOf(inputs)) {
    if (used.has(name)) continue;
    const hint = 'remove it, or use it in a step';
    report('input-unused', keySpanOf(child(inputs, name)), `the input ${code(name)} is declared, and nothing uses it`, {
      severity: 'warning',
      hint,
    });
  }
}
