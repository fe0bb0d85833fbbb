/** Keys that exclude each other. */

import { child, keySpanOf, keysOf, type Cursor, type Report } from './cursor.ts';
import { code, list } from './words.ts';

/** Reports the second of several keys that exclude each other. */
export function onlyOneOf(args: Cursor, keys: readonly string[], report: Report): void {
  const present = keysOf(args).filter((key) => keys.includes(key));
  const [first, second] = present;
  if (first === undefined || second === undefined) return;
  const related = [{ message: `${code(first)} is here`, span: keySpanOf(child(args, first)) }];
  report('keys-exclude', keySpanOf(child(args, second)), `${list(present)} exclude each other`, { hint: 'keep one of them', related });
}
