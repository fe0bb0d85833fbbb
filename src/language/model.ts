/** The documents that the language gives to the rest of the program: frozen plain data with the way back to the source text. */

import type { DemoKeyName } from '../mcuboot/demo-keys.ts';
import type { HashAlgorithm } from '../mcuboot/hash.ts';
import type { ActionArgs, FaultArgs, FaultTrigger, NounArgs } from './grammar.generated.ts';
import type { DeviceChange, DeviceProfile } from './profile/device.ts';
import type { Source, Span } from './source.ts';

/** Everything that a file can be. */
export type LanguageDocument = Pipeline | Fragment | Bench | Profile | Plan | KnownIssues | Policy;
export type DocumentKind = LanguageDocument['kind'];

/** One scenario. */
export interface Pipeline {
  readonly kind: 'pipeline';
  readonly id: string;
  readonly title: string;
  readonly about?: string;
  readonly tags: readonly string[];
  /** An expression over the board's facts; `evaluateRequires` answers it. */
  readonly requires?: string;
  /** The boards of a pipeline that works on several, by role. Empty when it works on one. */
  readonly devices: ReadonlyMap<string, DeviceRole>;
  readonly inputs: ReadonlyMap<string, InputDeclaration>;
  /** The values of each axis, in the order of the file. Empty without a matrix. */
  readonly axes: ReadonlyMap<string, readonly AxisValue[]>;
  /** Patterns for `compilePattern`. */
  readonly forbidLog: readonly string[];
  readonly timeoutMs?: number;
  readonly setup: readonly AnyStep[];
  readonly steps: readonly AnyStep[];
  readonly onFailure: readonly AnyStep[];
  readonly teardown: readonly AnyStep[];
  readonly source: Source;
  /** Of the id. */
  readonly span: Span;
}

/** What a board must be to play a role. */
export interface DeviceRole {
  readonly labels: readonly string[];
  /** An expression over the board's facts. */
  readonly requires?: string;
  readonly transport?: string;
}

/** Steps that several pipelines share. */
export interface Fragment {
  readonly kind: 'fragment';
  readonly title?: string;
  readonly about?: string;
  readonly inputs: ReadonlyMap<string, InputDeclaration>;
  readonly steps: readonly AnyStep[];
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
  readonly source: Source;
  /** Of the kind. */
  readonly span: Span;
}

/** What a fragment gives to its callers. */
export interface OutputDeclaration {
  /** The expression, without `${{ }}`. */
  readonly text: string;
  /** The span of a piece of the expression. */
  readonly locate: (start: number, end: number) => Span;
}

export type Section = 'setup' | 'steps' | 'on-failure' | 'teardown';
export type AxisValue = string | number | boolean;

/** Values by axis. */
export type Combination = Readonly<Record<string, AxisValue>>;

export interface DroppedCombination {
  readonly combination: Combination;
  readonly reason: string | undefined;
}

export type InputDeclaration = ImageInput | PackageInput | StringInput | IntegerInput | BooleanInput | QuantityInput;

interface InputBase {
  readonly name: string;
  readonly about?: string;
  readonly span: Span;
}

export interface ImageInput extends InputBase {
  readonly type: 'image';
  readonly image: ImageOrigin;
}

/** An update package of nRF Connect SDK: a zip with images. */
export interface PackageInput extends InputBase {
  readonly type: 'package';
  readonly package: PackageOrigin;
}

/** Where a package comes from, as for an image. */
export type PackageOrigin = Exclude<ImageOrigin, { readonly from: 'build' }>;

/** Where an image comes from; `file` is as written, relative to the folder of the pipeline's file. `set` must be given from outside. */
export type ImageOrigin =
  { readonly from: 'file'; readonly file: string } | ({ readonly from: 'build' } & ImageBuild) | { readonly from: 'set' };

/** An image that is built and signed on the fly. */
export interface ImageBuild {
  readonly version: string;
  readonly size: number;
  readonly key: DemoKeyName | 'none';
  readonly hash?: HashAlgorithm;
  readonly pure?: boolean;
  readonly securityCounter?: number;
  readonly dependencies?: readonly { readonly image: number; readonly version: string }[];
  /** Of the slot that it is linked for; the board's primary one when absent. */
  readonly address?: number;
  /** It is MCUboot, for a slot of the immutable first stage. */
  readonly bootloader?: { readonly slot: 's0' | 's1'; readonly firmwareVersion: number; readonly release: string };
}

export interface StringInput extends InputBase {
  readonly type: 'string';
  readonly default?: string;
}

export interface IntegerInput extends InputBase {
  readonly type: 'integer';
  readonly default?: number;
}

export interface BooleanInput extends InputBase {
  readonly type: 'boolean';
  readonly default?: boolean;
}

