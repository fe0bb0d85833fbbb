/** The one composition root: files, boards, reporters, signals and the runner are put together here, and nowhere else. */

import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { createRealClock } from '../base/clock-real.ts';
import { formatDiagnostic, hasErrors } from '../language/diagnostics.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { planCells } from '../run/plan.ts';
import type { RetryCause } from '../run/retry.ts';
import { run } from '../run/run.ts';
import { chooseBoards, createBoards } from './boards.ts';
import { loadBench, loadPipelines, readBeside } from './documents.ts';
import { readReportFlag, readSetting } from './flags.ts';
import { createHostClaims } from './host-claims.ts';
import type { CliIo } from './io.ts';
import { RunFolder } from './run-folder.ts';
import { createRunOutput } from './run-output.ts';
import { checkSettings, selectByTags } from './selection.ts';
import { onInterrupt } from './signals.ts';

export interface RunFlags {
  readonly bench?: string;
  readonly on: readonly string[];
  readonly set: readonly string[];
  readonly axis: readonly string[];
  readonly tag: readonly string[];
  readonly notTag: readonly string[];
  readonly seed: number;
  readonly jobs: number;
  readonly out?: string;
  readonly report: readonly string[];
  readonly bail: boolean;
  readonly retry: number;
  readonly retryOn: readonly RetryCause[];
  readonly retryBoard: 'same' | 'other';
  /** In milliseconds. */
  readonly wait: number;
  readonly realTime: boolean;
}

const usageExit = 2;

/** Runs `bootproof run` to its exit code. Throws input errors for what the user asked wrongly. */
export async function composeRun(paths: readonly string[], flags: RunFlags, io: CliIo): Promise<number> {
  const reports = flags.report.map(readReportFlag);
  const set = new Map(flags.set.map((text) => readSetting('--set', text)));
  const axes = new Map(flags.axis.map((text) => readSetting('--axis', text)));
  const { pipelines, diagnostics } = loadPipelines(paths);
  const { bench, diagnostics: benchDiagnostics } = loadBench(flags.bench);
  if (refuse([...diagnostics, ...benchDiagnostics], io)) return usageExit;
  const selected = selectByTags(pipelines, flags);
  checkSettings(set, selected);
  const all = createBoards(bench);
  const cells = planCells(selected, { all, chosen: chooseBoards(all, flags.on) });

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
      selection: { paths, on: flags.on, tags: flags.tag, axes: flags.axis, ...(flags.bench === undefined ? {} : { bench: flags.bench }) },
      cells,
      axes,
      set,
      jobs: flags.jobs,
      realTime: flags.realTime,
      bail: flags.bail,
      retry: { max: flags.retry, on: flags.retryOn.length === 0 ? ['infra'] : flags.retryOn, board: flags.retryBoard },
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

/** Shows all diagnostics; true when one of them is an error. */
function refuse(diagnostics: readonly Diagnostic[], io: CliIo): boolean {
  for (const diagnostic of diagnostics) io.stderr(`${formatDiagnostic(diagnostic)}\n`);
  return hasErrors(diagnostics);
}

/** Sorts by time, and is unique on one machine: `20261120-134501-4711`. */
function runId(): string {
  const stamp = new Date(createRealClock().wall()).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${process.pid}`;
}
