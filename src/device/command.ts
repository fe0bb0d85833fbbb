/**
 * Programs that a bench or a pipeline names (nrfutil, uhubctl, scripts): always an argument list, never a shell.
 * The one place of the product, next to the pty face, that starts processes.
 */

import { BootproofError, messageOf } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';

export interface CommandRequest {
  readonly run: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface CommandResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What is kept of each output stream; the rest of a chatty program is dropped, its tail is what explains a failure. */
const outputMax = 1_000_000;

/**
 * Runs a program to its end. A non-zero exit is a result; a program that cannot be started, that runs into its time
 * limit or that is cancelled is an error.
 */
export async function runCommand(request: CommandRequest): Promise<CommandResult> {
  const { execa } = await import('execa');
  const [file, ...args] = request.run;
  if (file === undefined) throw new BootproofError('the argument list is empty', { fault: 'input', code: 'command-empty' });
  const done = await execa(file, args, {
    reject: false,
    stdin: 'ignore',
    timeout: request.timeoutMs,
    forceKillAfterDelay: 2000,
    cancelSignal: request.signal,
    maxBuffer: outputMax,
    env: { ...request.env },
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
  });
  if (done.isCanceled) throw request.signal.reason as Error;
  if (done.timedOut) {
    throw new BootproofError(`${file} did not end within ${formatDuration(request.timeoutMs)}`, {
      fault: 'infra',
      code: 'command-timeout',
      hint: 'raise its `timeout`, or run the command by hand to see what it waits for',
    });
  }
  if (done.exitCode === undefined && !done.isMaxBuffer) {
    throw new BootproofError(`${file} could not be run: ${messageOf(done.cause ?? done.shortMessage)}`, {
      fault: 'infra',
      code: 'command-not-started',
      hint: 'check that the program is installed and on the PATH',
      cause: done.cause,
    });
  }
  return { exit: done.exitCode ?? 1, stdout: done.stdout, stderr: done.stderr };
}
