/** The messages are the product: each mistake in `test/failing` must be reported exactly as its golden file says. UPDATE_GOLDEN=1 rewrites them. */

import { readdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { codes } from '../../src/language/codes.ts';
import { describeDiagnostic, formatDiagnostic } from '../../src/language/diagnostics.ts';
import { loadDocument } from '../../src/language/load.ts';
import type { Files, Loaded } from '../../src/language/load.ts';
import { projectPath } from '../helpers/vectors.ts';

const folder = projectPath('test/failing');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace(/\.yaml$/, ''))
  .sort();
/** Told by the command line or at run time, or too large for a golden file. */
const codesElsewhere = [
  'board-cannot',
  'board-unknown',
  'input-value',
  'expression-failed',
  'file-too-large',
  'file-unusable',
  'misnamed-file',
  'nothing-to-check',
];

const files: Files = {
  exists: () => false,
  open: (path) => {
    const at = join(folder, path);
    const name = path.replace(/^fragments\//, '');
    const beside = { ...files, open: (other: string) => files.open(`fragments/${other}`) };
    return existsSync(at) ? { name, text: readFileSync(at, 'utf8'), files: beside } : undefined;
  },
};

function load(name: string): Loaded {
  const text = readFileSync(`${folder}/${name}.yaml`, 'utf8');
  return loadDocument(text, { name: `${name}.yaml`, files });
}

t.test('every mistake is reported as its golden file says', (t) => {
  for (const name of names) {
    const { diagnostics, document } = load(name);
    const text = `${diagnostics.map(formatDiagnostic).join('\n\n')}\n`;
    const golden = `${folder}/${name}.err`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
    t.equal(text, existsSync(golden) ? readFileSync(golden, 'utf8') : '', name);
    const errors = diagnostics.some(({ severity }) => severity === 'error');
    t.equal(document === undefined, errors, `${name} gives a document exactly when nothing is wrong`);
    t.ok(diagnostics.length > 0, `${name} is a mistake`);
  }
  t.end();
});

t.test('every code has a mistake that shows it, and an explanation', (t) => {
  const shown = new Set<string>(names.flatMap((name) => load(name).diagnostics.map(({ code }) => code)));
  const missing = Object.keys(codes).filter((code) => !shown.has(code) && !codesElsewhere.includes(code));
  t.same(missing, []);
  for (const explanation of Object.values(codes)) t.match(explanation, /^[A-Z`].{30,}\.$/s);
  t.end();
});

t.test('four mistakes are four diagnostics, each at its own place', (t) => {
  const places = load('four-mistakes')
    .diagnostics.map(describeDiagnostic)
    .map(({ code, at }) => `${at?.line}:${at?.column} ${code}`);
  t.same(places, ['6:35 unquoted-scalar', '8:10 unit-missing', '10:5 unknown-key', '11:22 input-unknown']);
  t.end();
});
