/** `bootproof run`: the flags of a run. What is done with them stands in `compose.ts`. */

import { Option } from 'commander';
import type { Command } from 'commander';
import { reporterNames } from '../../report/index.ts';
import { composeRun } from '../compose.ts';
import type { RunFlags } from '../run-flags.ts';
import { retryCauses } from '../../run/retry.ts';
import type { RetryCause } from '../../run/retry.ts';
import { addPlanningFlags, collect, readShard, durationFlag, flagError, wholeNumber } from '../flags.ts';
import type { CliIo } from '../io.ts';

const examples = `
Examples:
  bootproof run                                         the pipelines in pipelines/, on the simulated board
  bootproof run pipelines/ota --tag smoke               those of a folder that carry a tag
  bootproof run ota.pipeline.yaml --set next=app.bin    with another image
  bootproof run sweep.pipeline.yaml --axis flash-op=17  one flash operation of a power-cut sweep
  bootproof run --bench lab.bench.yaml --on nrf52840dk  on all boards with that label
  bootproof run --watch ota.pipeline.yaml               a verdict at each save; Ctrl-C ends
  bootproof run --resume reports/latest                 go on with a run that was killed or interrupted
  bootproof run --report tap > results.tap              stdout is TAP for other programs

Exit codes: 0 all good, 1 the product failed, 2 usage, a broken pipeline or nothing judged, 3 the lab failed, 130 interrupted.
`;

export function registerRunCommand(program: Command, io: CliIo): void {
  const run = program
    .command('run')
    .description('run pipelines on boards and write events.jsonl, results.tap and junit.xml')
    .argument('[PATH...]', 'pipelines, or folders of them (default: pipelines, or what the plan selects)');
  addPlanningFlags(run)
    .option('--known-issues <FILE>', 'failures that are expected, until they expire')
    .option('--shard <I/N>', 'only the I-th of N equal shares of the cells', readShard)
    .option('--answer <ID=TEXT>', 'answer a `prompt` step by its id, so that nobody is asked (repeatable)', collect, [])
    .option('--jobs <N>', 'boards that work at the same time', wholeNumber('--jobs'), 64)
    .option('--out <DIR>', 'folder of the reports (default: reports/RUN-ID)')
    .option('--report <NAME[=FILE]>', `${reporterNames.join(' or ')}, to a file or to stdout (repeatable)`, collect, [])
    .option('--retry <N>', 'attempts of a cell after the first one (default: as the plan says, or 1)', wholeNumber('--retry'))
    .addOption(new Option('--retry-on <OUTCOME>', 'what is tried again (repeatable; default: infra)').argParser(retryCause).default([]))
    .addOption(
      new Option('--retry-board <BOARD>', 'where it is tried again: another board needs a label in common').choices(['same', 'other']),
    )
    .addOption(
      new Option('--wait <DURATION>', 'how long to wait for a board that another process uses')
        .argParser(durationFlag('--wait'))
        .default(60_000, '60s'),
    )
    .option('--bail', 'stop after the first cell that is not good', false)
    .option('--real-time', 'run simulated boards in real time, too', false)
    .option('--watch', 'run again at each save of a file that the run used, on simulated boards', false)
    .option('--resume <DIR>', 'go on with the run in this folder: with its own flags, files and plan, as it was begun')
    .addHelpText('after', examples)
    .action(async (paths: string[], flags: RunFlags, command: Command) => {
      if (flags.resume !== undefined) refuseOthers(paths, command);
      const start = flags.watch ? (await import('../watch.ts')).watchRuns : composeRun;
      io.exit(await start(paths, flags, io));
    });
}

/** Flags about how a run is shown and carried out; all others say what it is. */
const freeFlags: readonly string[] = ['resume', 'report', 'jobs', 'wait', 'bail', 'answer'];

function refuseOthers(paths: readonly string[], command: Command): void {
  const given = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
  const other = given.find((option) => !freeFlags.includes(option.attributeName()))?.long ?? paths[0];
  if (other === undefined) return;
  throw flagError(`${other} cannot be given together with --resume`, 'a run goes on as it was begun: leave it out');
}

function retryCause(text: string, before: readonly RetryCause[]): readonly RetryCause[] {
  const cause = retryCauses.find((one) => one === text);
  if (cause === undefined)
    throw flagError(`--retry-on ${text}: only some outcomes can be tried again`, `they are ${retryCauses.join(' and ')}`);
  return [...before, cause];
}
