/** `bootproof report`: reports from the event logs of runs, byte for byte as the live run wrote them. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { BootproofError } from '../../base/errors.ts';
import { isLost } from '../../events/join.ts';
import { decodeEvents } from '../../events/log.ts';
import { cellOutcomes } from '../../events/outcome.ts';
import { renderReports, reporterNames, summarize } from '../../report/index.ts';
import type { RunSummary } from '../../report/summary.ts';
import { exitCodeOfRun, exitCodes } from '../../run/outcome.ts';
import { collect, flagError, readReportFlag } from '../flags.ts';
import type { CliIo } from '../io.ts';
import { fileError, problemLine } from '../problems.ts';
import { deliverReports } from '../report-files.ts';

const examples = `
Examples:
  bootproof report --from reports/latest --report tap
  bootproof report --from night-1 --from night-2 --report junit=all.xml

Exit codes: 0 the reports hold all that was planned, whatever came of it, 2 usage, 3 a log is damaged or was cut off, or a report cannot be written.
The verdict is the exit code of bootproof run; runs that are no pass are told on stderr.
`;

export function registerReportCommand(program: Command, io: CliIo): void {
  program
    .command('report')
    .description('make reports from the event log of a run, or of several runs together')
    .requiredOption('--from <RUN>', 'the folder of a run, or its events.jsonl (repeatable)', collect)
    .requiredOption('--report <NAME[=FILE]>', `${reporterNames.join(' or ')}, to a file or to stdout (repeatable)`, collect)
    .addHelpText('after', examples)
    .action((flags: { from: readonly string[]; report: readonly string[] }) => {
      const requests = flags.report.map(readReportFlag);
      const logs = flags.from.map((run) => decodeEvents(readLog(run, io)));
      for (const error of logs.flatMap(({ errors }) => errors)) io.stderr(problemLine(error.message, error.hint));
      const events = logs.flatMap((log) => log.events);
      if (events.length === 0) throw flagError('there are no events in the log', 'give the folder of a run, such as reports/latest');
      const delivered = deliverReports(renderReports(events, [...new Set(requests.map(({ name }) => name))]), requests, io);
      const run = summarize(events);
      const isWhole =
        delivered &&
        run.finish !== 'killed' &&
        !run.cells.some(({ plan }) => isLost(plan)) &&
        logs.every(({ errors }) => errors.length === 0);
      const judged = exitCodeOfRun(
        run.cells.map(({ outcome }) => outcome),
        run.finish === 'cancelled',
      );
      if (judged !== exitCodes.good || !isWhole) io.stderr(`The run is no pass: ${describeOutcomes(run)}\n`);
      io.exit(isWhole ? exitCodes.good : exitCodes.infra);
    });
}

function describeOutcomes({ counts, finish }: RunSummary): string {
  const parts = cellOutcomes.filter((outcome) => counts[outcome] > 0).map((outcome) => `${counts[outcome]} ${outcome}`);
  return `${parts.join(', ') || 'no cells'}${finish === 'complete' ? '' : `; it was ${finish}`}.`;
}

function readLog(run: string, io: CliIo): Uint8Array {
  try {
    const path = statSync(run).isDirectory() ? join(run, 'events.jsonl') : run;
    return io.readFile(path);
  } catch (cause) {
    if (cause instanceof BootproofError) throw cause;
    throw fileError(`cannot read the run ${run}`, cause);
  }
}
