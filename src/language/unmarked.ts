/** Expressions that lost their dollar: `{{ x }}`. It is plain text, which is hardly ever meant. */

import { parseExpression } from './expression.ts';
import { parseTemplate, type Placeholder } from './template.ts';

export type Unmarked = Pick<Placeholder, 'expression' | 'start' | 'end'>;

/** Those of a text. The templates of other programs look alike, and are no expressions of ours: `{{.Name}}`, `{{json .Name}}`. */
export function unmarkedIn(text: string): readonly Unmarked[] {
  const found = [...text.matchAll(/\{\{([^{}]*)\}\}/g)];
  if (found.length === 0) return [];
  const template = parseTemplate(text);
  const placeholders = template.ok ? template.placeholders : [];
  return found.flatMap(({ 0: whole, 1: inside = '', index: start }) => {
    const expression = inside.trim();
    const isInside = placeholders.some((one) => start >= one.start && start < one.end);
    return isInside || !readsSomething(expression) ? [] : [{ expression, start, end: start + whole.length }];
  });
}

/** Whether a text is an expression that reads a name. */
export function readsSomething(text: string): boolean {
  if (/(^|\s)\./.test(text)) return false;
  const parsed = parseExpression(text);
  return parsed.ok && parsed.expression.references.length > 0;
}
