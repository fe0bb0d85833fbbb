/** What a run is made of, and who takes what it gives. */

import type { Ask } from '../device/ask.ts';
import type { JsonValue, RunEvent } from '../events/event.ts';
import type { Plan, RetryPolicy } from '../language/model.ts';
import type { Cell } from './cell.ts';
import type { HostClaims } from './host-claims.ts';
import type { KnownIssueList } from './known-issues.ts';
import type { Past } from './past.ts';
import type { Shard } from './plan.ts';

export interface RunOptions {
  readonly id: string;
  readonly seed: number;
  readonly version: string;
  readonly host: Readonly<Record<string, string>>;
  readonly selection: Readonly<Record<string, JsonValue>>;
  /** Sweeps are not expanded yet. */
  readonly cells: readonly Cell[];
  /** Only cells with these values of axes run. */
  readonly axes?: ReadonlyMap<string, string>;
  readonly set: ReadonlyMap<string, string>;
  readonly plan?: Plan | undefined;
  /** Boards at work at the same time. Those in virtual time take turns in any case. */
  readonly jobs: number;
  /** Simulated boards in real time, too. */
  readonly realTime: boolean;
  /** End after the first cell that is not good. */
  readonly bail: boolean;
  readonly knownIssues?: KnownIssueList | undefined;
  /** Only every so many-th cell runs, so that several hosts share a run. */
  readonly shard?: Shard | undefined;
  /** Without it nothing is tried again. */
  readonly retry?: RetryPolicy | undefined;
  /** Keeps other processes of this host off the boards. */
  readonly claims?: HostClaims | undefined;
  /** How long to wait for a board that another process uses. */
  readonly busyMs?: number;
  /** What was done before, of a run that goes on. */
  readonly past?: Past | undefined;
  /** The documents that the run is made of, with their SHA-256 in hex, for the log. */
  readonly documents?: ReadonlyMap<string, string>;
  /** Reads a file relative to the document `beside`, or to where bootproof was started. */
  readonly readFile: (path: string, beside: string | undefined) => Uint8Array;
  /** Keeps evidence beside the reports; returns its path relative to their folder. */
  readonly keepFile: (cell: string, name: string, bytes: Uint8Array) => string;
  readonly write: (event: RunEvent) => void;
  /** Answers the questions of steps; without it, nobody does. */
  readonly ask?: Ask;
  /** Aborted when the run is cancelled, or with an infra error when its host fails it: the cells at work are torn down, and no other one starts. */
  readonly signal: AbortSignal;
}
