/** Expressions: where they are found in texts, what they evaluate to, that they always end, and how their failures read. */

import fc from 'fast-check';
import t from 'tap';
import { compareAmount, parseAmount } from '../../src/language/amount.ts';
import { createTypeCheck, evaluateExpression, operandsOf, parseExpression } from '../../src/language/expression.ts';
import type { Expression } from '../../src/language/expression.ts';
import { compilePattern, linePatternProblem, regularExpressionProblem } from '../../src/language/pattern.ts';
import { evaluateRequires } from '../../src/language/requires.ts';
import { conditionOf, isOneExpression, parseTemplate } from '../../src/language/template.ts';

const scope = {
  inputs: { count: 3, flag: true, rate: '3 KiB/s', next: { version: '1.1.0', hash: 'ab'.repeat(32), size: 65_536 } },
  steps: { up: { bytes: 65_536, seconds: 21.5, rate: 3048.2, match: true }, 'my-step': { exit: 0 }, list: { items: [1, 2, 3] } },
  saved: { name: 'x', nothing: null },
  cell: { board: 'sim' },
  facts: {},
};

function parsed(text: string): Expression {
  const result = parseExpression(text);
  if (!result.ok) throw new TypeError(result.problem.message);
  return result.expression;
}

function valueOf(text: string): unknown {
  const result = evaluateExpression(parsed(text), scope);
  return result.ok ? result.value : `failed: ${result.problem.message}`;
}

t.test('values', (t) => {
  const table: readonly (readonly [expression: string, value: unknown])[] = [
    ['inputs.count', 3],
    ['inputs.count + 1', 4],
    ['1 + inputs.count * 2.5', 8.5],
    ['steps.up.bytes / steps.up.seconds > 3000', true],
    ['steps.up.bytes % 1000', 536],
    ['7 / 2', 3],
    ['7 / 2.0', 3.5],
    ['steps.up.rate >= quantity("2 KiB/s")', true],
    ['quantity(inputs.rate)', 3072],
    ['quantity("90s") + quantity("1m")', 150],
    ['quantity("40%")', 0.4],
    ['inputs.next.version + " on " + cell.board', '1.1.0 on sim'],
    ['inputs.next.version.startsWith("1.")', true],
    ['inputs.next.version.matches("^1[.]1[.]")', true],
    ['steps["my-step"].exit == 0 && inputs.flag', true],
    ['has(steps.up) && !has(steps.down)', true],
    ['steps.list.items.map(x, x * 2)', [2, 4, 6]],
    ['steps.list.items.exists(x, x == 2)', true],
    ['inputs.next', scope.inputs.next],
    ['{"a": [1, "b", null]}', { a: [1, 'b', null] }],
    ['saved.nothing == null', true],
    ['string(inputs.count) + "x"', '3x'],
    ['size(inputs.next.hash)', 64],
    ['inputs.flag ? "yes" : "no"', 'yes'],
    ['9007199254740993', 'failed: the number is too large'],
    [
      'timestamp("2026-01-01T00:00:00Z")',
      'failed: the value is of a kind that has no place in a pipeline; turn it into a text with string()',
    ],
    ['2 * steps.up.seconds < duration("30m")', true],
    ['duration("1m") <= 60 && 1 < duration("2s") && duration("2s") > 1', true],
    ['duration("90s")', 90],
    ['duration("1m") == duration("60s")', true],
    ['semver("1.10.0") > semver("1.9.0") && semver("1.0.0") == semver("1.0.0+0")', true],
    ['semver(inputs.next.version) >= semver("1.1.0+1")', false],
    ['semver("one")', 'failed: "one" is no version'],
    ['hex(255) + hex(16.0) + hex("AB")', 'ff104142'],
    ['hex(-1)', 'failed: hex() takes a whole number from 0 on, and this is -1'],
    ['len("abc") + len([1, 2]) + len({"a": 1})', 6],
    ['first(steps.list.items) == 1', true],
    ['first([])', 'failed: the list is empty, so it has no first item'],
    ['"1.1.0" in [inputs.next.version]', true],
    ['inputs.count == 3 && 3 == inputs.count && inputs.count != 4', true],
    ['quantity("fast")', 'failed: "fast" is no number with a unit'],
    ['steps.down.rate', 'failed: there is no `down` (steps.down.rate is not there)'],
    ['inputs.next.constructor', 'failed: there is no `constructor` (inputs.next.constructor is not there)'],
    ['inputs.__proto__', 'failed: there is no `__proto__` (inputs.__proto__ is not there)'],
    ['1 / 0', 'failed: division by zero'],
    ['inputs.rate > 3', 'failed: the types do not fit together: text > number (inputs.rate = "3 KiB/s")'],
  ];
  for (const [expression, value] of table) t.same(valueOf(expression), value, expression);
  t.equal(
    operandsOf(parsed('steps.up.rate > 1 && saved.x == 1 && steps.up.rate < 9'), scope),
    'steps.up.rate = 3048.2, saved.x is not there',
  );
  t.end();
});

