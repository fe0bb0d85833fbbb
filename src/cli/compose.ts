/** The one composition root: files, boards, reporters, signals and the runner are put together here, and nowhere else. */

import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { createRealClock } from '../base/clock-real.ts';
import { forResumption, withoutVoid } from '../events/resume.ts';
import type { Plan, RetryPolicy } from '../language/model.ts';
import type { Cell } from '../run/cell.ts';
import { exitCodes } from '../run/outcome.ts';
import { run } from '../run/run.ts';
import type { RunOptions } from '../run/run-options.ts';
import { documentsAmong, loadOne, readBeside } from './documents.ts';
import type { FilesRead } from './documents.ts';
import { flagError, readReportFlag } from './flags.ts';
import type { ReportRequest } from './flags.ts';
import { createHostClaims } from './host-claims.ts';
import type { CliIo } from './io.ts';
import { planRun, showDiagnostics } from './planning.ts';
import { createAsker, readAnswers } from './questions.ts';
import { checkFiles, readBegunRun } from './resume.ts';
import { RunFolder } from './run-folder.ts';
import { createRunOutput } from './run-output.ts';
import type { RunOutput } from './run-output.ts';
import { selectionOf } from './run-selection.ts';
import { onInterrupt } from './signals.ts';
import type { RunFlags } from './run-flags.ts';

/** Runs `bootproof run` to its exit code, and notes in `read` the files that it looks into. Throws input errors for what the user asked wrongly. */
export async function composeRun(paths: readonly string[], flags: RunFlags, io: CliIo, read: FilesRead = new Map()): Promise<number> {
  const reports = flags.report.map(readReportFlag);
  if (flags.resume !== undefined) return resumeRun(flags.resume, flags, { reports, io, read });
  const prepared = await prepare(paths, flags, { io, read });
  if (prepared === undefined) return exitCodes.usage;
  const id = runId();
  const folder = RunFolder.create(flags.out ?? join('reports', id));
  return runIn(folder, prepared, { id, flags, output: createRunOutput(folder, { reports, io }), io, read });
}

/** Goes on with the run in a folder; one that is finished only gets its reports again. */
async function resumeRun(
  path: string,
  flags: RunFlags,
  { reports, io, read }: { readonly reports: readonly ReportRequest[] } & Surroundings,
): Promise<number> {
  const { folder, log } = RunFolder.reopen(path);
  try {
    const { start, events, selection, past, end } = readBegunRun(log);
    const output = createRunOutput(folder, { reports, io });
    if (end !== undefined) {
      io.stderr(`The run ${start.run} is finished: nothing is left to run.\n`);
      output.replay(withoutVoid(events));
      return output.finish(end.exitCode);
    }
    checkFiles(events);
    const same = { ...flags, ...selection.flags };
    const prepared = await prepare(selection.paths, same, { io, read });
    if (prepared === undefined) return exitCodes.usage;
    output.replay(forResumption(events));
    return await runIn(folder, { ...prepared, past }, { id: start.run, flags: same, output, io, read });
  } finally {
    folder.close();
  }
}

interface Surroundings {
  readonly io: CliIo;
  readonly read: FilesRead;
}

type Prepared = { readonly answers: ReadonlyMap<string, string> } & Pick<
  RunOptions,
  'plan' | 'cells' | 'set' | 'axes' | 'selection' | 'knownIssues' | 'documents' | 'past'
>;

/** All that a run is made of; undefined when documents have mistakes, which are then shown. */
async function prepare(paths: readonly string[], flags: RunFlags, { io, read }: Surroundings): Promise<Prepared | undefined> {
  const planning = await planRun({ paths, flags, io, judge: false, read });
  if (planning === undefined) return undefined;
  const { plan, cells, set, axes } = planning;
  if (flags.watch) refuseHardware(cells);
  const answers = readAnswers(flags.answer, [...new Set(cells.map(({ pipeline }) => pipeline))], io);
  const { document: known, diagnostics } = loadOne('known-issues', flags.knownIssues, read);
  if (showDiagnostics(diagnostics, io)) return undefined;
  const knownIssues = known && { issues: known.issues, today: today() };
  return { answers, plan, cells, set, axes, knownIssues, selection: selectionOf(paths, flags), documents: documentsAmong(read) };
}

interface RunPlace extends Surroundings {
  readonly id: string;
  readonly flags: RunFlags;
  readonly output: RunOutput;
}

async function runIn(folder: RunFolder, { answers, ...prepared }: Prepared, { id, flags, output, io, read }: RunPlace): Promise<number> {
  const interrupt = onInterrupt(() => io.stderr('\nStopping: teardowns run and reports are written. Once more to stop at once.\n'));
  try {
    const { exitCode } = await run({
      ...prepared,
      id,
      seed: flags.seed,
      version: packageJson.version,
      host: { node: process.versions.node, system: `${platform()} ${release()} ${arch()}` },
      shard: flags.shard,
      jobs: flags.jobs,
      realTime: flags.realTime,
      bail: flags.bail,
      retry: retryOf(flags, prepared.plan),
      claims: createHostClaims(`run ${id}`),
      busyMs: flags.wait,
      readFile: (path, beside) => readBeside(path, beside, read),
      keepFile: (cell, name, bytes) => folder.keep(cell, name, bytes),
      ask: createAsker({ answers, io, hold: () => output.hold() }),
      write: (event) => output.write(event),
      signal: AbortSignal.any([interrupt.signal, output.lost]),
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

/** Flags go before the plan. Without either, what the lab did wrong is tried once more. */
function retryOf({ retry, retryOn, retryBoard }: RunFlags, plan: Plan | undefined): RetryPolicy {
  const { max, on, board } = plan?.retry ?? { max: 1, on: ['infra'], board: 'same' };
  return { max: retry ?? max, on: retryOn.length === 0 ? on : retryOn, board: retryBoard ?? board };
}

/** The real day, also of runs in virtual time: an excuse ends for everyone. */
function today(): string {
  return new Date(createRealClock().wall()).toISOString().slice(0, 10);
}

let runsOfProcess = 0;

/** Sorts by time, and is unique on one machine: `20261120-134501-4711`, and with `-2` behind it the second run of the process. */
function runId(): string {
  runsOfProcess += 1;
  const stamp = new Date(createRealClock().wall()).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${process.pid}${runsOfProcess === 1 ? '' : `-${runsOfProcess}`}`;
}
