/** The whole world that a step may touch. */

import type { Clock } from '../base/clock.ts';
import type { Rng } from '../base/rng.ts';
import type { JsonValue, Severity } from '../events/event.ts';
import type { AnyStep, AxisValue, Block } from '../language/model.ts';
import type { Condition } from '../language/resolve.ts';
import type { Ask } from './ask.ts';
import type { BoardEvent } from './board-event.ts';
import type { Device, LastAnswer } from './device.ts';
import type { InputImage, InputPackage } from './images.ts';

export interface StepContext {
  readonly device: Device;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Aborted at the step's time limit, at the attempt's, and when the run is cancelled. */
  readonly signal: AbortSignal;
  readonly step: AnyStep;
  readonly images: ReadonlyMap<string, InputImage>;
  readonly packages: ReadonlyMap<string, InputPackage>;
  readonly windows: Windows;
  /** What the action before this step was answered with. */
  readonly previous: LastAnswer | undefined;
  readonly files: StepFiles;
  /** What the step's expressions read and found, for messages; empty without expressions. */
  readonly operands: string;
  readonly inner: InnerSteps;
  /** The id of the cell that runs. */
  readonly cell: string;
  readonly ask: Ask;
  readonly progress: (done: number, total?: number, unit?: string) => void;
  readonly note: (text: string, severity?: Severity) => void;
  /** Puts what the step does to the board on the timeline. */
  readonly tell: (event: BoardEvent) => void;
}

/** The steps within a step, for the verbs that hold some. */
export interface InnerSteps {
  /** Runs the steps of a block one after another; throws what the first that fails threw. `index` is the number of a loop's round. */
  run(block: Block, options: { readonly place: string; readonly index?: number; readonly signal?: AbortSignal }): Promise<void>;
  /** Runs the fragment of a block with its inputs; gives its outputs. */
  call(block: Block, inputs: Readonly<Record<string, AxisValue>>): Promise<Readonly<Record<string, JsonValue>>>;
  /** Whether a condition of the step holds after a round, and what it read. Throws an input error when it has no truth value. */
  holds(condition: Condition, index: number): { readonly holds: boolean; readonly operands: string };
  /** Every step is attempted, whatever became of the others: in a teardown. */
  readonly each: boolean;
}

/** A point in an attempt, on everything that is recorded of a device. */
export interface Position {
  /** Index of the first console line after it. */
  readonly line: number;
  /** The boot epoch before it. */
  readonly epoch: number;
  /** Index of the first SMP packet after it. */
  readonly frame: number;
  /** Clock time in ms. */
  readonly at: number;
}

/** Where the windows of expectations begin. */
export interface Windows {
  /** Where the last action began: what it caused comes after. */
  readonly step: Position;
  /** Where the attempt began. */
  readonly start: Position;
  /** Where the steps with an id began. */
  readonly marks: ReadonlyMap<string, Position>;
}

export interface StepFiles {
  /** A file that the pipeline names, relative to the pipeline's own file. Throws an input error when it cannot be read. */
  read(path: string): Uint8Array;
  /** Keeps evidence beside the reports; returns the path of the file that was written. */
  keep(name: string, bytes: Uint8Array): string;
  /** The folder of the pipeline's file: where programs run. */
  readonly folder: string;
}
