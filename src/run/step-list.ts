/** Runs lists of steps: the sections of a pipeline, and at every depth the steps within a step. */

import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import type { Rng } from '../base/rng.ts';
import type { Ask } from '../device/ask.ts';
import type { InnerSteps, StepFiles, Position } from '../device/context.ts';
import type { Device, LastAnswer } from '../device/device.ts';
import type { InputImage, InputPackage } from '../device/images.ts';
import { positionOf } from '../device/windows.ts';
import type { JsonValue, Section } from '../events/event.ts';
import { judges } from '../language/model.ts';
import type { AnyStep, AxisValue, Block, Fragment } from '../language/model.ts';
import { describeOperands, resolveCondition, resolveOutputs } from '../language/resolve.ts';
import type { Scope } from '../language/resolve.ts';
import type { CellInputs } from './inputs.ts';
import type { Artifacts, InputSources } from './artifacts.ts';
import { runStep, unwrap } from './step-runner.ts';
import type { StepEndState } from './step-runner.ts';
import type { Emit } from './timeline.ts';

/** What all steps of an attempt share. */
export interface AttemptWorld {
  readonly cell: Scope['cell'] & { readonly id: string };
  readonly attempt: number;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly rng: Rng;
  /** The inputs of a fragment from what its call gives. Throws an input error. */
  readonly resolve: (fragment: Fragment, given: GivenInputs) => CellInputs;
  readonly filesBeside: (document: string) => StepFiles;
  readonly ask: Ask;
  /** By role. */
  readonly states: ReadonlyMap<string, DeviceState>;
  /** Loops within loops end here. */
  readonly budget: { steps: number };
  /** How many expectations have held. */
  readonly proof: { held: number };
}

/** Values, images and packages by the names of a fragment's inputs. */
type GivenInputs = Required<Pick<InputSources, 'axes' | 'passed'>>;

/** More steps than this in one attempt are loops that multiply. */
export const stepsMax = 20_000;

/** The device that steps are for, and what they did to it so far. */
export interface DeviceState {
  /** Empty for the board of a pipeline that works on one. */
  readonly role: string;
  readonly device: Device;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Where the attempt and the last action began. */
  readonly start: Position;
  actionStart: Position;
  /** What the last action was answered with. */
  previous: LastAnswer | undefined;
}

export function createDeviceState(role: string, device: Device, facts: DeviceState['facts']): DeviceState {
  const start = positionOf(device);
  return { role, device, facts, start, actionStart: start, previous: undefined };
}

/** What steps read by name and leave for later steps. */
export interface Names extends Artifacts {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly results: Record<string, unknown>;
  readonly saved: Record<string, JsonValue>;
  /** Where each device was when a step began, by the step's id. */
  readonly marks: Map<string, ReadonlyMap<DeviceState, Position>>;
  readonly files: StepFiles;
}

export function createNames({ scope, images, packages }: CellInputs, files: StepFiles): Names {
  return { inputs: scope, images, packages, results: {}, saved: {}, marks: new Map(), files };
}

export interface StepList {
  readonly steps: readonly AnyStep[];
  /** Where the list is, such as `steps` or `steps[2].repeat[0].steps`. */
  readonly path: string;
  readonly section: Section;
  readonly names: Names;
  readonly state: DeviceState;
  /** Within a loop: the number of the round. */
  readonly repeat?: { readonly index: number };
  /** Of the steps of a fragment: the step that calls it. */
  readonly caller?: AnyStep;
  /** Every step is attempted, whatever became of those before it. */
  readonly each: boolean;
  readonly signal: AbortSignal;
}

/** The step that decided how a list ended. */
export interface FailedStep {
  readonly path: string;
  readonly verb: string;
  readonly error: BootproofError;
}

/** Passes the failure of an inner step through the step that holds it. */
class InnerStepFailed extends BootproofError {
  override readonly name = 'InnerStepFailed';
  readonly failed: FailedStep;

  constructor(failed: FailedStep) {
    const { path, verb, error } = failed;
    super(`${path} ${verb}: ${error.message}`, { fault: error.fault, code: error.code, cause: error });
    this.failed = failed;
  }
}

/** Runs the steps one after another up to the first that fails, or each of them. Gives the first failure that is more than a warning. */
export async function runList(list: StepList, world: AttemptWorld): Promise<FailedStep | undefined> {
  let first: FailedStep | undefined;
  for (const [index, step] of list.steps.entries()) {
    const path = `${list.path}[${index}]`;
    const { error } = await runOne(step, path, { list, world });
    if (error === undefined || (step.severity === 'warn' && !list.signal.aborted)) continue;
    first ??= error instanceof InnerStepFailed ? error.failed : { path, verb: step.verb, error };
    if (!list.each) break;
  }
  return first;
}

interface Surroundings {
  readonly list: StepList;
  readonly world: AttemptWorld;
}

