/** All pages of `docs/reference/`, from the schemas, the explanations of codes, and the examples in `docs/examples/`. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeExamples } from '../../src/language/code-examples.ts';
import { codes } from '../../src/language/codes.ts';
import type { DiagnosticCode } from '../../src/language/codes.ts';
import { errorPages } from '../../src/cli/error-pages/index.ts';
import { ofProfile } from '../../src/language/examples/example.ts';
import { inFlow } from '../../src/language/words.ts';
import { readFragments, readKinds, withRefs } from './schemas.ts';
import type { FragmentFolder, Schema } from './schemas.ts';
import { keyTable } from './tables.ts';

/** The text of each page by its path below `docs/reference/`. */
export function referencePages(root: string): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  const summaries = new Map<string, string>();
  const add = (path: string, title: string, parts: readonly string[]): void => {
    const back = `[Reference](${path.includes('/') ? '../' : ''}README.md)`;
    pages.set(
      path,
      [banner(path), `# ${title}`, path === 'README.md' ? '' : back, ...parts].filter((part) => part !== '').join('\n\n') + '\n',
    );
    summaries.set(path, firstSentence(parts[0] ?? ''));
  };
  for (const [kind, schema] of readKinds(root)) add(`kinds/${kind}.md`, kind, kindPage(root, kind, schema));
  for (const folder of ['verbs', 'nouns', 'faults'] as const)
    for (const [name, schema] of readFragments(root, folder))
      add(`${folder}/${name}.md`, name, fragmentPage(root, { folder, name, schema }));
  add('verbs/expect.md', 'expect', expectPage(root));
  for (const [name, schema] of knobsOf(root)) add(`knobs/${name}.md`, name, knobPage(name, schema));
  for (const code of Object.keys(codes) as DiagnosticCode[]) add(`codes/${code}.md`, code, codePage(code));
  for (const [code, { means, mend }] of Object.entries(errorPages)) add(`errors/${code}.md`, code, [means, `Mend: ${mend}`]);
  add('README.md', 'Reference', indexPage(summaries));
  return pages;
}

function banner(path: string): string {
  const source = path.startsWith('errors/') ? 'src/cli/error-pages/' : 'schemas/source/ and src/language/codes.ts';
  return `<!-- Generated from ${source} by \`npm run docs\`. Do not edit. -->`;
}

/** Where the example of a page lies, below `docs/examples/`; it is run by the tests. */
export function examplePath(folder: FragmentFolder | 'kinds', name: string): string {
  return `${folder}/${name}.${folder === 'kinds' ? name : 'pipeline'}.yaml`;
}

function example(root: string, folder: FragmentFolder | 'kinds', name: string): string {
  const path = join(root, 'docs', 'examples', examplePath(folder, name));
  return existsSync(path) ? `## Example\n\n${yaml(readFileSync(path, 'utf8').replace(/^# yaml-language-server:.*\n/, ''))}` : '';
}

function yaml(text: string): string {
  return `\`\`\`yaml\n${text.trimEnd()}\n\`\`\``;
}

function kindPage(root: string, kind: string, schema: Schema): readonly string[] {
  const parts = Object.entries(schema.$defs ?? {}).filter(([, part]) => part.properties !== undefined);
  return [
    schema.description ?? '',
    `Files of this kind end in \`.${kind}.yaml\`. \`bootproof schema ${kind}\` prints its schema.`,
    example(root, 'kinds', kind),
    `## Keys\n\n${keyTable(schema)}`.trimEnd(),
    ...parts.map(([name, part]) =>
      name === 'step'
        ? `## step\n\n${part.description ?? ''} Verbs have [pages of their own](../README.md#verbs); the keys beside them:\n\n${keyTable(commonKeys(part, root))}`.trimEnd()
        : `## ${name}\n\n${part.description ?? ''}\n\n${keyTable(part)}`.trimEnd(),
    ),
  ];
}

