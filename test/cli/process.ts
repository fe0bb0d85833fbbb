/** The command line as a child process: where signals, terminals, other processes or the start itself matter. For all else there is `command.ts`. */

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const asSource = import.meta.url.endsWith('.ts');
/** Compiled, or as source, like this file. */
const main = fileURLToPath(new URL(`../../src/cli/main.${asSource ? 'ts' : 'js'}`, import.meta.url));
const command = [...(asSource ? process.execArgv : []), main];

/** As a shell is given it. */
export const commandLine: readonly string[] = [process.execPath, ...command];

/** Throws when it has to be killed, so that half an output is never taken for all of it. */
export function bootproof(args: readonly string[], options: { readonly cwd?: string } = {}): SpawnSyncReturns<string> {
  const limits = { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 };
  const ended = spawnSync(process.execPath, [...command, ...args], { encoding: 'utf8', ...limits, ...options });
  if (ended.error !== undefined) throw ended.error;
  return ended;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

export function startBootproof(args: readonly string[], options: { readonly cwd?: string } = {}): Started {
  const child = spawn(process.execPath, [...command, ...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr })) };
}
