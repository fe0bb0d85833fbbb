/**
 * `npm run generate`: bundles `schemas/source/` into one self-contained schema per kind of file, and writes the TypeScript types and
 * tables of the language. `--check` writes nothing and fails when a file on disk differs from what it would write.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';
import { format, resolveConfig } from 'prettier';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sourceFolder = join(root, 'schemas', 'source');
const kinds = ['bench', 'fragment', 'known-issues', 'pipeline', 'plan', 'policy', 'profile'];
const banner = 'Generated from schemas/source/ by `npm run generate`. Do not edit.';
/** A scalar with this pattern may also be written as one expression. */
const expressionPattern = '^\\$\\{\\{.*\\}\\}$';
const expressionMessage = 'Must be a value of its type, or one expression ${{ ... }}.';
/** Keywords that say nothing about the type; the limits of lists would make tuples of them. */
const nothingToTypes = ['examples', 'minItems', 'maxItems', 'pattern', 'patternErrorMessage'];
/** Editors do not know our formats: what they can check of each, as `pattern` and its message. */
const editorPatterns = readSource('editor-patterns.json');
/** The formats that also take one expression in place of the text. */
const computedFormats = ['duration', 'size', 'rate', 'percentage'];

await main();

async function main() {
  const outputs = new Map();
  for (const kind of kinds) outputs.set(`schemas/${kind}.schema.json`, await formatted(JSON.stringify(bundle(kind)), 'json'));
  outputs.set('src/language/grammar.generated.ts', await formatted(await grammar(), 'typescript'));
  outputs.set('src/sim/knobs/values.generated.ts', await formatted(await knobValues(), 'typescript'));
  process.exitCode = process.argv.includes('--check') ? check(outputs) : write(outputs);
}

function write(outputs) {
  for (const [path, text] of outputs) if (textOf(path) !== text) writeFileSync(join(root, path), text);
  return 0;
}

function check(outputs) {
  const stale = [...outputs].filter(([path, text]) => textOf(path) !== text).map(([path]) => path);
  for (const path of stale) console.error(`${path} is not what schemas/source/ says; run \`npm run generate\``);
  return stale.length === 0 ? 0 : 1;
}

function textOf(path) {
  const full = join(root, path);
  return existsSync(full) ? readFileSync(full, 'utf8') : undefined;
}

async function formatted(text, parser) {
  return format(text, { ...(await resolveConfig(join(root, 'package.json'))), parser });
}

/** One root with everything that it refers to under `$defs`. Scalars of `common.json` are copied to where they are used. */
function bundle(kind) {
  const { $schema, ...schema } = readSource(`${kind}.json`);
  const defs = {};
  const bundled = withRefs(schema, defs);
  const sorted = Object.fromEntries(Object.entries(defs).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { $schema, $comment: banner, ...bundled, $defs: sorted };
}

function withRefs(node, defs) {
  if (Array.isArray(node)) return node.map((item) => withRefs(item, defs));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, ...rest } = node;
  const own = Object.fromEntries(
    Object.entries(rest).flatMap(([key, value]) =>
      isData(key) ? [[key, value]] : isForGenerator(key) ? [] : [[key, withRefs(value, defs)]],
    ),
  );
  if ($ref === undefined) return forEditors(own);
  const [file, pointer] = $ref.split('#/$defs/');
  if (pointer !== undefined) return forEditors({ ...readSource(file).$defs[pointer], ...own });
  const name = basename(file, '.json');
  if (!(name in defs)) {
    defs[name] = {};
    defs[name] = withRefs(sourceOf(name), defs);
  }
  return { $ref: `#/$defs/${name}`, ...own };
}

function forEditors(node) {
  if (node.pattern === expressionPattern) return { ...node, patternErrorMessage: expressionMessage };
  const known = editorPatterns[node.format];
  if (known === undefined || 'pattern' in node) return node;
  const pattern = computedFormats.includes(node.format) ? `${known.pattern}|${expressionPattern}` : known.pattern;
  return { ...node, ...known, pattern };
}

/** `x-role` stays: the language finds image-valued parameters and conditions by it. */
function isForGenerator(key) {
  return key === 'x-result' || key === 'x-verbs' || key === 'x-at';
}

