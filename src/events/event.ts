/**
 * The events of a run: plain JSON values that refer to each other by id only. The runner writes them, every report is
 * made from them, and a log of them is all that has to survive a crash. No event is ever changed after it was written.
 */

import type { CellOutcome, ExecutionOutcome } from './outcome.ts';

/** The format of the event log that this version of bootproof writes and reads; written into `run-start`. */
export const eventFormat = 1;

/** Everything that can happen in a run, told apart by `kind`. */
export type RunEvent =
  | RunStart
  | RunResume
  | PlanMade
  | FileRead
  | CellStart
  | AttemptStart
  | StepStart
  | StepProgress
  | StepEnd
  | ConsoleOutput
  | BootEpoch
  | WireFrame
  | FaultInjected
  | PowerSwitched
  | CommandRan
  | LinkChanged
  | RecoveryTried
  | Note
  | Artifact
  | AttemptEnd
  | CellEnd
  | RunEnd;

/** An event as its source states it; whoever owns the log adds `seq` and `at`. */
export type RunEventBody = WithoutStamp<RunEvent>;
type WithoutStamp<Event> = Event extends RunEvent ? Omit<Event, keyof Stamp> : never;

interface Stamp {
  /** Counts the events of a run from 0, without gaps. */
  readonly seq: number;
  /** Milliseconds since the run started, on the clock of the run. Never goes back. */
  readonly at: number;
}

/** What happened in one cell; `attempt` counts from 1. */
interface InCell extends Stamp {
  readonly cell: string;
  readonly attempt: number;
}

/** What happened on one board, in an attempt (then reports show it there) or outside of any (recovery between two cells). */
interface OnBoard extends Stamp {
  readonly board: string;
  readonly cell?: string;
  readonly attempt?: number;
}

export interface RunStart extends Stamp {
  readonly kind: 'run-start';
  readonly format: typeof eventFormat;
  readonly run: string;
  readonly seed: number;
  /** The version of bootproof. */
  readonly bootproof: string;
  /** Wall time of the start, ISO 8601 in UTC with `Z`. */
  readonly started: string;
  /** True when the run's clock is virtual, so that two equal runs give equal logs. */
  readonly virtual: boolean;
  /** Facts about the machine, by name, as far as the caller wants them in reports; JUnit knows `hostname`. */
  readonly host: Readonly<Record<string, string>>;
  /** What the user asked for: paths, tags, plan, bench, shard. */
  readonly selection: Readonly<Record<string, JsonValue>>;
}

/**
 * A run that was killed or cancelled goes on from here. It makes void what only an unfinished run says: its end, its
 * conclusions, and that cells are not run or aborted. The clock of the run stood still since the last event.
 */
export interface RunResume extends Stamp {
  readonly kind: 'run-resume';
  /** Wall time, as in `run-start`. */
  readonly started: string;
  readonly host: Readonly<Record<string, string>>;
}

/** Comes once, after `run-start` and before any cell. It is the denominator of every report. */
export interface PlanMade extends Stamp {
  readonly kind: 'plan';
  readonly cells: readonly PlannedCell[];
}

/** A file that results depend on, when it was read first. A run is only resumed while all of them are as they were. */
export interface FileRead extends Stamp {
  readonly kind: 'file-read';
  /** As it was named: relative to the document `beside`, or to where bootproof was started. */
  readonly path: string;
  readonly beside?: string;
  /** In hex. */
  readonly sha256: string;
}

