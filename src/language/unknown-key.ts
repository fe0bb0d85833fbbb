/** Keys that do not exist: what the author probably meant, by spelling, by habit from other tools, or by where the key belongs. */

import pipelineSchema from '../../schemas/pipeline.schema.json' with { type: 'json' };
import type { DiagnosticCode } from './codes.ts';
import type { SchemaError } from './schema-error.ts';
import { code, list, nearest, shorten } from './words.ts';
import type { Path } from './yaml.ts';

interface UnknownKey {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly part: 'key';
  readonly path: Path;
}

/** Words of other test runners and of older habits, with what they are called here. */
const foreignWords: Readonly<Record<string, string>> = {
  action: 'exec',
  capture: 'save',
  cmd: 'run',
  command: 'run',
  condition: 'when',
  delay: 'wait',
  description: 'about',
  exclude: 'drop',
  include: 'add',
  desc: 'about',
  faults: 'fault',
  finally: 'teardown',
  if: 'when',
  parameters: 'inputs',
  params: 'inputs',
  reboot: 'reset',
  run: 'exec',
  shell: 'exec',
  skip: 'when',
  sleep: 'wait',
  summary: 'title',
  test: 'mark-pending',
  'timeout-minutes': 'timeout',
  vars: 'inputs',
  assert: 'expect',
  assertions: 'expect',
  bind: 'save',
  'continue-on-error': 'severity',
  defer: 'teardown',
  loop: 'repeat',
  name: 'title',
  retries: 'retry',
  strategy: 'matrix',
  uses: 'call',
  variables: 'inputs',
  check: 'expect',
};

/** Longer lists of keys help nobody. */
const listedMax = 12;

const stepSchema = pipelineSchema.$defs.step;
const faults: readonly string[] = pipelineSchema.$defs.fault.properties.do.enum;
const knobs = Object.keys(pipelineSchema.$defs['knob-settings'].properties);
/** Every key that a step may have, verbs included. */
export const stepKeys = Object.keys(stepSchema.properties);

export function explainUnknownKey({ path, schema, value }: SchemaError, key: string): UnknownKey {
  const known = Object.keys(schema.properties ?? {});
  const owner = ownerOf(path, schema.title);
  return {
    code: 'unknown-key',
    message: `${code(shorten(key))} is no key of ${owner}`,
    hint: matrixHint(key, known, value) ?? hintFor(key, known, { path, step: schema.title === 'Step' ? (value as object) : undefined }),
    part: 'key',
    path: [...path, key],
  };
}

interface Surroundings {
  readonly path: Path;
  /** The step, when it is one that has the key. */
  readonly step: object | undefined;
}

/** The matrix of a pipeline has axes alone; what else people expect there belongs to plans, or below `axes`. */
function matrixHint(key: string, known: readonly string[], value: unknown): string | undefined {
  if (known.join() !== 'axes') return undefined;
  if (planKeys.includes(foreignWords[key] ?? key))
    return `combinations are added and dropped in a plan, with ${code(foreignWords[key] ?? key)}; a pipeline has ${code('axes')} alone`;
  const isAxis = Array.isArray((value as Readonly<Record<string, unknown>>)[key]);
  return isAxis ? `an axis is written inside of ${code('axes')}: ${code(`axes: {${key}: [...]}`)}` : undefined;
}

const planKeys = ['add', 'set', 'drop', 'reduce'];

function hintFor(key: string, known: readonly string[], { path, step }: Surroundings): string | undefined {
  const foreign = Object.hasOwn(foreignWords, key) ? foreignWords[key] : undefined;
  if (foreign !== undefined && known.includes(foreign)) return `it is called ${code(foreign)} here`;
  const near = nearest(key, known);
  if (near !== undefined) return `did you mean ${code(near)}?`;
  if (step !== undefined) {
    const verb = Object.keys(step).find((sibling) => parametersOf(sibling).includes(key));
    return verb === undefined ? hintForStep(key) : `it belongs inside of ${code(verb)}`;
  }
  const verb = path.at(-1);
  if (typeof verb === 'string' && stepKeys.includes(verb) && stepKeys.includes(key)) {
    return `it belongs to the step: write it beside ${code(verb)}, not inside of it`;
  }
  if (known.length === 0) return 'it takes no keys';
  return known.length <= listedMax ? `it takes ${list(known)}` : undefined;
}

/** What people take for a verb: what is expected, a fault, a knob. */
function hintForStep(key: string): string | undefined {
  if (parametersOf('expect').includes(key)) return `it belongs inside of ${code('expect')}: ${code(`expect: {${key}: ...}`)}`;
  if (faults.includes(key)) return `it is a fault: ${code(`fault: {do: ${key}, ...}`)}, as a step or beside an action`;
  if (knobs.includes(key))
    return `it is a knob: ${code(`fault: {do: knob, set: {${key}: ...}}`)}, or ${code('set')} of a board in the bench`;
  return undefined;
}

function parametersOf(verb: string): readonly string[] {
  const schema = (stepSchema.properties as Readonly<Record<string, { readonly properties?: object }>>)[verb];
  return Object.keys(schema?.properties ?? {});
}

function ownerOf(path: Path, title: string | undefined): string {
  if (title === 'Step') return 'a step';
  const last = path.at(-1);
  if (last === undefined) return `a ${(title ?? 'document').toLowerCase()}`;
  if (title === 'Input') return `the input ${code(last)}`;
  if (title === 'Board') return `the board ${code(last)}`;
  return typeof last === 'string' ? code(last) : `an entry of ${ownerOf(path.slice(0, -1), undefined)}`;
}