/** Keywords that hold documents, in which `$ref` and `x-...` would be ordinary keys. */
function isData(key) {
  return key === 'examples' || key === 'const' || key === 'enum';
}

function sourceOf(name) {
  if (name === 'step') return stepSchema();
  if (name === 'fault') return faultSchema();
  if (name === 'knobs') return knobsSchema();
  if (name === 'knob-settings') return settingsSchema();
  return readSource(`${name}.json`);
}

/** The verbs stand beside the common keys as plain properties, so that editors and messages stay exact. */
function stepSchema() {
  const step = readSource('step.json');
  const verbs = fragments('verbs').map(([verb, fragment]) => [verb, { ...fragment, title: verb }]);
  return { ...step, properties: { ...Object.fromEntries(verbs), expect: expectSchema(), ...step.properties } };
}

/** All nouns and their companions as properties of one object; which of them go together is checked by `src/language/steps.ts`. */
function expectSchema() {
  const nouns = fragments('nouns');
  return {
    title: 'expect',
    description: 'Checks what must be true: now, or with `within` eventually. Exactly one noun, and what belongs to it.',
    examples: nouns.flatMap(([, noun]) => noun.examples),
    type: 'object',
    properties: mergedProperties(nouns),
    additionalProperties: false,
  };
}

function faultSchema() {
  const fault = readSource('fault.json');
  const faults = fragments('faults');
  const properties = {
    ...fault.properties,
    do: { ...fault.properties.do, enum: faults.map(([name]) => name) },
    ...mergedProperties(faults),
  };
  return { ...fault, properties };
}

/** The knobs of a profile file: what every one of them can be set to. */
function knobsSchema() {
  const knobs = fragments('knobs');
  return { ...readSource('knobs.json'), properties: Object.fromEntries(knobs) };
}

/** What a running device can be told to be like: every knob, and everything that a profile says about firmware and links. */
function settingsSchema() {
  const { properties } = readSource('profile.json');
  const knobs = fragments('knobs');
  const changeable = ['bootloader', 'server', 'application', 'links'].map((key) => [key, properties[key]]);
  const taken = knobs.find(([name]) => changeable.some(([key]) => name.startsWith(`${key}.`)));
  if (taken !== undefined) throw new Error(`the knob ${taken[0]} is named like a value of the profile`);
  return { ...readSource('knob-settings.json'), properties: Object.fromEntries([...knobs, ...changeable.flatMap(leaves)]) };
}

/** The values below a key by their dotted paths; maps with names of the author's own are values. */
function leaves([path, schema]) {
  const { properties } = '$ref' in schema && !schema.$ref.includes('#') ? readSource(schema.$ref) : schema;
  if (properties === undefined) return [[path, schema]];
  return Object.entries(properties).flatMap(([key, property]) => leaves([`${path}.${key}`, property]));
}

/** Two fragments may share a key only if it means the same to both. */
function mergedProperties(entries) {
  const merged = {};
  for (const [name, fragment] of entries) {
    for (const [key, schema] of Object.entries(fragment.properties)) {
      if (key in merged && JSON.stringify(merged[key]) !== JSON.stringify(schema)) {
        throw new Error(`the key ${key} of ${name}.json differs from the same key of another fragment`);
      }
      merged[key] = schema;
    }
  }
  return merged;
}

