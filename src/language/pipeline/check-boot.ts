/** What the schema cannot say about `boot`: that it can prove something. */

import { child, has, keySpanOf, keysOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { onlyOneOf } from '../only-one-of.ts';
import { code } from '../words.ts';

export function checkBoot(args: Cursor, report: Report): void {
  const boot = child(args, 'boot');
  if (typeof boot.value !== 'object' || boot.value === null) return;
  onlyOneOf(boot, ['count', 'at-most'], report);
  if (keysOf(boot).length === 0) {
    report('missing-key', keySpanOf(boot), '`boot` is empty: it needs `swap`, `verdict`, `count` or `at-most`', {
      hint: 'say what the bootloader must have done, such as `swap: test`',
    });
  }
  for (const key of ['count', 'at-most']) if (has(boot, key)) checkWindow(args, child(boot, key), report);
}

/** Since this boot there has been one boot, always. */
function checkWindow(args: Cursor, amount: Cursor, report: Report): void {
  const hint = 'begin the window earlier: `since: step`, `since: start` or `since: mark.ID`';
  const name = code(amount.path.at(-1) ?? '');
  if (!has(args, 'since'))
    return report('key-needs', keySpanOf(amount), `${name} needs \`since\`: the window in which boots are counted`, { hint });
  if (textOf(child(args, 'since')) !== 'boot') return;
  report('always-true', keySpanOf(child(args, 'since')), `${name} says nothing since this boot, which is one boot`, { hint });
}
