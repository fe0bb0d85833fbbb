/** Everything that makes a list of known issues wrong although its schema is content. */

import { child, has, itemsOf, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { code } from '../words.ts';

export function checkKnownIssues(root: Cursor, report: Report): void {
  const first = new Map<string, Cursor>();
  for (const issue of itemsOf(child(root, 'issues'))) {
    const id = child(issue, 'id');
    const name = textOf(id);
    const other = name === undefined ? undefined : first.get(name);
    if (name !== undefined && other === undefined) first.set(name, id);
    if (name !== undefined && other !== undefined) {
      const related = [{ message: 'the other one is here', span: spanOf(other) }];
      report('duplicate-id', spanOf(id), `two known issues have the id ${code(name)}`, { hint: 'give one of them another', related });
    }
    checkIssue(issue, report);
  }
}

function checkIssue(issue: Cursor, report: Report): void {
  const [since, expires] = [textOf(child(issue, 'since')), textOf(child(issue, 'expires'))];
  if (since !== undefined && expires !== undefined && expires < since) {
    const message = `it expires on ${expires}, before it is known (${since})`;
    report('out-of-range', spanOf(child(issue, 'expires')), message, { hint: 'give a later day' });
  }
  checkReach(issue, report);
  const strict = child(issue, 'strict');
  if (!has(issue, 'strict') || textOf(child(issue, 'mode')) !== 'quarantine') return;
  const hint = 'a quarantined cell may pass now and then; remove `strict`, or use `mode: xfail`';
  report('keys-exclude', keySpanOf(strict), '`strict` does not go with `mode: quarantine`', { hint });
}

/** A wildcard for all pipelines is meant for one kind of failure, or for one place. */
function checkReach(issue: Cursor, report: Report): void {
  const pipeline = child(child(issue, 'match'), 'pipeline');
  if (!/^\*+$/.test(textOf(pipeline) ?? '') || has(issue, 'signature') || keysOf(child(child(issue, 'match'), 'cells')).length > 0) return;
  report('excuses-everything', spanOf(pipeline), 'every failure of every pipeline is excused by this, new ones too', {
    severity: 'warning',
    hint: 'name the pipelines, or add a `signature` that only this failure has',
  });
}
