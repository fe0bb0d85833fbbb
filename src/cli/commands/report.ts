/** `bootproof report`: reports from the event logs of runs, byte for byte as the live run wrote them. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { BootproofError } from '../../base/errors.ts';
import { decodeEvents } from '../../events/log.ts';
import { renderReports, reporterNames } from '../../report/index.ts';
import { collect, flagError, readReportFlag } from '../flags.ts';
import type { CliIo } from '../io.ts';
import { fileError, problemLine } from '../problems.ts';
import { deliverReports } from '../report-files.ts';

const examples = `
Examples:
  bootproof report --from reports/latest --report tap
  bootproof report --from night-1 --from night-2 --report junit=all.xml
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
      deliverReports(renderReports(events, [...new Set(requests.map(({ name }) => name))]), requests, io);
      io.exit(logs.some(({ errors }) => errors.length > 0) ? 1 : 0);
    });
}

function readLog(run: string, io: CliIo): string {
  try {
    const path = statSync(run).isDirectory() ? join(run, 'events.jsonl') : run;
    return Buffer.from(io.readFile(path)).toString('utf8');
  } catch (cause) {
    if (cause instanceof BootproofError) throw cause;
    throw fileError(`cannot read the run ${run}`, cause);
  }
}
