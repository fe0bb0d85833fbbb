/**
 * Programs that a bench or a pipeline names (nrfutil, uhubctl, scripts): an argument list, and a shell only where the bench
 * says so. The one place of the product, next to the pty face, that starts processes.
 */

import type { Readable } from 'node:stream';
import { createRealClock } from '../base/clock-real.ts';
import { abortable, deadline, sleep } from '../base/clock.ts';
import { BootproofError, messageOf, systemCodeOf } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';

export interface CommandRequest {
  readonly run: readonly string[] | { readonly shell: string };
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

/** What is kept of each output stream: its end, which is what explains a failure. */
const outputMax = 1_000_000;
/** Between the polite signal and the one that nobody can ignore. */
const graceMs = 2000;

/**
 * Runs a program to its end. A non-zero exit is a result; a program that cannot be started, that runs into its time
 * limit or that is cancelled is an error. Then everything that it started is killed with it.
 */
export async function runCommand(request: CommandRequest): Promise<CommandResult> {
  const { run, timeoutMs } = request;
  const clock = createRealClock();
  const name = nameOf(run);
  request.signal.throwIfAborted();
  const limit = deadline(clock, { ms: timeoutMs, why: name, parent: request.signal, reason: () => tooLong(name, timeoutMs) });
  const child = await start(request);
  const stdout = keepEnd(child.stdout);
  const stderr = keepEnd(child.stderr);
  const group = child.pid;
  if (group !== undefined) track(group);
  try {
    const done = await abortable(child.ended, limit.signal);
    if (done.exitCode === undefined && done.signal === undefined) throw notStarted(name, done.cause);
    // As a shell counts: a program that a signal ended did not succeed.
    return { exit: done.exitCode ?? 128, stdout: stdout(), stderr: stderr() };
  } catch (thrown) {
    if (group !== undefined && limit.signal.aborted) await killGroup(group, child.ended);
    throw thrown;
  } finally {
    limit.dispose();
    if (group !== undefined) running.delete(group);
  }
}

interface Started {
  readonly pid: number | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Never rejects. */
  readonly ended: Promise<{ readonly exitCode?: number | undefined; readonly signal?: string | undefined; readonly cause?: unknown }>;
}

/** In a process group of its own, so that it can be killed with its children. */
async function start({ run, env, cwd }: CommandRequest): Promise<Started> {
  const { execa } = await import('execa');
  const [file, ...args] = 'shell' in run ? [run.shell] : run;
  if (file === undefined) throw new BootproofError('the argument list is empty', { fault: 'input', code: 'command-empty' });
  const child = execa(file, args, {
    reject: false,
    buffer: false,
    stdin: 'ignore',
    detached: true,
    shell: 'shell' in run,
    env: { ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  return { pid: child.pid, stdout: child.stdout, stderr: child.stderr, ended: child };
}

/** Process groups that are at work. */
const running = new Set<number>();
let guarded = false;

/** When bootproof itself ends at once, it takes its programs along. */
function track(group: number): void {
  running.add(group);
  if (!guarded) process.on('exit', () => running.forEach((one) => signalGroup(one, 'SIGKILL')));
  guarded = true;
}

/** Asks first. Who holds the pipes from outside of the group is not waited for. */
async function killGroup(group: number, ended: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  signalGroup(group, 'SIGTERM');
  await Promise.race([ended, sleep(createRealClock(), graceMs, 'the end of a program', over.signal)]).finally(() => over.abort());
  signalGroup(group, 'SIGKILL');
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch (thrown) {
    if (systemCodeOf(thrown) !== 'ESRCH') throw thrown;
  }
}

function keepEnd(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    if (text.length > 2 * outputMax) text = text.slice(-outputMax);
  });
  return () => text.slice(-outputMax);
}

/** The program, as messages call it. */
export function nameOf(run: CommandRequest['run']): string {
  return 'shell' in run ? 'the shell command' : (run[0] ?? 'the command');
}

function tooLong(name: string, ms: number): BootproofError {
  return new BootproofError(`${name} did not end within ${formatDuration(ms)} and was killed`, {
    fault: 'infra',
    code: 'command-timeout',
    hint: 'raise its `timeout`, or run the command by hand to see what it waits for',
  });
}

function notStarted(name: string, cause: unknown): BootproofError {
  const missing = systemCodeOf(cause) === 'ENOENT';
  return new BootproofError(`${name} could not be run: ${missing ? 'there is no such program' : messageOf(cause)}`, {
    fault: 'infra',
    code: 'command-not-started',
    hint: missing ? 'install the program, or put its folder on the PATH' : 'check the permissions of the program',
    cause,
  });
}
