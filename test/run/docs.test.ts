/** What the documentation shows must work as shown. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { formatDiagnostic } from '../../src/language/diagnostics.ts';
import { loadDocument } from '../../src/language/load.ts';
import { projectPath } from '../helpers/vectors.ts';
import { runPipelines } from '../helpers/run.ts';

t.test('the YAML in the README', async (t) => {
  const readme = readFileSync(projectPath('README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```yaml\n([^]*?)```/g)].map((match) => match[1] ?? '');
  t.ok(blocks.length >= 2);
  for (const [index, block] of blocks.entries()) {
    const { document, diagnostics } = loadDocument(block, { name: `README.md, block ${index + 1}` });
    t.strictSame(diagnostics.map(formatDiagnostic), [], `block ${index + 1} has no mistakes`);
    if (document?.kind === 'pipeline') t.strictSame((await runPipelines([document])).outcomes, ['passed'], `block ${index + 1} passes`);
  }
});

t.test('the commands in the README exist', (t) => {
  const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { scripts: Record<string, string> };
  for (const page of ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md']) {
    const text = readFileSync(projectPath(page), 'utf8');
    for (const [, name] of text.matchAll(/npm run ([a-z:-]+)/g)) t.ok(scripts[name ?? ''] !== undefined, `${page}: npm run ${name}`);
  }
  t.end();
});
