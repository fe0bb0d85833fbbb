/** `bootproof plan`: every cell that a run would have, what is left out and why, and how long it will take. */

import type { Command } from 'commander';
import { composePlan } from '../compose-plan.ts';
import { addPlanningFlags } from '../flags.ts';
import type { CliIo } from '../io.ts';

const examples = `
Examples:
  bootproof plan --plan nightly.plan.yaml --bench lab.bench.yaml
  bootproof plan pipelines/ota --tag smoke --json
                                                for programs; \`bootproof schema plan-output\` describes it

Exit codes: 0 something runs, 2 mistakes, or nothing is left to run.
`;

export function registerPlanCommand(program: Command, io: CliIo): void {
  const plan = program
    .command('plan')
    .description('show every cell that a run would have, what is left out and why, and how long it will take')
    .argument('[PATH...]', 'pipelines, or folders of them (default: pipelines, or what the plan selects)');
  addPlanningFlags(plan)
    .option('--history <RUN>', 'the folder of a run that tells how long cells take', 'reports/latest')
    .option('--json', 'as JSON, for other programs', false)
    .addHelpText('after', examples)
    .action(async (paths: string[], flags: Parameters<typeof composePlan>[1]) => io.exit(await composePlan(paths, flags, io)));
}
