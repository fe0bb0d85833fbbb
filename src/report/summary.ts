/** What reports are made of: the state of a run after all its events. Plain data; `fold.ts` makes it. */

import type { CellOutcome, ExecutionOutcome } from '../events/outcome.ts';
import type {
  Artifact,
  EventDiagnostic,
  JsonValue,
  KnownIssueReference,
  Note,
  PlannedCell,
  RunStart,
  Section,
  SourcePosition,
} from '../events/event.ts';

export interface RunSummary {
  /** Undefined when the log lost its first line. */
  readonly start: RunStart | undefined;
  readonly finish: RunFinish;
  /** Each planned cell once, in the order of the plan. */
  readonly cells: readonly CellSummary[];
  readonly counts: Readonly<Record<CellOutcome, number>>;
  /** Until the last event. */
  readonly durationMs: number;
  /** Notes and artifacts that belong to no cell. */
  readonly notes: readonly Note[];
  readonly artifacts: readonly Artifact[];
}

/** `killed`: the log ends without a `run-end`. */
export type RunFinish = 'complete' | 'cancelled' | 'killed';

export interface CellSummary {
  readonly plan: PlannedCell;
  readonly outcome: CellOutcome;
  /** One line that says why; only a plain pass has none. */
  readonly reason: string | undefined;
  readonly issue: KnownIssueReference | undefined;
  readonly attempts: readonly AttemptSummary[];
  /** The step that decided an outcome other than a pass; of a flaky cell, the step that failed before. */
  readonly failedStep: StepSummary | undefined;
  /** What decided the outcome: the cell's own diagnostics, else those of the failed step. */
  readonly diagnostics: readonly EventDiagnostic[];
  /** Milliseconds since the start of the run; undefined for cells that never started. */
  readonly startedAt: number | undefined;
  readonly durationMs: number;
  /** Planned properties, overlaid with those found by running. */
  readonly properties: Readonly<Record<string, string>>;
  readonly artifacts: readonly Artifact[];
}

export interface AttemptSummary {
  readonly attempt: number;
  readonly board: string;
  readonly transport: string;
  readonly outcome: ExecutionOutcome;
  readonly durationMs: number;
  /** In order of their start; inner steps after the step they belong to. */
  readonly steps: readonly StepSummary[];
  /** The first step of `setup` or `steps` that went wrong, the innermost if steps are nested. */
  readonly failedStep: StepSummary | undefined;
  /** Start and end of what the boards printed, as `encodeConsole` writes it, with lines where boots, faults and power switches happened. */
  readonly console: string;
}

/** A step that was tried again appears once, as it went the last time. */
export interface StepSummary {
  readonly step: string;
  readonly section: Section;
  readonly verb: string;
  readonly title: string;
  readonly source: SourcePosition | undefined;
  readonly outcome: ExecutionOutcome;
  readonly durationMs: number;
  readonly diagnostics: readonly EventDiagnostic[];
  readonly result: JsonValue | undefined;
  readonly saved: Readonly<Record<string, JsonValue>>;
}

/** Outcomes after which a run is not good. */
export function isRed(outcome: CellOutcome): boolean {
  return redOutcomes.has(outcome);
}

const redOutcomes: ReadonlySet<CellOutcome> = new Set(['failed', 'infra', 'broken', 'xpassed', 'flaky', 'not-run', 'aborted']);
