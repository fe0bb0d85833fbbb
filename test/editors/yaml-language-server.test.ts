/** With the schemas alone, the yaml-language-server of editors completes, explains and checks documents. The server is the real one. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { formats } from '../../src/language/formats.ts';
import type { FormatName } from '../../src/language/formats.ts';
import { actionVerbs, nounKeys } from '../../src/language/grammar.generated.ts';
import type { DocumentKind } from '../../src/language/model.ts';
import { documentKinds } from '../../src/language/validate.ts';
import { projectPath } from '../helpers/vectors.ts';
import { startEditor } from './language-server.ts';
import type { Editor, Place } from './language-server.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly examples?: readonly unknown[];
  readonly $ref?: string;
}

const pipelineSchema = JSON.parse(readFileSync(projectPath('schemas/pipeline.schema.json'), 'utf8')) as {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly $defs: Readonly<Record<string, Schema>>;
};
t.setTimeout(120_000);
const editor = await startEditor(projectPath('.'));

/** A file of a kind, with the line that binds it to its schema. */
function modeline(kind: DocumentKind): string {
  return `# yaml-language-server: $schema=${projectPath(`schemas/${kind}.schema.json`)}\n`;
}

let files = 0;

/** Opens a text in which `^` marks the place that is meant. */
function opened(marked: string, kind: DocumentKind = 'pipeline'): { path: string; at: Place; problems: Promise<readonly string[]> } {
  const whole = modeline(kind) + marked;
  const lines = whole.slice(0, Math.max(0, whole.indexOf('^'))).split('\n');
  const path = projectPath(`opened-${(files += 1)}.${kind}.yaml`);
  return {
    path,
    at: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 },
    problems: editor
      .open(path, whole.replace('^', ''))
      .then((found) => found.map(({ range, message }) => `${range.start.line}:${range.start.character + 1} ${message}`)),
  };
}

async function offered(marked: string, kind: DocumentKind = 'pipeline'): ReturnType<Editor['complete']> {
  const { path, at } = opened(marked, kind);
  return editor.complete(path, at);
}

const head = 'version: 1\nkind: pipeline\nid: a.b\ntitle: T\n';

t.test('completes verbs, nouns, types of inputs and values', async (t) => {
  const steps = await offered(`${head}steps:\n  - ^`);
  for (const verb of [...actionVerbs, 'expect', 'id', 'when', 'within']) t.ok(steps.has(verb), verb);
  t.match(steps.get('upload'), /^upload:\n +image: $/, 'what is needed comes with it');
  const nouns = await offered(`${head}steps:\n  - expect:\n      ^`);
  for (const noun of Object.keys(nounKeys)) t.ok(nouns.has(noun), noun);
  const inputs = await offered(`${head}inputs:\n  next:\n    ^\nsteps: [{reset: {}}]\n`);
  for (const type of ['image', 'type', 'quantity', 'default']) t.ok(inputs.has(type), type);
  t.same([...(await offered(`${head}inputs:\n  next:\n    quantity: ^\nsteps: [{reset: {}}]\n`)).keys()].sort(), [
    'duration',
    'percentage',
    'rate',
    'size',
  ]);
  t.same([...(await offered(`${head}steps:\n  - reset:\n      mode: ^\n`)).keys()].sort(), ['bootloader', 'normal']);
  t.ok((await offered(`version: 1\nkind: bench\nboards:\n  dk-7:\n    ^\n`, 'bench')).has('transports'));
  t.ok((await offered(`version: 1\nkind: profile\nname: a\nbootloader:\n  ^\n`, 'profile')).has('release'));
});

t.test('explains every key of pipelines with an example', { timeout: 120_000 }, async (t) => {
  const step = pipelineSchema.$defs['step']?.properties ?? {};
  const texts = new Map<string, string>();
  for (const key of Object.keys(pipelineSchema.properties)) texts.set(key, `^${key}:\n`);
  for (const [key, schema] of Object.entries(step)) {
    texts.set(`steps/${key}`, `${head}steps:\n  - ^${key}:\n`);
    const inner = schema.properties ?? pipelineSchema.$defs[schema.$ref?.replace('#/$defs/', '') ?? '']?.properties ?? {};
    for (const name of Object.keys(inner)) texts.set(`steps/${key}/${name}`, `${head}steps:\n  - ${key}:\n      ^${name}:\n`);
  }
  t.ok(texts.size > 80, String(texts.size));
  for (const [path, text] of texts) {
    const { path: file, at } = opened(text);
    const words = await editor.hover(file, { ...at, character: at.character + 1 });
    t.match(words, /[a-z][^]*Example/, path);
  }
});

t.test('finds nothing wrong with the stock library', { timeout: 120_000 }, async (t) => {
  const all = readdirSync(projectPath('pipelines'), { recursive: true, encoding: 'utf8' }).map(async (path) => {
    const kind = documentKinds.find((one) => path.endsWith(`.${one}.yaml`));
    if (kind === undefined) return;
    const text = readFileSync(join(projectPath('pipelines'), path), 'utf8').replace(/^# yaml-language-server:.*\n/, '');
    t.same(await opened(text.replaceAll('^', ''), kind).problems, [], path);
  });
  await Promise.all(all);
});

t.test('tells each mistake once, where it is', async (t) => {
  const mistakes = `${head.replace('a.b', 'A B')}timeout: 90 sec
steps:
  - uplaod: {image: next}
  - upload: {image: next, window: 0}
  - reset: {mode: fast}
  - expect: {active: next, confirmed: maybe}
  - upload: {slot: 1}
`;
  t.same(await opened(mistakes).problems, [
    '3:5 Must be a name of lower-case words joined by "." and "-".',
    '5:10 Must be a duration with its unit (us, ms, s, m, h), such as 90s.',
    '7:5 Property uplaod is not allowed.',
    '8:35 Value is below the minimum of 1.',
    '9:19 Value is not accepted. Valid values: "normal", "bootloader".',
    '10:39 Must be a value of its type, or one expression ${{ ... }}.',
    '11:5 Missing property "image".',
  ]);
});

t.test('never objects to a text that bootproof takes', (t) => {
  const patterns = JSON.parse(readFileSync(projectPath('schemas/source/editor-patterns.json'), 'utf8')) as Record<
    string,
    { pattern: string }
  >;
  const pieces = [
    '1',
    '0',
    '90',
    '2.5',
    ' ',
    's',
    'ms',
    'us',
    'm',
    'h',
    'B',
    'KiB',
    'MB',
    '/',
    '%',
    '.',
    '+',
    '-',
    'boot',
    'mark',
    'a',
    ':',
  ];
  const texts = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
  for (const [name, { pattern }] of Object.entries(patterns)) {
    const { problem, example } = formats[name as FormatName];
    if (example !== undefined) t.match(example, new RegExp(pattern), name);
    fc.assert(
      fc.property(texts, (text) => problem(text) !== undefined || text.includes('${{') || new RegExp(pattern, 'u').test(text)),
      { numRuns: 2000, seed: 7 },
    );
  }
  t.end();
});

t.test('the server ends well', async (t) => {
  t.equal(await editor.close(), 0);
});