export interface PlannedCell {
  /** Unique in the run and stable under reordering. */
  readonly cell: string;
  /** The id of the pipeline, not its path. */
  readonly pipeline: string;
  readonly title: string;
  /** The pipeline's file, relative to the project, with `/`. */
  readonly file: string;
  /** The line where the pipeline starts, from 1. */
  readonly line: number;
  readonly board: string;
  readonly axes: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** What else is known before the run and belongs in reports, such as `ticket`. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** The first attempt follows. Cells that are decided without running (`not-applicable`, `skipped`, `not-run`) have only a `cell-end`. */
export interface CellStart extends Stamp {
  readonly kind: 'cell-start';
  readonly cell: string;
}

export interface AttemptStart extends InCell {
  readonly kind: 'attempt-start';
  /** A retry may run on another board than was planned. */
  readonly board: string;
  readonly transport: string;
}

export interface StepStart extends InCell {
  readonly kind: 'step-start';
  /** The path of the step in its pipeline, such as `steps[3]`; inner steps append theirs. Unique in the attempt. */
  readonly step: string;
  readonly section: Section;
  readonly verb: string;
  /** One line for people. */
  readonly title: string;
  readonly source?: SourcePosition;
}

/** Optional and throttled by its source; lost progress is no error. */
export interface StepProgress extends InCell {
  readonly kind: 'step-progress';
  readonly step: string;
  readonly done: number;
  readonly total?: number;
  /** Of `done` and `total`, such as `B`. */
  readonly unit?: string;
}

export interface StepEnd extends InCell {
  readonly kind: 'step-end';
  readonly step: string;
  readonly outcome: ExecutionOutcome;
  readonly durationMs: number;
  readonly diagnostics: readonly EventDiagnostic[];
  readonly result?: JsonValue;
  /** The values that the step stored for later steps, by name. */
  readonly saved?: Readonly<Record<string, JsonValue>>;
}

export interface ConsoleOutput extends OnBoard {
  readonly kind: 'console';
  /** The boot epoch in which the bytes arrived. */
  readonly epoch: number;
  /** The bytes as `encodeConsole` writes them. */
  readonly text: string;
}

export interface BootEpoch extends OnBoard {
  readonly kind: 'boot-epoch';
  readonly epoch: number;
  /** What opened it: `reset`, `power`, `seen-banner`, ... */
  readonly cause: string;
}

export interface WireFrame extends OnBoard {
  readonly kind: 'wire';
  readonly direction: 'to-device' | 'from-device';
  /** Length of the packet, above all framing. */
  readonly bytes: number;
  /** Its first bytes; the rest of a long packet is data. */
  readonly hex: string;
  /** The decoded packet on one line. */
  readonly summary?: string;
}

export interface FaultInjected extends OnBoard {
  readonly kind: 'fault';
  /** The `do` of the fault: `power-cut`, `link-drop`, ... */
  readonly fault: string;
  readonly phase: 'armed' | 'started' | 'ended';
  readonly detail?: string;
}

export interface PowerSwitched extends OnBoard {
  readonly kind: 'power';
  readonly action: 'off' | 'on' | 'cut';
}

/** A program of the bench ran. */
export interface CommandRan extends OnBoard {
  readonly kind: 'command';
  /** What the bench has it for: `provision`, `power cycle`, `acquire`, ... */
  readonly purpose: string;
  /** The program and its arguments, or one line for the shell. */
  readonly run: readonly string[];
  /** Absent when it could not be started, or was killed. */
  readonly exit?: number;
  readonly durationMs: number;
  /** The end of what it said, as `encodeConsole` writes it. */
  readonly output: string;
}

/** A link to a board vanished by itself, or is there again. */
export interface LinkChanged extends OnBoard {
  readonly kind: 'link';
  readonly link: string;
  readonly state: 'lost' | 'back';
  readonly detail?: string;
}

/** One attempt to bring a board back, and whether it answered afterwards. */
export interface RecoveryTried extends OnBoard {
  readonly kind: 'recovery';
  /** `reset`, `power`, `image`, ..., or `drain`: the board gets no more work in this run. */
  readonly rung: string;
  readonly outcome: 'recovered' | 'no-help' | 'failed' | 'drained';
  readonly detail?: string;
}

/** Something that a reader of the report should know and that has no kind of its own. */
export interface Note extends Stamp {
  readonly kind: 'note';
  readonly severity: Severity;
  readonly text: string;
  readonly board?: string;
  readonly cell?: string;
  readonly attempt?: number;
}

export interface Artifact extends Stamp {
  readonly kind: 'artifact';
  readonly name: string;
  /** Relative to the folder of the reports, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly cell?: string;
  readonly attempt?: number;
}

export interface AttemptEnd extends InCell {
  readonly kind: 'attempt-end';
  readonly outcome: ExecutionOutcome;
  readonly durationMs: number;
}

export interface CellEnd extends Stamp {
  readonly kind: 'cell-end';
  readonly cell: string;
  readonly outcome: CellOutcome;
  /** One line that says why; present for everything but a plain pass. */
  readonly reason?: string;
  /** What decided the outcome. Empty when the steps' own diagnostics say it all. */
  readonly diagnostics: readonly EventDiagnostic[];
  readonly attempts: number;
  /** All attempts and the pauses between them. */
  readonly durationMs: number;
  /** The known issue that explains the outcome. */
  readonly issue?: KnownIssueReference;
  /** What was learnt by running: `image.hash`, `serial`, ... Wins over the planned property of the same name. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface KnownIssueReference {
  readonly id: string;
  readonly ticket: string;
}

/** The last event of a run that was not killed; more may follow a `run-resume`. */
export interface RunEnd extends Stamp {
  readonly kind: 'run-end';
  /** The exit code of `bootproof run` (design section 4). */
  readonly exitCode: number;
  /** How many planned cells ended with each outcome; outcomes that did not occur may be left out. */
  readonly counts: Readonly<Partial<Record<CellOutcome, number>>>;
  readonly cancelled?: boolean;
}

export type Section = 'setup' | 'steps' | 'on-failure' | 'teardown';

export type Severity = 'error' | 'warning' | 'info';

/** A diagnostic without its source text, which a report cannot read any more; `frame` keeps the lines that matter. */
export interface EventDiagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly at?: SourcePosition;
  /** The lines of the source around `at`, with a marker. */
  readonly frame?: string;
  readonly hint?: string;
  readonly found?: JsonValue;
  readonly wanted?: JsonValue;
}

/** `file` is relative to the project, with `/`; `line` and `column` count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };
