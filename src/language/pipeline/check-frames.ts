/** What the schema cannot say about `frames`: that it can prove something, and that its groups exist. */

import { groupNumber, groupNumbers } from '../../smp/codes.ts';
import { child, has, itemsOf, keySpanOf, keysOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { onlyOneOf } from '../only-one-of.ts';
import { code, list, suggestion } from '../words.ts';

const amounts = ['count', 'at-least', 'at-most'] as const;

export function checkFrames(frames: Cursor, report: Report): void {
  if (typeof frames.value !== 'object' || frames.value === null) return;
  onlyOneOf(frames, ['match', 'order'], report);
  onlyOneOf(frames, ['count', 'at-least'], report);
  onlyOneOf(frames, ['count', 'at-most'], report);
  checkRange(frames, report);
  for (const pattern of [child(frames, 'match'), ...itemsOf(child(frames, 'order'))]) checkGroup(child(pattern, 'group'), report);
  if (has(frames, 'match')) return;
  if (has(frames, 'order')) return refuseAmounts(frames, report);
  // An unknown key was meant to be one of them, and is reported already.
  if (keysOf(frames).some((key) => !(amounts as readonly string[]).includes(key))) return;
  report('missing-key', keySpanOf(frames), '`frames` does not say which packets: it needs `match` or `order`', {
    hint: 'say what they hold, such as `match: {op: write, group: image, command: 1}`',
  });
}

function checkRange(frames: Cursor, report: Report): void {
  const [least, most] = [child(frames, 'at-least'), child(frames, 'at-most')];
  if (typeof least.value !== 'number' || typeof most.value !== 'number' || least.value <= most.value) return;
  const message = `no number is at least ${least.value} and at most ${most.value}`;
  const related = [{ message: '`at-least` is here', span: keySpanOf(least) }];
  report('keys-exclude', spanOf(most), message, { hint: 'keep one of them, or turn them around', related });
}

function refuseAmounts(frames: Cursor, report: Report): void {
  for (const amount of amounts) {
    if (!has(frames, amount)) continue;
    const message = `${code(amount)} counts what ${code('match')} describes, and does not go with ${code('order')}`;
    report('misplaced-key', keySpanOf(child(frames, amount)), message, { hint: 'check the number in a step of its own' });
  }
}

/** A pattern's group, by its name. */
export function checkGroup(group: Cursor, report: Report): void {
  const name = textOf(group);
  if (name === undefined || name.includes('${{') || groupNumber(name) !== undefined) return;
  const groups = Object.keys(groupNumbers);
  report('wrong-value', spanOf(group), `there is no SMP group ${code(name)}`, {
    hint: suggestion(name, groups) ?? `there are ${list(groups)}`,
  });
}
