/** What pages written by hand say about files, knobs and profiles is so. */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { hasErrors } from '../../src/language/diagnostics.ts';
import { loadDocument } from '../../src/language/load.ts';
import { projectPath } from '../helpers/vectors.ts';

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(projectPath('docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

t.test('links lead to files', (t) => {
  for (const page of pages) {
    const text = readFileSync(projectPath(page), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^https?:/.test(target)) continue;
      t.ok(existsSync(projectPath(join(dirname(page), target))), `${page}: ${target}`);
    }
  }
  t.end();
});

t.test('a sick board of the page about reports can be had', (t) => {
  const rows = readFileSync(projectPath('docs/from-a-report.md'), 'utf8').matchAll(/^\|[^|]*\|[^|]*\|([^|]*)\|[^|]*\|$/gm);
  const settings = [...rows].flatMap(([, cell = '']) => [...cell.matchAll(/`([a-z.-]+: [^`]+)`/g)].map(([, setting = '']) => setting));
  t.ok(settings.length >= 5, String(settings.length));
  for (const setting of settings) {
    const board = setting.startsWith('sim:')
      ? `transports: { serial: '${setting}' }`
      : `transports: { serial: 'sim:nrf52840dk' }, set: { ${setting} }`;
    const text = `version: 1\nkind: bench\nboards:\n  sick: { ${board} }\n`;
    const { diagnostics } = loadDocument(text, { name: 'a.bench.yaml' });
    t.notOk(hasErrors(diagnostics), `${setting} ${diagnostics.map(({ message }) => message).join(', ')}`);
  }
  t.end();
});