/** The types of all arguments, and the tables that the semantic checks need. */
async function grammar() {
  const verbs = fragments('verbs');
  const nouns = fragments('nouns');
  const faults = fragments('faults');
  const results = verbs.filter(([, verb]) => 'x-result' in verb).map(([name, verb]) => [name, verb['x-result']]);
  const types = {
    title: 'Grammar',
    description: 'All types that the schemas declare.',
    ...record({
      actions: {
        title: 'ActionArgs',
        description: 'The arguments of each action, once expressions are replaced by their values.',
        ...record(verbs),
      },
      nouns: {
        title: 'NounArgs',
        description: 'The arguments of each expectation, once expressions are replaced by their values.',
        ...record(nouns),
      },
      faults: { title: 'FaultArgs', description: 'The parameters of each fault, by the word that `do` names it with.', ...record(faults) },
      faultTrigger: { title: 'FaultTrigger', ...readSource('fault.json').properties.at },
      input: { $ref: 'input.json' },
      board: { $ref: 'board.json' },
      profile: { $ref: 'profile.json' },
      knownIssues: { $ref: 'known-issues.json' },
      plan: { $ref: 'plan.json' },
      policy: { $ref: 'policy.json' },
    }),
  };
  return `/* ${banner} */

${withoutRoot(await compile(typeSchema(types), 'Grammar', { bannerComment: '', format: false, additionalProperties: false }))}
export const actionVerbs = ${JSON.stringify(verbs.map(([name]) => name))} as const;

/** The keys of each expectation. */
export const nounKeys = ${JSON.stringify(keysByName(nouns))} as const;

/** The parameters of each fault. */
export const faultKeys = ${JSON.stringify(keysByName(faults))} as const;

/** The moments at which each fault can begin; \`now\` is without \`at\`. */
export const faultMoments = ${JSON.stringify(Object.fromEntries(faults.map(([name, fault]) => [name, fault['x-at']])))} as const;

/** The parameters that each fault cannot do without. */
export const faultRequired = ${JSON.stringify(Object.fromEntries(faults.map(([name, fault]) => [name, fault.required ?? []])))} as const;

/** The verbs that a fault can disturb, of those that cannot disturb all. */
export const faultVerbs = ${JSON.stringify(Object.fromEntries(faults.flatMap(([name, fault]) => ('x-verbs' in fault ? [[name, fault['x-verbs']]] : []))))} as const;

/** The types of what expressions can read of \`steps.ID\`, by verb; verbs that are not listed have no result. */
export const resultTypes = ${JSON.stringify(Object.fromEntries(results.map(([name, result]) => [name, typesByKey(result)])))} as const;
`;
}

/** The values of the knobs for the simulator, which stands below the language. */
async function knobValues() {
  const types = {
    title: 'KnobValues',
    description: 'What each knob is set to, as profiles and pipelines write it.',
    ...record(fragments('knobs')),
  };
  return `/* ${banner} */

${await compile(typeSchema(types), 'KnobValues', { bannerComment: '', format: false, additionalProperties: false })}`;
}

/** The root only exists to have all the others compiled at once. */
function withoutRoot(text) {
  return text.replace(/\/\*\*(?:(?!\*\/)[^])*\*\/\s*export interface Grammar \{[^}]*\}/, '');
}

/** An object type with exactly these properties. */
function record(entries) {
  const properties = Array.isArray(entries) ? Object.fromEntries(entries) : entries;
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function keysByName(entries) {
  return Object.fromEntries(entries.map(([name, fragment]) => [name, Object.keys(fragment.properties)]));
}

function typesByKey(schema) {
  return Object.fromEntries(Object.entries(schema.properties).map(([key, property]) => [key, property.type ?? 'any']));
}

/** What is left of a schema when every expression has been replaced by its value. */
function typeSchema(schema) {
  const $defs = {};
  const bundled = withRefs(withoutInnerSteps(schema), $defs);
  return withoutExpressions({ ...bundled, $defs });
}

/** Steps within steps are resolved by themselves, so the types of arguments know nothing of them. */
function withoutInnerSteps(node) {
  if (Array.isArray(node)) return node.map(withoutInnerSteps);
  if (typeof node !== 'object' || node === null) return node;
  const { $ref, ...rest } = node;
  const kept = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withoutInnerSteps(value)]));
  return $ref === undefined || $ref === 'step.json' ? kept : { $ref, ...kept };
}

function withoutExpressions(node) {
  if (Array.isArray(node)) return node.map(withoutExpressions);
  if (typeof node !== 'object' || node === null) return node;
  if ('$ref' in node) return { $ref: node.$ref };
  const kept = Object.entries(node).filter(([key]) => !nothingToTypes.includes(key));
  const copy = Object.fromEntries(kept.map(([key, value]) => [key, withoutExpressions(value)]));
  return node.pattern === expressionPattern ? { ...copy, type: node.type.filter((one) => one !== 'string') } : copy;
}

function fragments(folder) {
  const files = readdirSync(join(sourceFolder, folder)).sort();
  return files.map((file) => [basename(file, '.json'), readSource(`${folder}/${file}`)]);
}

function readSource(path) {
  // Fragments in sub-folders refer to the scalars beside the roots.
  return JSON.parse(readFileSync(join(sourceFolder, path), 'utf8'));
}