t.test('expressions that are refused', (t) => {
  const table: readonly (readonly [expression: string, code: string, start: number])[] = [
    ['', 'expression-syntax', 0],
    ['1 +', 'expression-syntax', 2],
    ['(1', 'expression-syntax', 1],
    ['a b', 'expression-syntax', 2],
    ['"open', 'expression-syntax', 0],
    ['x'.repeat(1001), 'expression-cost', 0],
    ['('.repeat(50) + '1' + ')'.repeat(50), 'expression-syntax', 16],
    ['1' + ' + 1'.repeat(200), 'expression-syntax', 0],
    ['inputs.a.matches("^(a+)+$")', 'expression-cost', 0],
    ['inputs.a.matches(inputs.b)', 'expression-cost', 0],
    ['[1].all(a, [1].all(b, [1].all(c, true)))', 'expression-cost', 22],
    ['cel.bind(x, "a", x + x)', 'expression-cost', 0],
  ];
  for (const [expression, code, start] of table) {
    const result = parseExpression(expression);
    t.ok(!result.ok && result.problem.code === code, `${expression.slice(0, 40)}: ${code}`);
    if (!result.ok && !expression.includes(' + 1 + 1') && !expression.startsWith('(('))
      t.equal(result.problem.start, start, expression.slice(0, 40));
  }
  t.end();
});

t.test('references are found wherever they stand, and loop variables are none', (t) => {
  const names = (text: string): string[] =>
    parsed(text).references.map(({ path, presence }) => `${presence ? '?' : ''}${path.map(({ name }) => name).join('.')}`);
  t.same(names('inputs.a + steps["b-c"].d'), ['inputs.a', 'steps.b-c.d']);
  t.same(names('inputs.list.all(x, x.y > inputs.z) && x'), ['inputs.list', 'inputs.z', 'x']);
  t.same(names('has(saved.x) ? saved.x : [cell.id, {"k": facts.f}]'), ['?saved.x', 'saved.x', 'cell.id', 'facts.f']);
  t.same(names('inputs.list[inputs.index].name'), ['inputs.list', 'inputs.index']);
  const [reference] = parsed('1 + steps.up.rate').references;
  t.match(reference, {
    start: 4,
    end: 17,
    path: [
      { start: 4, end: 9 },
      { start: 10, end: 12 },
      { start: 13, end: 17 },
    ],
  });
  t.end();
});

t.test('types are checked against what the scope will hold', (t) => {
  const typeOf = createTypeCheck({ inputs: { count: 'double', 'a-b': 'string' }, steps: { up: { match: 'bool' } }, facts: 'map' });
  const check = (text: string): string | undefined => typeOf(parsed(text)).type ?? typeOf(parsed(text)).problem?.message;
  t.equal(check('inputs.count > 2'), 'bool');
  t.equal(check('inputs["a-b"]'), 'string');
  t.equal(check('steps.up.match && facts.anything.at.all'), 'bool');
  t.equal(check('inputs.count == 2'), 'bool');
  t.equal(check('2 * inputs.count < duration("30s")'), 'bool');
  t.equal(check('semver(inputs["a-b"]) < semver("2.0.0")'), 'bool');
  t.equal(check('semver(inputs["a-b"]) < "2.0.0"'), 'the types do not fit together: Version < text');
  t.equal(check('len(inputs.count)'), "found no matching overload for 'len(double)'");
  t.equal(check('inputs.count + "x"'), 'the types do not fit together: number + text');
  t.equal(check('steps.up.match > 1'), 'the types do not fit together: bool > number');
  t.end();
});

t.test('placeholders', (t) => {
  const found = (text: string): unknown => {
    const template = parseTemplate(text);
    return template.ok ? template.placeholders.map(({ expression }) => expression) : `open at ${template.at}`;
  };
  t.same(found('no expression $ {{ }} }}'), []);
  t.same(found('${{ a }} and ${{b}}'), ['a', 'b']);
  t.same(found('${{ "}}" + x }}'), ['"}}" + x']);
  t.same(found(`\${{ '\\'}}' }}`), [`'\\'}}'`]);
  t.same(found('${{ {"a": {"b": 1}} }}'), ['{"a": {"b": 1}}']);
  t.same(found('a ${{ b'), 'open at 2');
  t.same(found('${{ "x }}'), 'open at 0');
  t.ok(isOneExpression('${{ a }}'));
  for (const text of ['${{ a }} ', '${{ a }}${{ b }}', 'a', '${{ a']) t.notOk(isOneExpression(text), text);
  t.match(conditionOf('${{ a }}'), { expression: 'a', expressionStart: 4 });
  t.match(conditionOf('a'), { expression: 'a', expressionStart: 0 });
  t.end();
});