function commonKeys(step: Schema, root: string): Schema {
  const verbs = [...readFragments(root, 'verbs').keys(), 'expect'];
  return { properties: Object.fromEntries(Object.entries(step.properties ?? {}).filter(([key]) => !verbs.includes(key))) };
}

interface Fragment {
  readonly folder: Exclude<FragmentFolder, 'knobs'>;
  readonly name: string;
  readonly schema: Schema;
}

const keysTitle: Readonly<Record<Fragment['folder'], string>> = {
  verbs: 'Arguments',
  nouns: 'Keys inside of `expect`',
  faults: 'Parameters, beside `do` and `at`',
};

function fragmentPage(root: string, { folder, name, schema }: Fragment): readonly string[] {
  const { description = '', 'x-result': result, 'x-verbs': verbs } = schema;
  const disturbs = verbs === undefined ? '' : `It can disturb ${verbs.map((verb) => `[\`${verb}\`](../verbs/${verb}.md)`).join(', ')}.`;
  return [
    description,
    disturbs,
    example(root, folder, name),
    `## ${keysTitle[folder]}\n\n${keyTable(withRefs(root, schema))}`.trimEnd(),
    result === undefined
      ? ''
      : `## Result\n\nWhat expressions read as \`steps.ID\`, and \`save\` can keep.\n\n${keyTable(result)}`.trimEnd(),
  ];
}

function expectPage(root: string): readonly string[] {
  const nouns = [...readFragments(root, 'nouns')].map(
    ([name, { description }]) => `| [\`${name}\`](../nouns/${name}.md) | ${description ?? ''} |`,
  );
  return [
    'Checks what must be true: now, or with `within` eventually, or with `stays` for a while. It has exactly one noun, and what belongs to it.',
    ['| noun | what it checks |', '| --- | --- |', ...nouns].join('\n'),
  ];
}

/** The knobs of simulated devices, by name. */
export function knobsOf(root: string): readonly (readonly [string, Schema])[] {
  return [...readFragments(root, 'knobs')];
}

/** A profile with the knob turned, as its example in the schema has it; the tests run a device with it. */
export function knobProfile(name: string, schema: Schema): { readonly shown: string; readonly document: string } {
  return ofProfile('', `knobs:\n  ${name}: ${inFlow(schema.examples?.[0])}\n`).mended;
}

function knobPage(name: string, schema: Schema): readonly string[] {
  const inner = schema.properties === undefined ? [] : [`## Keys\n\n${keyTable(schema)}`.trimEnd()];
  return [
    `${schema.description ?? ''} A knob of a [profile](../kinds/profile.md), so that pipelines can be proven to catch it.`,
    `## Example\n\n${yaml(knobProfile(name, schema).shown)}`,
    ...inner,
  ];
}

function codePage(code: DiagnosticCode): readonly string[] {
  const found = codeExamples[code];
  // Control characters of the example would break the page, as they break a document.
  const shown = (text: string): string => yaml(text.replace(/[\u0000-\u0008\u000b-\u001f]/g, '\ufffd'));
  return [codes[code], ...(found === undefined ? [] : [`Wrong:\n\n${shown(found.wrong.shown)}`, `Right:\n\n${shown(found.mended.shown)}`])];
}

const sections: Readonly<Record<string, string>> = {
  kinds: 'Kinds of files',
  verbs: 'Verbs',
  nouns: 'Nouns of `expect`',
  faults: 'Faults',
  knobs: 'Knobs of simulated devices',
  codes: 'Codes of mistakes in files',
  errors: 'Codes of errors while something runs',
};

/** Each page with what it is about, so that who has a symptom and no name for it finds the page. */
function indexPage(summaries: ReadonlyMap<string, string>): readonly string[] {
  return Object.entries(sections).map(([folder, title]) => {
    const own = [...summaries].filter(([path]) => path.startsWith(`${folder}/`)).sort(([a], [b]) => (a < b ? -1 : 1));
    return `## ${title}\n\n${own.map(([path, about]) => `- [${path.slice(folder.length + 1, -3)}](${path}): ${about}`).join('\n')}`;
  });
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;
}
