/** The flags of `bootproof run`, as commander reads them. */

import type { Shard } from '../run/plan.ts';
import type { RetryCause } from '../run/retry.ts';
import type { PlanningFlags } from './planning.ts';

export interface RunFlags extends PlanningFlags {
  readonly knownIssues?: string;
  readonly shard?: Shard;
  readonly jobs: number;
  readonly out?: string;
  readonly report: readonly string[];
  readonly bail: boolean;
  readonly answer: readonly string[];
  readonly retry?: number;
  readonly retryOn: readonly RetryCause[];
  readonly retryBoard?: 'same' | 'other';
  /** In milliseconds. */
  readonly wait: number;
  readonly realTime: boolean;
  readonly watch: boolean;
  readonly resume?: string;
}
