/** Where the events of a run go: the log, the reporters, and whoever watches. */

import { join } from 'node:path';
import { BootproofError, messageOf } from '../base/errors.ts';
import type { Note, RunEvent } from '../events/event.ts';
import { createReports, reporterNames } from '../report/index.ts';
import { exitCodes } from '../run/outcome.ts';
import type { ReportRequest } from './flags.ts';
import type { CliIo } from './io.ts';
import { createLiveView } from './live-view.ts';
import { doOrTell, problemLine } from './problems.ts';
import { deliverReports, writeReport } from './report-files.ts';
import type { RunFolder } from './run-folder.ts';

export interface RunOutput {
  /** Aborted when the log of the run cannot be written any more: what is done from then on proves nothing. */
  readonly lost: AbortSignal;
  write(event: RunEvent): void;
  /** Takes what is in the log already. */
  replay(events: readonly RunEvent[]): void;
  /** Keeps the live view off the terminal until the returned function is called. */
  hold(): () => void;
  /** Writes the reports and gives the exit code, which a report that could not be written makes worse. */
  finish(exitCode: number): number;
}

/** What concerns the run as a whole, or needs a hand, is for whoever started it. */
function tellNote({ severity, text, cell, board }: Note, io: CliIo): void {
  if (severity === 'error') io.stderr(problemLine(text, undefined));
  else if (severity === 'warning' && cell === undefined && board === undefined) io.stderr(`warning: ${text}\n`);
}

/**
 * All reports go to the folder; `requests` add files, or stdout. Without a request for stdout, a terminal gets a live view
 * and a pipe gets TAP.
 */
export function createRunOutput(folder: RunFolder, { reports: requests, io }: { reports: readonly ReportRequest[]; io: CliIo }): RunOutput {
  const reports = createReports(reporterNames);
  const toStdout = requests.filter(({ file }) => file === '-').map(({ name }) => name);
  const live = toStdout.length === 0 && io.terminal ? createLiveView(io) : undefined;
  // TAP is the one report that is written as it happens; the others come whole at the end.
  const streamsTap = toStdout.length > 0 ? toStdout.includes('tap') : live === undefined;
  const lost = new AbortController();
  const keep = (event: RunEvent): void => {
    if (lost.signal.aborted) return;
    try {
      folder.write(event);
    } catch (thrown) {
      if (!(thrown instanceof BootproofError)) throw thrown;
      io.stderr(problemLine(thrown.message, thrown.hint));
      lost.abort(thrown);
    }
  };
  const show = (event: RunEvent): void => {
    live?.on(event);
    for (const { name, text } of reports.on(event)) if (name === 'tap' && streamsTap) io.stdout(text);
  };
  return {
    lost: lost.signal,
    write: (event) => {
      keep(event);
      if (event.kind === 'note') tellNote(event, io);
      show(event);
    },
    replay: (events) => events.forEach(show),
    hold: () => live?.hold() ?? ((): void => undefined),
    finish: (exitCode) => {
      const { outputs, failures } = reports.end();
      live?.end();
      for (const { name, thrown } of failures) io.stderr(problemLine(`the report ${name} failed: ${messageOf(thrown)}`, undefined));
      const written = outputs.map(({ path, text }) => doOrTell(io, () => writeReport(join(folder.path, path), text)));
      const others = requests.filter(({ name, file }) => !(name === 'tap' && file === '-'));
      const complete = [...written, deliverReports(outputs, others, io), failures.length === 0, !lost.signal.aborted].every(Boolean);
      folder.markLatest();
      io.stderr(`Reports: ${folder.path}\n`);
      return !complete && exitCode === 0 ? exitCodes.infra : exitCode;
    },
  };
}