/** A value with a unit; it stays text (`3 KiB/s`) until it is used. */
export interface QuantityInput extends InputBase {
  readonly type: 'quantity';
  readonly quantity: QuantityKind;
  readonly default?: string;
}

export type QuantityKind = 'duration' | 'size' | 'rate' | 'percentage';

/** The arguments of every verb; `expect` is the verb of all expectations, and `fault` begins or ends a disturbance. */
export interface VerbArgs extends ActionArgs {
  readonly expect: NounArgs[Noun];
  readonly fault: Fault | { readonly do?: never; readonly clear: string };
}

export type Verb = keyof VerbArgs;
export type ActionVerb = Exclude<Verb, 'expect'>;
export type Noun = keyof NounArgs;

/** A step of some verb, told apart by `verb`. */
export type AnyStep = { readonly [V in Verb]: Step<V> }[Verb];

/** One action or one expectation as written; `resolveStep` replaces its expressions by their values. */
export interface Step<V extends Verb> {
  readonly verb: V;
  readonly args: Written<VerbArgs[V]>;
  readonly id?: string;
  readonly name?: string;
  /** An expression, without `${{ }}`. */
  readonly when?: string;
  readonly timeout?: string;
  readonly within?: string;
  readonly stays?: string;
  readonly retry?: { readonly max: number; readonly delay?: string };
  /** Paths into the step's result, by the name under which expressions read them as `saved.NAME`. */
  readonly save: ReadonlyMap<string, string>;
  readonly severity: 'error' | 'warn';
  readonly expectError?: ExpectedError;
  readonly device?: string;
  readonly fault?: Written<Fault>;
  /** The steps within it. `args` holds them as they are written. */
  readonly blocks: readonly Block[];
  readonly span: Span;
  /** The span of a value below the step, such as `['upload', 'image']`; of the nearest thing above it that exists otherwise. */
  locate(path: readonly (string | number)[]): Span;
  /** The span of a piece of a text below the step, given by offsets into its value. */
  locateText(path: readonly (string | number)[], start: number, end: number): Span;
}

/** A list of steps within a step: a branch of `parallel`, the body of `repeat`, the fragment of `call`. */
export interface Block {
  readonly steps: readonly AnyStep[];
  readonly name?: string;
  /** The device that its steps are for, where they say nothing else. */
  readonly device?: string;
  readonly fragment?: Fragment;
  /** The expression that ends a loop, without `${{ }}`. */
  readonly until?: string;
}

/** Steps and all steps within them, each before those that it holds. */
export function* everyStep(steps: readonly AnyStep[]): Generator<AnyStep> {
  for (const step of steps) {
    yield step;
    for (const block of step.blocks) yield* everyStep(block.steps);
  }
}

/** The steps of a pipeline that are there to judge the product, at every depth. */
export function expectationsOf({ setup, steps }: Pipeline): readonly AnyStep[] {
  return [...everyStep([...setup, ...steps])].filter(judges);
}

/** Whether the step is there to judge the product: what it finds can fail the cell. */
export function judges({ verb, expectError, severity }: AnyStep): boolean {
  return (verb === 'expect' || expectError !== undefined) && severity !== 'warn';
}

export interface ExpectedError {
  readonly group?: string;
  readonly code: string | number;
}

/** A disturbance, told apart by `do`. */
export type Fault = { readonly [F in keyof FaultArgs]: { readonly do: F; readonly at?: FaultTrigger } & FaultArgs[F] }[keyof FaultArgs];

/** A value of the grammar in which any scalar may still be an expression, and which nobody changes. */
export type Written<T> = T extends string | number | boolean | null
  ? T | ExpressionText
  : { readonly [K in keyof T]: unknown extends T[K] ? T[K] : Written<T[K]> };

/** A text that consists of one expression. */
export type ExpressionText = `\${{${string}}}`;

/** The lab. */
export interface Bench {
  readonly kind: 'bench';
  readonly about?: string;
  readonly boards: ReadonlyMap<string, BoardEntry>;
  readonly source: Source;
  readonly span: Span;
}

