/**
 * Results in words, as every text report shows them. What is in one line still holds what devices sent, and the format's own writer makes
 * it fit. Text of several lines is printable already: once joined, a CR at the end of a line cannot be told from a line end.
 */

import { printable, seconds } from './text.ts';
import type { EventDiagnostic, JsonValue } from '../events/event.ts';
import type { AttemptSummary, CellSummary, StepSummary } from './summary.ts';

/** Why the cell ended as it did. */
export function headline(cell: CellSummary): string {
  return cell.reason ?? mainDiagnostic(cell)?.message ?? cell.outcome;
}

/** The known issue and why it counts here: `FW-123: the swap takes too long`. */
export function describeIssue(cell: CellSummary): string {
  return cell.issue === undefined ? headline(cell) : `${cell.issue.ticket}: ${headline(cell)}`;
}

/** The diagnostic that stands for the cell where there is room for one only. */
export function mainDiagnostic(cell: CellSummary): EventDiagnostic | undefined {
  return cell.diagnostics.find((diagnostic) => diagnostic.severity === 'error') ?? cell.diagnostics[0];
}

/** Where to look first: the failed step, or else the pipeline. */
export function positionOf(cell: CellSummary): { readonly file: string; readonly line: number } {
  return cell.failedStep?.source ?? cell.plan;
}

/** The cell's title with its axes, such as `Revert works [transport=udp]`. */
export function titleOf(cell: CellSummary): string {
  const axes = Object.entries(cell.plan.axes).map(([axis, value]) => `${axis}=${value}`);
  return axes.length === 0 ? cell.plan.title : `${cell.plan.title} [${axes.join(', ')}]`;
}

/** All that explains a bad outcome, in several lines. A reason that repeats the first diagnostic is said once. */
export function describeFailure(reason: string, step: StepSummary | undefined, diagnostics: readonly EventDiagnostic[]): string {
  const where = step === undefined ? [] : [`in ${step.step} (${step.verb}) ${step.title}`];
  const why = diagnostics[0]?.message === reason ? [] : [reason];
  return joinLines([...why, ...where, ...diagnostics.map(describeDiagnostic)]);
}

/** A value in a message: text as it is, everything else as JSON. */
export function displayJson(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What was done in an attempt and what the boards printed meanwhile. */
export function describeAttempt(attempt: AttemptSummary, attempts: number): string {
  const { board, transport, outcome, durationMs, steps, console } = attempt;
  const head = `attempt ${attempt.attempt} of ${attempts} on ${board} over ${transport}: ${outcome} in ${seconds(durationMs)} s`;
  return joinLines([head, ...steps.map(describeStep), ...(console === '' ? [] : ['console:', console])]);
}

function describeStep(step: StepSummary): string {
  const why = step.outcome === 'passed' ? undefined : step.diagnostics[0]?.message;
  return `  ${step.outcome} ${step.step} (${step.verb}) ${step.title}, ${seconds(step.durationMs)} s${why === undefined ? '' : `: ${why}`}`;
}

function describeDiagnostic(diagnostic: EventDiagnostic): string {
  const { at, found, wanted } = diagnostic;
  const lines = [
    `${diagnostic.severity}[${diagnostic.code}]: ${diagnostic.message}`,
    at && `at ${at.file}:${at.line}:${at.column}`,
    diagnostic.frame,
    found !== undefined && `found:  ${displayJson(found)}`,
    wanted !== undefined && `wanted: ${displayJson(wanted)}`,
    diagnostic.hint !== undefined && `hint: ${diagnostic.hint}`,
  ];
  return joinLines(lines.filter((line) => typeof line === 'string'));
}

function joinLines(lines: readonly string[]): string {
  return lines.map(printable).join('\n');
}
