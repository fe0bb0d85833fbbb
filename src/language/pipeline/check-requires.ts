/** `requires`: an expression over the facts of boards, whose names a bench may add to. */

import { groupNumbers } from '../../smp/codes.ts';
import type { Cursor, Report } from '../cursor.ts';
import { parseExpression } from '../expression.ts';
import { code, nearest } from '../words.ts';
import { readCondition } from './check-unmarked.ts';

/** What bootproof finds out about boards by itself (`device/facts.ts`), and what the reference tells benches to declare. */
const usualFacts: Readonly<Record<string, readonly string[]>> = {
  bootloader: ['mode', 'swap', 'image-address', 'pcd', 's0', 's1', 'strands'],
  images: [],
  smp: [...Object.keys(groupNumbers), 'buf-size', 'buf-count', 'version'],
  simulated: [],
  profile: [],
  upload: ['arms', 'replaces'],
  application: ['confirms'],
};

/** A misspelt fact is known of no board, and would leave the pipeline out everywhere without a word. */
export function checkRequires(requires: Cursor, report: Report): void {
  const condition = readCondition(requires, report);
  if (condition === undefined) return;
  const parsed = parseExpression(condition.expression);
  if (!parsed.ok) {
    const { code: mistake, message, hint, start, end } = parsed.problem;
    report(mistake, condition.locate(start, end), message, { hint });
    return;
  }
  for (const { path, start, end } of parsed.expression.references) {
    const [root, leaf] = path.map(({ name }) => name);
    const known = root === undefined || Object.hasOwn(usualFacts, root);
    const word = known ? leaf : root;
    const near = word === undefined ? undefined : nearest(word, known ? (usualFacts[root ?? ''] ?? []) : Object.keys(usualFacts));
    if (word === undefined || near === undefined || near === word) continue;
    report(
      'name-unknown',
      condition.locate(start, end),
      `no board is asked for ${code(word)}, and where no bench declares it the pipeline never runs`,
      {
        severity: 'warning',
        hint: `did you mean ${code(near)}?`,
      },
    );
  }
}
