/** What the schema cannot say about `serve`: that each rule has one answer, and is for requests. */

import { child, has, itemsOf, keySpanOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { onlyOneOf } from '../only-one-of.ts';
import { code } from '../words.ts';
import { checkErrorName } from './check-error-name.ts';
import { checkGroup } from './check-frames.ts';

export function checkServe(args: Cursor, report: Report): void {
  for (const rule of itemsOf(child(args, 'script'))) checkRule(rule, report);
}

function checkRule(rule: Cursor, report: Report): void {
  onlyOneOf(rule, ['answer', 'error', 'silence'], report);
  checkErrorName(child(rule, 'error'), report);
  const match = child(rule, 'match');
  checkGroup(child(match, 'group'), report);
  const op = textOf(child(match, 'op'));
  if (op === 'read-response' || op === 'write-response') {
    const hint = `write ${code(`op: ${op.replace('-response', '')}`)}`;
    report('wrong-value', spanOf(child(match, 'op')), 'a server gets requests, and no responses', { hint });
  }
  for (const key of ['delay', 'copies']) {
    if (!has(rule, 'silence') || !has(rule, key)) continue;
    report('keys-exclude', keySpanOf(child(rule, key)), `a silence has no ${code(key)}`, { hint: 'keep one of the two' });
  }
}
