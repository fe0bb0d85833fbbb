/** Texts that are made to cost time or memory, each with the code that refuses it. */

const pipeline = (steps: string): string => `version: 1\nkind: pipeline\nid: a.b\ntitle: Bomb\nsteps:\n${steps}`;
const when = (expression: string): string => pipeline(`  - reset: {}\n    when: ${JSON.stringify(expression)}\n`);
const laughs = Array.from({ length: 9 }, (_, level) =>
  level === 0
    ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
    : `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
).join('\n');

export const bombs: Readonly<Record<string, readonly [text: string, code: string]>> = {
  'nested aliases': [`${laughs}\n`, 'yaml-alias'],
  'an alias that is used often': [`a: &a [x]\nb: [${Array(5000).fill('*a').join(', ')}]\n`, 'yaml-alias'],
  'merged maps that multiply': [
    `a0: &a0 {x: 1}\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}]}`).join('\n')}\n`,
    'yaml-alias',
  ],
  'deep lists': [`a: ${'['.repeat(100_000)}`, 'yaml-too-complex'],
  'deep lists that end': [`a: ${'['.repeat(5000)}${']'.repeat(5000)}\n`, 'yaml-too-complex'],
  'deep maps': [`${Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}\n`, 'yaml-too-complex'],
  'a million scalars': [`a: [${'x,'.repeat(1_000_000)}]\n`, 'yaml-too-complex'],
  'a nested expression': [when(`${'('.repeat(5000)}true${')'.repeat(5000)}`), 'expression-cost'],
  'a long expression': [when(Array(20_000).fill('true').join(' && ')), 'expression-cost'],
  'loops in loops': [when('[1,2,3].all(a, [1,2,3].all(b, [1,2,3].all(c, true)))'), 'expression-cost'],
  'a pattern that backtracks': [when("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.matches('^(a+)+$')"), 'expression-cost'],
  'a console pattern that backtracks': [pipeline('  - expect: {log: {match: "/^(a|a)*$/"}}\n'), 'malformed'],
  'thousands of mistakes': [pipeline(Array(5000).fill('  - uplaod: {}\n').join('')), 'unknown-key'],
  'a key of a megabyte': [`version: 1\nkind: pipeline\n${'k'.repeat(1_000_000)}: 1\n`, 'yaml-syntax'],
};