async function runOne(step: AnyStep, path: string, { list: outer, world }: Surroundings): Promise<StepEndState> {
  const list = { ...outer, state: stateFor(step.device, outer, world) };
  const { state, names, section, signal } = list;
  const { cell, attempt, emit, ask, clock, rng } = world;
  const { device } = state;
  if (step.verb !== 'expect') state.actionStart = positionOf(device);
  if (step.id !== undefined) names.marks.set(step.id, positionsOf(world));
  const marks = new Map([...names.marks].map(([id, positions]) => [id, positions.get(state) ?? state.start]));
  const windows = { step: state.actionStart, start: state.start, marks };
  const { images, packages } = names;
  const files = filesOf(names.files, state);
  const context = { device, cell: cell.id, ask, clock, rng, images, packages, windows, previous: state.previous, files };
  const scope = scopeOf(list, world);
  const inner = (within: AbortSignal): InnerSteps => innerStepsOf(step, path, { list: { ...list, signal: within }, world });
  spend(world);
  const end = await runStep(step, { cell: cell.id, attempt, path, section, emit, context, scope, inner, signal, caller: list.caller });
  if (step.verb !== 'expect') state.previous = device.lastAnswer;
  if (end.outcome === 'passed' && judges(step)) world.proof.held += 1;
  if (end.outcome === 'passed' && step.id !== undefined) names.results[step.id] = end.result;
  Object.assign(names.saved, end.saved);
  return end;
}

/** A step is for the device that it names, or else for the one that the steps around it are for. */
function stateFor(role: string | undefined, { state }: Pick<StepList, 'state'>, { states }: AttemptWorld): DeviceState {
  return role === undefined ? state : (states.get(role) ?? state);
}

function positionsOf({ states }: AttemptWorld): ReadonlyMap<DeviceState, Position> {
  return new Map([...states.values()].map((state) => [state, positionOf(state.device)]));
}

/** Evidence of several boards must not overwrite each other. */
function filesOf(files: StepFiles, { role }: DeviceState): StepFiles {
  return role === '' ? files : { ...files, keep: (name, bytes) => files.keep(`${role}-${name}`, bytes) };
}

function spend({ budget }: AttemptWorld): void {
  budget.steps -= 1;
  if (budget.steps >= 0) return;
  throw new BootproofError(`the attempt has more than ${stepsMax} steps`, {
    fault: 'input',
    code: 'too-many-steps',
    hint: 'loops within loops multiply: lower a `count`',
  });
}

function scopeOf({ names, state, repeat }: StepList, { cell }: AttemptWorld): Scope {
  const { inputs, results, saved } = names;
  return { inputs, steps: results, saved, facts: state.facts, cell, ...(repeat === undefined ? {} : { repeat }) };
}

function innerStepsOf(step: AnyStep, path: string, { list, world }: Surroundings): InnerSteps {
  return {
    run: async (block, { place, index, signal = list.signal }) => {
      const repeat = index === undefined ? {} : { repeat: { index } };
      const state = stateFor(block.device, list, world);
      const failed = await runList({ ...list, ...repeat, state, steps: block.steps, path: `${path}.${place}.steps`, signal }, world);
      if (failed !== undefined) throw new InnerStepFailed(failed);
    },
    each: list.each,
    call: (block, given) => callFragment(block, given, { step, path, list, world }),
    holds: (condition, index) => {
      const scope = scopeOf({ ...list, repeat: { index } }, world);
      const holds = unwrap(resolveCondition(step, condition, scope));
      return { holds, operands: describeOperands(condition.text, scope) };
    },
  };
}

/** A fragment has names of its own; the caller sees its outputs. */
async function callFragment(
  { fragment, steps }: Block,
  given: Readonly<Record<string, AxisValue>>,
  { step, path, list, world }: Surroundings & { readonly step: AnyStep; readonly path: string },
): Promise<Readonly<Record<string, JsonValue>>> {
  assert(fragment !== undefined, 'a call has a fragment');
  const inputs = world.resolve(fragment, sortInputs(fragment, given, list.names));
  const names = createNames(inputs, world.filesBeside(fragment.source.name));
  const { section, state, each, signal } = list;
  const inside: StepList = { steps, path: `${path}.call.steps`, section, names, state, caller: step, each, signal };
  const failed = await runList(inside, world);
  if (failed !== undefined) throw new InnerStepFailed(failed);
  return unwrap(resolveOutputs(fragment, scopeOf(inside, world))) as Readonly<Record<string, JsonValue>>;
}

function sortInputs({ inputs }: Fragment, given: Readonly<Record<string, AxisValue>>, known: Artifacts): GivenInputs {
  const images = new Map<string, InputImage>();
  const packages = new Map<string, InputPackage>();
  const axes: Record<string, AxisValue> = {};
  for (const [name, value] of Object.entries(given)) {
    const type = inputs.get(name)?.type;
    const image = type === 'image' ? known.images.get(String(value)) : undefined;
    const update = type === 'package' ? known.packages.get(String(value)) : undefined;
    if (image !== undefined) images.set(name, { ...image, name });
    else if (update !== undefined) packages.set(name, { ...update, name });
    else axes[name] = value;
  }
  return { axes, passed: { images, packages } };
}
