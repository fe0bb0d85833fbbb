/** The page of expressions is true: every row of its table is evaluated. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { evaluateExpression, parseExpression } from '../../src/language/expression.ts';
import { projectPath } from '../helpers/vectors.ts';

t.test('every row gives the value beside it', (t) => {
  const page = readFileSync(projectPath('docs/expressions.md'), 'utf8');
  const rows = [...page.matchAll(/^\| [^|]+ \| `(.+?)` +\| `(.+?)` +\|$/gm)];
  t.ok(rows.length >= 24, String(rows.length));
  for (const [, shown = '', value = ''] of rows) {
    const text = shown.replaceAll('\\|', '|');
    const parsed = parseExpression(text);
    t.ok(parsed.ok, text);
    const result = parsed.ok ? evaluateExpression(parsed.expression, { inputs: { rate: 3 } }) : undefined;
    t.same(result?.ok === true && result.value, JSON.parse(value), text);
  }
  t.end();
});
