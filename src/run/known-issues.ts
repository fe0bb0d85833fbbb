/** Known issues on the outcome of a cell: a failure that one describes is expected until its day; a different failure is not excused. */

import type { CellOutcome } from '../events/outcome.ts';
import type { KnownIssue } from '../language/model.ts';
import { compilePattern } from '../language/pattern.ts';
import { matchesWildcard } from '../language/wildcard.ts';
import type { Cell } from './cell.ts';

export interface KnownIssueList {
  /** The first one that matches a cell counts. */
  readonly issues: readonly KnownIssue[];
  /** The day of the run, as `2027-03-01`. */
  readonly today: string;
}

export interface CellVerdict {
  readonly outcome: CellOutcome;
  readonly reason?: string | undefined;
}

/** The verdict with the issue taken into account, and the issue when it decides or explains anything. */
export function withKnownIssue(
  cell: Cell,
  verdict: CellVerdict,
  { issues, today }: KnownIssueList,
): CellVerdict & { readonly issue?: KnownIssue } {
  const issue = issues.find((one) => isAbout(one, cell));
  if (issue === undefined) return verdict;
  const { outcome, reason = '' } = verdict;
  if (outcome === 'passed' && issue.strict) {
    return { outcome: 'xpassed', issue, reason: `passed, although ${issue.id} says that it fails: delete the entry from the known issues` };
  }
  const isFailure = outcome === 'failed' || (outcome === 'flaky' && issue.mode === 'quarantine');
  if (!isFailure) return verdict;
  if (!describes(issue, reason))
    return { outcome, reason: `${reason} (this is not what ${issue.id} describes: "${issue.signature ?? ''}")` };
  if (issue.expires < today)
    return { outcome, reason: `${reason} (${issue.id} excused it until ${issue.expires}; mend it, or renew the entry)` };
  return { outcome: 'xfailed', reason, issue };
}

/** Whether the issue is about the cell, whatever its outcome. */
export function isAbout({ pipeline, cells }: KnownIssue, cell: Cell): boolean {
  const values: Readonly<Record<string, unknown>> = { ...cell.axes, board: cell.board.name, transport: cell.transport };
  if (!matchesWildcard(pipeline, cell.pipeline.id)) return false;
  return Object.entries(cells).every(([axis, pattern]) => axis in values && matchesWildcard(pattern, String(values[axis])));
}

function describes({ signature }: KnownIssue, reason: string): boolean {
  return signature === undefined || compilePattern(signature).find(reason) !== undefined;
}
