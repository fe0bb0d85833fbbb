/** The command line: arguments in, exit code out. Each command is loaded only when it is asked for, so that the others cost no time. */

import { Command, CommanderError, Help } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { BootproofError } from '../base/errors.ts';
import { exitCodes } from '../run/outcome.ts';
import type { CliIo } from './io.ts';
import { problemLine } from './problems.ts';

type Register = (program: Command, io: CliIo) => void;

/** The commands in the order of the help text. */
const commands: Readonly<Record<string, () => Promise<Register>>> = {
  run: async () => (await import('./commands/run.ts')).registerRunCommand,
  lint: async () => (await import('./commands/lint.ts')).registerLintCommand,
  init: async () => (await import('./commands/init.ts')).registerInitCommand,
  explain: async () => (await import('./commands/explain.ts')).registerExplainCommand,
  plan: async () => (await import('./commands/plan.ts')).registerPlanCommand,
  list: async () => (await import('./commands/list.ts')).registerListCommand,
  schema: async () => (await import('./commands/schema.ts')).registerSchemaCommand,
  report: async () => (await import('./commands/report.ts')).registerReportCommand,
  sim: async () => (await import('./commands/sim.ts')).registerSimCommand,
  doctor: async () => (await import('./commands/doctor.ts')).registerDoctorCommand,
  image: async () => (await import('./commands/image.ts')).registerImageCommand,
  // The last, since it completes those that are there before it.
  complete: async () => (await import('./commands/complete.ts')).registerCompleteCommand,
};

/** Runs the command that the arguments ask for. Whatever goes wrong is told, and is an exit code. */
export async function runCommandLine(args: readonly string[], io: CliIo): Promise<void> {
  const program = new Command('bootproof')
    .description('Proves firmware updates: runs update pipelines on real and simulated boards, and leaves the evidence.')
    .version(packageJson.version)
    .enablePositionalOptions()
    .configureHelp({ optionDescription })
    .configureOutput({ writeOut: (text) => io.stdout(text), writeErr: (text) => io.stderr(text) })
    .showHelpAfterError('(try --help)')
    .exitOverride();
  const [first = ''] = args;
  const asked = first === 'complete' ? undefined : commands[first];
  // Help, completion and a mistyped command need all of them; --version and a known command need none or one.
  const needed = asked === undefined ? (isVersion(first) ? [] : Object.values(commands)) : [asked];
  for (const load of needed) (await load())(program, io);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (thrown) {
    io.exit(exitCodeOf(thrown, io));
  }
}

/** "Nothing" and "no" are what everybody expects of a flag that is not given. */
function optionDescription(this: Help, ...[option]: Parameters<Help['optionDescription']>): string {
  return Help.prototype.optionDescription.call(this, option).replace(/ ?\(default: (?:\[\]|false)\)/, '');
}

function isVersion(argument: string): boolean {
  return argument === '--version' || argument === '-V';
}

function exitCodeOf(thrown: unknown, io: CliIo): number {
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.good : exitCodes.usage;
  if (thrown instanceof BootproofError) {
    io.stderr(problemLine(thrown.message, thrown.hint));
    return thrown.fault === 'infra' ? exitCodes.infra : exitCodes.usage;
  }
  io.stderr(problemLine(`internal error: ${String(thrown)}`, 'this is a defect of bootproof; please report it'));
  if (process.env['BOOTPROOF_DEBUG'] !== undefined && thrown instanceof Error) io.stderr(`${thrown.stack ?? ''}\n`);
  return exitCodes.usage;
}
