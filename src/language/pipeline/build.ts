/** A pipeline without mistakes as its model. */

import { parseDuration } from '../../base/quantities.ts';
import { assert } from '../../base/assert.ts';
import { imageOrigin, packageOrigin } from '../origin.ts';
import type { Input } from '../grammar.generated.ts';
import type {
  AnyStep,
  AxisValue,
  Block,
  DeviceRole,
  Fault,
  Fragment,
  InputDeclaration,
  OutputDeclaration,
  Pipeline,
  Section,
  Verb,
  VerbArgs,
  Written,
} from '../model.ts';
import { innerListsOf } from '../inner-steps.ts';
import { compact, frozen } from '../plain.ts';
import { conditionOf } from '../template.ts';
import type { Path, YamlTree } from '../yaml.ts';
import { verbsAmong } from './sections.ts';

/** As the schema has it. */
interface PipelineFile {
  readonly id: string;
  readonly title: string;
  readonly about?: string;
  readonly tags?: readonly string[];
  readonly requires?: string;
  readonly devices?: Readonly<Record<string, DeviceFile>>;
  readonly inputs?: Readonly<Record<string, Input>>;
  readonly matrix?: { readonly axes: Readonly<Record<string, readonly AxisValue[]>> };
  readonly 'forbid-log'?: readonly string[];
  readonly timeout?: string;
  readonly setup?: readonly StepFile[];
  readonly steps: readonly StepFile[];
  readonly 'on-failure'?: readonly StepFile[];
  readonly teardown?: readonly StepFile[];
}

type StepFile = { readonly [V in Verb]?: Written<VerbArgs[V]> } & {
  readonly id?: string;
  readonly name?: string;
  readonly when?: string;
  readonly timeout?: string;
  readonly within?: string;
  readonly stays?: string;
  readonly retry?: { readonly max: number; readonly delay?: string };
  readonly save?: Readonly<Record<string, string>>;
  readonly severity?: 'error' | 'warn';
  readonly 'expect-error'?: { readonly group?: string; readonly code: string | number };
  readonly device?: string;
  readonly fault?: Written<Fault>;
};

/** Gives the fragment of a path that the checks have opened. */
export type FragmentAt = (path: string) => Fragment;

export function buildPipeline(tree: YamlTree, fragmentAt: FragmentAt): Pipeline {
  const file = tree.value as PipelineFile;
  const section = (name: Section): readonly AnyStep[] => buildSteps(file[name] ?? [], [name], { tree, fragmentAt });
  const pipeline = compact<Pipeline>({
    kind: 'pipeline',
    id: file.id,
    title: file.title,
    about: file.about,
    tags: file.tags ?? [],
    requires: file.requires === undefined ? undefined : conditionOf(file.requires).expression,
    devices: new Map(Object.entries(file.devices ?? {}).map(([role, device]) => [role, buildDevice(device)])),
    inputs: buildInputs(file.inputs, tree),
    axes: new Map(Object.entries(file.matrix?.axes ?? {})),
    forbidLog: file['forbid-log'] ?? [],
    timeoutMs: file.timeout === undefined ? undefined : parseDuration(file.timeout),
    setup: section('setup'),
    steps: section('steps'),
    onFailure: section('on-failure'),
    teardown: section('teardown'),
    source: tree.source,
    span: tree.locate(['id']),
  });
  return frozen(pipeline);
}

interface DeviceFile {
  readonly labels?: readonly string[];
  readonly requires?: string;
  readonly transport?: string;
}

function buildDevice({ labels = [], requires, transport }: DeviceFile): DeviceRole {
  return compact<DeviceRole>({ labels, requires: requires === undefined ? undefined : conditionOf(requires).expression, transport });
}

interface FragmentFile extends Pick<PipelineFile, 'about' | 'inputs' | 'steps'> {
  readonly title?: string;
  readonly outputs?: Readonly<Record<string, string>>;
}