t.test('requirements: what nobody knows decides nothing', (t) => {
  const facts = { bootloader: { swap: true, mode: 'swap-move' }, images: 2, smp: { image: false } };
  const met = [
    'bootloader.swap',
    'images >= 2 && bootloader.mode == "swap-move"',
    'unknown.fact || bootloader.swap',
    '!smp.image',
    'has(bootloader.swap)',
    '!has(ble.mtu)',
  ];
  for (const text of met) t.same(evaluateRequires(text, facts), { met: true }, text);
  const unmet: readonly (readonly [string, string])[] = [
    ['smp.image', '`smp.image` does not hold (smp.image = false)'],
    ['bootloader.swap && images > 2', '`images > 2` does not hold (images = 2)'],
    ['unknown.fact && bootloader.swap', 'nothing is known about `unknown.fact`'],
    ['!unknown.fact', 'nothing is known about `unknown.fact`'],
    ['unknown.fact && smp.image', '`smp.image` does not hold (smp.image = false)'],
    ['!bootloader.swap', '`!bootloader.swap` does not hold (bootloader.swap = true)'],
    ['images', '`images` does not hold (images = 2)'],
    ['has(ble.mtu)', 'there is no `ble` (ble.mtu is not there)'],
    ['images >', 'the expression ends too early'],
  ];
  for (const [text, reason] of unmet) t.match(evaluateRequires(text, facts), { met: false, reason }, text);
  t.end();
});

t.test('amounts are compared in their base units', (t) => {
  t.equal(parseAmount('90s'), 90);
  t.equal(parseAmount('2 KiB/s'), 2048);
  t.equal(parseAmount('-3.5'), -3.5);
  t.equal(parseAmount('many'), undefined);
  t.ok(compareAmount(3048.2, '2 KiB/s') > 0);
  t.equal(compareAmount('64 KiB', 65_536), 0);
  t.ok(compareAmount(12.3, '90s') < 0);
  for (const found of ['fast', null, true, undefined, {}]) t.ok(Number.isNaN(compareAmount(found, 1)), JSON.stringify(found));
  t.end();
});

t.test('patterns', (t) => {
  t.match(compilePattern('type: test').find('Swap type: test.'), { start: 5, end: 15, groups: {} });
  t.equal(compilePattern('a.b').find('axb'), undefined, 'plain text is no expression');
  t.match(compilePattern('/boot took (?<ms>\\d+) ms/i').find('BOOT TOOK 12 MS'), { groups: { ms: '12' } });
  t.same(compilePattern('/(?<a>x)|(?<b>y)/').find('y')?.groups, { b: 'y' });
  t.equal(linePatternProblem('/dev/ttyACM0'), undefined, 'a path is plain text');
  const safe = [
    '^\\*\\*\\* Booting .* \\*\\*\\*$',
    '[0-9a-f]{64}',
    '(?:foo|bar)',
    '(ab){2}',
    '(abc)+',
    '[(+*]+',
    '\\(\\w+\\)',
    '(?<=x)y',
    'a+b*c?d{2,}',
  ];
  for (const source of safe) t.equal(regularExpressionProblem(source), undefined, source);
  const unsafe = [
    '(a+)+',
    '(a|b)*',
    '((a?))+',
    '(a{2,})*',
    '(?:x*)+?',
    '(a)\\1',
    '(?<n>a)\\k<n>',
    '(',
    'a'.repeat(501),
    '.*'.repeat(9),
    '(a*){3,}',
  ];
  for (const source of unsafe) t.type(regularExpressionProblem(source), 'string', source.slice(0, 20));
  t.end();
});

t.test('property: any text is parsed, checked and evaluated without an exception, in no time', (t) => {
  const words = fc.constantFrom(
    'inputs',
    'steps.up.rate',
    'count',
    '"a"',
    "'",
    '1',
    '2.5',
    '+',
    '/',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '.',
    ',',
    'all',
    'x',
    '&&',
    '!',
    '?',
    ':',
    'has',
    'quantity',
    'matches',
    ' ',
  );
  const texts = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.array(words, { maxLength: 25 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const cpu = process.cpuUsage();
      const result = parseExpression(text);
      if (result.ok) evaluateExpression(result.expression, scope);
      else if (result.problem.start < 0 || result.problem.end <= result.problem.start) return false;
      evaluateRequires(text, scope);
      parseTemplate(`\${{ ${text} }}`);
      return process.cpuUsage(cpu).user < 200_000;
    }),
    { numRuns: 3000 },
  );
  t.end();
});

t.test('property: a pattern that is accepted ends soon on any line', (t) => {
  const parts = fc.constantFrom('a', 'b', '.', '[ab]', '\\w', '(', ')', '(?:', '|', '*', '+', '?', '{2,}', '^', '$', 'a+', 'a*');
  const line = `${'a'.repeat(2000)}!`;
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(parts, { minLength: 1, maxLength: 8 }), (tokens) => {
      const source = tokens.join('');
      if (regularExpressionProblem(source) !== undefined) return true;
      accepted += 1;
      const cpu = process.cpuUsage();
      compilePattern(`/${source}/`).find(line.slice(0, 200));
      return process.cpuUsage(cpu).user < 200_000;
    }),
    { numRuns: 2000 },
  );
  t.ok(accepted > 100);
  t.end();
});
