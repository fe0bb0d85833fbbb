/** The reference is what the schemas say, every page of it has an example that works, and no link is dead. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { examplePath, knobProfile, knobsOf } from '../../scripts/docs/pages.ts';
import { renderReference } from '../../scripts/docs/render.ts';
import { readFragments, readKinds } from '../../scripts/docs/schemas.ts';
import { createBoards } from '../../src/cli/boards.ts';
import { loadFile } from '../../src/cli/documents.ts';
import { formatDiagnostic } from '../../src/language/diagnostics.ts';
import { loadDocument } from '../../src/language/load.ts';
import { isServed } from '../../src/run/needs.ts';
import { planCells } from '../../src/run/plan.ts';
import { parsePipeline, pipelineText, runPipelines, stepEnds } from '../helpers/run.ts';
import { projectPath } from '../helpers/vectors.ts';

const root = projectPath('.');
const examples = projectPath('docs/examples');
const reference = projectPath('docs/reference');

t.test('the pages are what `npm run docs` writes', async (t) => {
  const pages = await renderReference(root);
  const present = readdirSync(reference, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'));
  t.same(present.sort(), [...pages.keys()].sort());
  for (const [path, text] of pages) t.ok(existsSync(join(reference, path)) && readFileSync(join(reference, path), 'utf8') === text, path);
});

for (const folder of ['verbs', 'nouns', 'faults'] as const) {
  t.test(`each of the ${folder} has an example that passes`, { timeout: 120_000 }, async (t) => {
    for (const [name] of readFragments(root, folder)) {
      const path = join(examples, examplePath(folder, name));
      if (!existsSync(path)) {
        t.fail(`${name} has no example: write docs/examples/${examplePath(folder, name)}`);
        continue;
      }
      const { document, diagnostics } = loadFile(path);
      t.strictSame(diagnostics.map(formatDiagnostic), [], `${name} has no mistakes`);
      if (document?.kind !== 'pipeline') continue;
      const ran = await runPipelines([document]);
      const failed = [...stepEnds(ran).values()].find(({ outcome }) => outcome !== 'passed');
      // A simulated device is no client: test/cli/serve.test.ts has one.
      const wanted = isServed(document) ? 'not-applicable' : 'passed';
      t.strictSame([ran.outcomes, failed?.diagnostics], [[wanted], undefined], `${name}: ${wanted}`);
    }
  });
}

t.test('each kind of file has an example without mistakes', (t) => {
  for (const kind of readKinds(root).keys()) {
    const path = join(examples, examplePath('kinds', kind));
    if (!existsSync(path)) t.fail(`${kind} has no example: write docs/examples/${examplePath('kinds', kind)}`);
    else t.strictSame(loadFile(path).diagnostics.map(formatDiagnostic), [], kind);
  }
  t.end();
});

t.test('a device runs with each knob', { timeout: 120_000 }, async (t) => {
  const pipeline = parsePipeline(pipelineText('  - reset: {}\n  - upload: { image: next }\n'));
  const knobs = knobsOf(root);
  t.ok(knobs.length > 40, 'there are many');
  for (const [name, schema] of knobs) {
    const { document, diagnostics } = loadDocument(knobProfile(name, schema).document, { name });
    t.strictSame(diagnostics.map(formatDiagnostic), [], `${name} has no mistakes`);
    if (document?.kind !== 'profile') continue;
    const boards = createBoards(benchOf(t.testdir({ 'knob.profile.yaml': knobProfile(name, schema).document })));
    const { outcomes } = await runPipelines([pipeline], {
      cells: planCells({ pipelines: [pipeline], boards: { all: boards, chosen: boards } }),
    });
    // What it does is shown elsewhere; here the device takes it, and no knob makes the pipeline itself wrong.
    t.ok(['passed', 'failed', 'infra'].includes(outcomes[0] ?? ''), `${name}: ${outcomes.join()}`);
  }
});

function benchOf(folder: string): Parameters<typeof createBoards>[0] {
  const { document } = loadDocument('version: 1\nkind: bench\nboards: {one: {transports: {serial: "sim:knob.profile.yaml"}}}\n', {
    name: join(folder, 'knob.bench.yaml'),
  });
  return document?.kind === 'bench' ? document : undefined;
}

t.test('no link is dead', (t) => {
  const docs = readdirSync(projectPath('docs'), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'));
  const pages = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'schemas/README.md',
    ...docs.map((path) => join('docs', path)),
  ];
  const dead: string[] = [];
  for (const page of pages) {
    const text = readFileSync(projectPath(page), 'utf8').replace(/```[^]*?```|`[^`\n]*`/g, '');
    for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [path = '', anchor] = link.split('#');
      if (/^[a-z]+:/.test(path)) continue;
      const target = path === '' ? page : join(dirname(page), path);
      const found = existsSync(projectPath(target)) && (anchor === undefined || anchorsOf(target).includes(anchor));
      if (!found) dead.push(`${page}: ${link}`);
    }
  }
  t.same(dead, []);
  t.end();
});

function anchorsOf(page: string): string[] {
  const text = readFileSync(projectPath(page), 'utf8');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}