export function buildFragment(tree: YamlTree, fragmentAt: FragmentAt): Fragment {
  const { title, about, inputs, steps, outputs = {} } = tree.value as FragmentFile;
  const fragment = compact<Fragment>({
    kind: 'fragment',
    title,
    about,
    inputs: buildInputs(inputs, tree),
    steps: buildSteps(steps, ['steps'], { tree, fragmentAt }),
    outputs: new Map(Object.entries(outputs).map(([name, text]) => [name, buildOutput(text, ['outputs', name], tree)])),
    source: tree.source,
    span: tree.locate(['kind']),
  });
  return frozen(fragment);
}

function buildOutput(written: string, path: Path, tree: YamlTree): OutputDeclaration {
  const { expression, expressionStart } = conditionOf(written);
  return { text: expression, locate: (start, end) => tree.locateText(path, expressionStart + start, expressionStart + end) };
}

function buildInputs(inputs: PipelineFile['inputs'], tree: YamlTree): ReadonlyMap<string, InputDeclaration> {
  return new Map(Object.entries(inputs ?? {}).map(([name, input]) => [name, buildInput(name, input, tree)]));
}

function buildInput(name: string, input: Input, tree: YamlTree): InputDeclaration {
  const base = { name, about: input.about, span: tree.locate(['inputs', name], 'key') };
  const { image, package: packaged, type, quantity } = input;
  if (image !== undefined) return compact<InputDeclaration>({ ...base, type: 'image', image: imageOrigin(image) });
  if (packaged !== undefined) return compact<InputDeclaration>({ ...base, type: 'package', package: packageOrigin(packaged) });
  if (quantity !== undefined)
    return compact<InputDeclaration>({ ...base, type: 'quantity', quantity, default: input.default as string | undefined });
  // The checks have made sure that one of them is there and that the default fits.
  return compact({ ...base, type, default: input.default }) as InputDeclaration;
}

interface Building {
  readonly tree: YamlTree;
  readonly fragmentAt: FragmentAt;
}

function buildSteps(steps: readonly StepFile[], path: Path, building: Building): readonly AnyStep[] {
  return steps.map((step, index) => buildStep(step, [...path, index], building));
}

function buildStep(step: StepFile, path: Path, building: Building): AnyStep {
  const { tree } = building;
  const [verb] = verbsAmong(Object.keys(step));
  assert(verb !== undefined, 'the checks let only steps with a verb pass');
  const { id, name, when, timeout, within, stays, retry, device, fault } = step;
  // Verb and arguments come from the same key, which the compiler cannot follow.
  return compact({
    verb,
    args: step[verb],
    id,
    name,
    when: when === undefined ? undefined : conditionOf(when).expression,
    timeout,
    within,
    stays,
    retry,
    save: new Map(Object.entries(step.save ?? {})),
    severity: step.severity ?? 'error',
    expectError: step['expect-error'],
    device,
    fault: verb === 'fault' ? undefined : fault,
    blocks: buildBlocks(step, verb, { path, building }),
    span: tree.locate([...path, verb], 'key'),
    locate: (below: Path) => tree.locate([...path, ...below]),
    locateText: (below: Path, start: number, end: number) => tree.locateText([...path, ...below], start, end),
  }) as AnyStep;
}

function buildBlocks(step: StepFile, verb: Verb, place: BlockPlace): readonly Block[] {
  if (step.call === undefined) return innerListsOf(verb, step[verb]).map((list) => buildBlock(step, list, place));
  const fragment = place.building.fragmentAt(step.call.fragment);
  return [{ steps: fragment.steps, fragment }];
}

interface BlockPlace {
  readonly path: Path;
  readonly building: Building;
}

/** The map that holds a list of inner steps says the rest about them: a branch its name and device, a loop its end. */
function buildBlock(step: StepFile, list: Path, { path, building }: BlockPlace): Block {
  const holder = valueAt(step, list.slice(0, -1)) as BlockFile;
  return compact<Block>({
    steps: buildSteps(holder.steps, [...path, ...list], building),
    name: holder.name,
    device: holder.device,
    until: holder.until === undefined ? undefined : conditionOf(holder.until).expression,
  });
}

interface BlockFile {
  readonly steps: readonly StepFile[];
  readonly name?: string;
  readonly device?: string;
  readonly until?: string;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((inside, part) => (inside as Readonly<Record<string | number, unknown>>)[part], value);
}
