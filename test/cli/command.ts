/** The command line in this process: for all that does not need a process of its own, because a start costs a second of processor time. */

import { readFileSync, writeFileSync } from 'node:fs';
import { runCommandLine } from '../../src/cli/program.ts';

export interface Told {
  /** The exit code. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One at a time, since there is one working directory. */
export async function runCommand(args: readonly string[], options: { readonly cwd?: string } = {}): Promise<Told> {
  const told = { status: 0, stdout: '', stderr: '' };
  const before = process.cwd();
  process.chdir(options.cwd ?? before);
  try {
    await runCommandLine(args, {
      terminal: false,
      stdout: (text) => void (told.stdout += text),
      stderr: (text) => void (told.stderr += text),
      readFile: (path) => readFileSync(path),
      writeFile: (path, bytes) => writeFileSync(path, bytes),
      exit: (code) => void (told.status = code),
    });
  } finally {
    process.chdir(before);
  }
  return told;
}
