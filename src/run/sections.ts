/** The sections of a pipeline, as an attempt runs them on its boards. */

import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import type { Ask } from '../device/ask.ts';
import type { StepFiles } from '../device/context.ts';
import type { Device } from '../device/device.ts';
import type { Section, StepEnd } from '../events/event.ts';
import type { AnyStep, Pipeline } from '../language/model.ts';
import type { Cell } from './cell.ts';
import type { CellInputs } from './inputs.ts';
import { restoreNames } from './past-names.ts';
import { factsOfRole } from './roles.ts';
import { createDeviceState, createNames, runList, stepsMax } from './step-list.ts';
import type { AttemptWorld, FailedStep } from './step-list.ts';
import type { Emit } from './timeline.ts';

export interface SectionsOptions {
  readonly cell: Cell;
  readonly attempt: number;
  readonly inputs: CellInputs;
  readonly facts: Readonly<Record<string, unknown>>;
  /** The inputs of a fragment from what its call gives. Throws an input error. */
  readonly resolve: AttemptWorld['resolve'];
  /** What steps of a document can read and keep. */
  readonly filesBeside: (document: string) => StepFiles;
  readonly ask: Ask;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly emit: Emit;
  /** The steps of the attempt that ended before the runner died. */
  readonly before?: readonly StepEnd[];
}

export interface OpenedDevice {
  /** Empty for the board of a pipeline that works on one. */
  readonly role: string;
  readonly device: Device;
}

/** Runs sections of the pipeline. */
export interface Sections {
  /** How many expectations have held so far. */
  readonly held: () => number;
  /** Stops at the first step that fails. */
  readonly upToFailure: (names: readonly Section[], signal: AbortSignal) => Promise<FailedStep | undefined>;
  /** Attempts every step, however the others fare. Returns whether all went well. */
  readonly each: (name: Section, signal: AbortSignal) => Promise<boolean>;
}

export function createSections(options: SectionsOptions, opened: readonly OpenedDevice[]): Sections {
  const { cell, attempt, emit, inputs, resolve, facts, filesBeside, ask, clock, rng, before = [] } = options;
  const { id, board, transport, axes, pipeline } = cell;
  const names = createNames(inputs, filesBeside(pipeline.source.name));
  restoreNames(names, (section) => stepsOf(pipeline, section), before);
  const states = new Map(opened.map(({ role, device }) => [role, createDeviceState(role, device, factsOfRole(facts, role))]));
  const [state] = states.values();
  assert(state !== undefined, 'a cell has a board');
  const about = { id, board: board.name, transport, axes, seed: rng.seed, attempt };
  const counts = { budget: { steps: stepsMax }, proof: { held: 0 } };
  const world: AttemptWorld = { cell: about, attempt, emit, ask, clock, rng, resolve, filesBeside, states, ...counts };
  const run = (section: Section, each: boolean, signal: AbortSignal): Promise<FailedStep | undefined> =>
    runList({ steps: stepsOf(pipeline, section), path: section, section, names, state, each, signal }, world);
  return {
    held: () => world.proof.held,
    upToFailure: async (sections, signal) => {
      for (const section of sections) {
        const failed = await run(section, false, signal);
        if (failed !== undefined) return failed;
      }
      return undefined;
    },
    each: async (section, signal) => (await run(section, true, signal)) === undefined,
  };
}

/** Empty for a name that no section has. */
function stepsOf({ setup, steps, onFailure, teardown }: Pipeline, section: string): readonly AnyStep[] {
  const sections = new Map(Object.entries({ setup, steps, 'on-failure': onFailure, teardown }));
  return sections.get(section) ?? [];
}