export interface BoardEntry {
  readonly name: string;
  readonly about?: string;
  readonly labels: readonly string[];
  /** What cannot be asked of the board, as a tree of JSON values. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Addresses by name, as written (`serial:PATH?baud=`, `udp:HOST:PORT`, ...), in the order of the file. */
  readonly transports: ReadonlyMap<string, string>;
  /** Its own address, or the name of the transport that the console is shared with. */
  readonly console?: ConsoleEntry;
  /** How long the board may take to answer after a reset. */
  readonly bootMs?: number;
  /** How long the board may take to erase a slot as an upload begins. */
  readonly eraseMs?: number;
  /** `tcp:HOST:PORT`: the control port of the `bootproof sim` process that the board is. */
  readonly simulator?: string;
  /** What a board in this process has in other ways than its profile. */
  readonly set?: DeviceChange;
  readonly provision?: CommandEntry;
  /** How the board is reset from outside. */
  readonly reset: { readonly pin?: CommandEntry; readonly debugger?: CommandEntry };
  readonly power: { readonly off?: CommandEntry; readonly on?: CommandEntry; readonly cycle?: CommandEntry };
  /** How the board is taken from others, and given back. */
  readonly reserve: { readonly acquire?: CommandEntry; readonly release?: CommandEntry };
  /** What brings the board back, from the mildest to the strongest; undefined when the file does not say. */
  readonly recover?: readonly RungEntry[];
  /** What the board shares with others, as `kind:name`. */
  readonly locks: readonly string[];
  readonly span: Span;
  /** The span of a value of the board, such as `['transports', 'serial']`; of the nearest thing above it that exists otherwise. */
  locate(path: readonly (string | number)[]): Span;
}

export type RungEntry =
  | { readonly kind: 'reset' | 'power' }
  | { readonly kind: 'image'; readonly file: string }
  | { readonly kind: 'command'; readonly command: CommandEntry };

export type ConsoleEntry = { readonly at: 'address'; readonly address: string } | { readonly at: 'transport'; readonly transport: string };

/** A program with its arguments (or a line for the shell), in which what is known at run time is still to be filled in. */
export interface CommandEntry {
  readonly run: readonly string[] | { readonly shell: string };
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Where an image goes, for Intel HEX files. */
  readonly address?: number;
  readonly script?: string;
  readonly span: Span;
}

/** A simulated device. */
export interface Profile {
  readonly kind: 'profile';
  readonly name: string;
  readonly about?: string;
  /** As the simulator takes it. */
  readonly profile: DeviceProfile;
  readonly source: Source;
  readonly span: Span;
}

/** What runs where: pipelines, boards and combinations. Paths are as written, relative to the folder of the plan's file. */
export interface Plan {
  readonly kind: 'plan';
  readonly id: string;
  readonly about?: string;
  readonly select: {
    readonly paths: readonly string[];
    /** Patterns for `matchesWildcard`. */
    readonly ids?: readonly string[];
    readonly tags: readonly string[];
    readonly notTags: readonly string[];
  };
  /** Names and `label:NAME`; absent: all boards. */
  readonly boards?: readonly string[];
  /** As written. */
  readonly axes: Readonly<Record<string, readonly AxisValue[]>>;
  /** What is left of the matrix after `drop`; a single empty one without a matrix. */
  readonly combinations: readonly Combination[];
  readonly dropped: readonly DroppedCombination[];
  readonly reduce: Reduction;
  readonly inputs: ReadonlyMap<string, PlanInput>;
  readonly retry?: RetryPolicy;
  readonly source: Source;
  readonly span: Span;
  /** The span of a value in the plan's file. */
  locate(path: readonly (string | number)[]): Span;
}

/** Which of the cells that can run do run. */
export type Reduction = { readonly to: 'full' | 'pairwise' } | { readonly to: 'sample'; readonly count: number };

export type PlanInput =
  | { readonly type: 'image'; readonly image: ImageOrigin }
  | { readonly type: 'package'; readonly package: PackageOrigin }
  | { readonly type: 'value'; readonly value: AxisValue };

/** What is tried again. `max` counts the attempts after the first. */
export interface RetryPolicy {
  readonly max: number;
  readonly on: readonly ('infra' | 'failed')[];
  readonly board: 'same' | 'other';
}

/** Failures that are expected; the first that matches a cell counts. */
export interface KnownIssues {
  readonly kind: 'known-issues';
  readonly issues: readonly KnownIssue[];
  readonly source: Source;
  readonly span: Span;
}

export interface KnownIssue {
  readonly id: string;
  readonly ticket: string;
  readonly owner: string;
  readonly mode: 'xfail' | 'quarantine';
  /** Patterns for `matchesWildcard`: the pipeline's id, and values by axis. */
  readonly pipeline: string;
  readonly cells: Readonly<Record<string, string>>;
  /** For `compilePattern`; absent: every failure of the product. */
  readonly signature?: string;
  /** The last day of the excuse, as `2027-03-01`. */
  readonly expires: string;
  readonly strict: boolean;
  /** Of the id. */
  readonly span: Span;
}

/** What must hold for a release. Shares are from 0 to 1. */
export interface Policy {
  readonly kind: 'policy';
  readonly id: string;
  readonly about?: string;
  readonly passRate: number;
  readonly cellsAtLeast: number;
  readonly boardsPerCell?: number;
  /** Patterns for `matchesWildcard`. */
  readonly pipelines: readonly string[];
  readonly evidenceAgeMs?: number;
  readonly allow: { readonly flaky: number; readonly xfailed: number; readonly infra: number };
  readonly source: Source;
  readonly span: Span;
}
