/** The one composition root: files, boards, reporters, signals and the runner are put together here, and nowhere else. */

import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { createRealClock } from '../base/clock-real.ts';
import type { JsonValue } from '../events/event.ts';
import type { Plan, RetryPolicy } from '../language/model.ts';
import { compact } from '../language/plain.ts';
import type { RetryCause } from '../run/retry.ts';
import type { Shard } from '../run/plan.ts';
import type { Cell } from '../run/cell.ts';
import { run } from '../run/run.ts';
import { loadOne, readBeside } from './documents.ts';
import { flagError, readReportFlag } from './flags.ts';
import { createHostClaims } from './host-claims.ts';
import type { CliIo } from './io.ts';
import { planRun, showDiagnostics } from './planning.ts';
import type { PlanningFlags } from './planning.ts';
import { RunFolder } from './run-folder.ts';
import { createRunOutput } from './run-output.ts';
import { onInterrupt } from './signals.ts';

export interface RunFlags extends PlanningFlags {
  readonly knownIssues?: string;
  readonly shard?: Shard;
  readonly jobs: number;
  readonly out?: string;
  readonly report: readonly string[];
  readonly bail: boolean;
  readonly retry?: number;
  readonly retryOn: readonly RetryCause[];
  readonly retryBoard?: 'same' | 'other';
  /** In milliseconds. */
  readonly wait: number;
  readonly realTime: boolean;
  readonly watch: boolean;
}

const usageExit = 2;

/** Runs `bootproof run` to its exit code. Throws input errors for what the user asked wrongly. */
export async function composeRun(paths: readonly string[], flags: RunFlags, io: CliIo): Promise<number> {
  const reports = flags.report.map(readReportFlag);
  const planning = await planRun({ paths, flags, io, judge: false });
  if (planning === undefined) return usageExit;
  const { plan, cells, set, axes } = planning;
  if (flags.watch) refuseHardware(cells);
  const { document: known, diagnostics } = loadOne('known-issues', flags.knownIssues);
  if (showDiagnostics(diagnostics, io)) return usageExit;

  const id = runId();
  const folder = new RunFolder(flags.out ?? join('reports', id));
  const output = createRunOutput(folder, { reports, io });
  const interrupt = onInterrupt(() => io.stderr('\nStopping: teardowns run and reports are written. Once more to stop at once.\n'));
  try {
    const { exitCode } = await run({
      id,
      seed: flags.seed,
      version: packageJson.version,
      host: { node: process.versions.node, system: `${platform()} ${release()} ${arch()}` },
      selection: selectionOf(paths, flags),
      cells,
      axes,
      set,
      plan,
      knownIssues: known && { issues: known.issues, today: today() },
      shard: flags.shard,
      jobs: flags.jobs,
      realTime: flags.realTime,
      bail: flags.bail,
      retry: retryOf(flags, plan),
      claims: createHostClaims(`run ${id}`),
      busyMs: flags.wait,
      readFile: readBeside,
      keepFile: (cell, name, bytes) => folder.keep(cell, name, bytes),
      write: (event) => output.write(event),
      signal: interrupt.signal,
    });
    return output.finish(exitCode);
  } finally {
    interrupt.dispose();
    folder.close();
  }
}

/** Nobody wants to flash hardware at each save. */
function refuseHardware(cells: readonly Cell[]): void {
  const hardware = new Set(cells.filter(({ board }) => !board.local).map(({ board }) => board.name));
  if (hardware.size === 0) return;
  throw flagError(`--watch works with boards simulated in this process, and not with ${[...hardware].join(', ')}`);
}

/** What the user asked for, as the log keeps it. */
function selectionOf(
  paths: readonly string[],
  { on, tag, axis, bench, plan, shard, knownIssues }: RunFlags,
): Readonly<Record<string, JsonValue>> {
  const given = { bench, plan, knownIssues, shard: shard && `${shard.index}/${shard.count}` };
  return { paths, on, tags: tag, axes: axis, ...compact<Readonly<Record<string, JsonValue>>>(given) };
}

/** Flags go before the plan. Without either, what the lab did wrong is tried once more. */
function retryOf({ retry, retryOn, retryBoard }: RunFlags, plan: Plan | undefined): RetryPolicy {
  const { max, on, board } = plan?.retry ?? { max: 1, on: ['infra'], board: 'same' };
  return { max: retry ?? max, on: retryOn.length === 0 ? on : retryOn, board: retryBoard ?? board };
}

/** The real day, also of runs in virtual time: an excuse ends for everyone. */
function today(): string {
  return new Date(createRealClock().wall()).toISOString().slice(0, 10);
}

/** Sorts by time, and is unique on one machine: `20261120-134501-4711`. */
function runId(): string {
  const stamp = new Date(createRealClock().wall()).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${process.pid}`;
}
