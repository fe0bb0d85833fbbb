/** Braces without the dollar, `{{ x }}`: plain text in most places, and a mistake where nothing but an expression has a meaning. */

import { textOf, type Cursor, type Report, type Text } from '../cursor.ts';
import { parseExpression } from '../expression.ts';
import type { Span } from '../source.ts';
import { conditionOf } from '../template.ts';
import { unmarkedIn } from '../unmarked.ts';
import { code } from '../words.ts';
import type { Path } from '../yaml.ts';

/** From offsets in an expression to places in the file. */
export type Locate = (start: number, end: number) => Span;

/** `path` leads from the step to the text. What `value` judges is what its expressions give. */
export function checkUnmarked(text: Text, [verb, noun]: Path, report: Report): void {
  tellUnmarked(text, verb === 'expect' && noun === 'value' ? 'error' : 'warning', report);
}

/** The expression of a condition; undefined, and told, when it is none because its braces lack the dollar. */
export function readCondition(condition: Cursor, report: Report): { readonly expression: string; readonly locate: Locate } | undefined {
  const { tree, path } = condition;
  const value = textOf(condition);
  if (value === undefined) return undefined;
  const { expression, expressionStart } = conditionOf(value);
  if (unmarkedIn(value).length > 0 && !parseExpression(expression).ok) {
    tellUnmarked({ ...condition, value }, 'error', report);
    return undefined;
  }
  return { expression, locate: (start, end) => tree.locateText(path, expressionStart + start, expressionStart + end) };
}

function tellUnmarked({ tree, path, value }: Text, severity: 'error' | 'warning', report: Report): void {
  for (const { start, end, expression } of unmarkedIn(value))
    report('expression-unmarked', tree.locateText(path, start, end), 'this is plain text: an expression begins with `${{`', {
      severity,
      hint: `write ${code(`\${{ ${expression} }}`)}`,
    });
}
