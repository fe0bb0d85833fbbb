/** The process as the commands see it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { exitCodes } from '../run/outcome.ts';
import type { CliIo } from './io.ts';
import { problemLine, whyOf } from './problems.ts';

export function createProcessIo(): CliIo {
  let lost = false;
  const setExit = (code: number): void => {
    process.exitCode = lost && code === 0 ? exitCodes.infra : code;
  };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (lost || isGone(error)) return;
    lost = true;
    process.stderr.write(problemLine(`cannot write to standard output: ${whyOf(error)}`, undefined));
    setExit(Number(process.exitCode ?? 0));
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    lost ||= !isGone(error);
  });
  return {
    terminal: process.stdout.isTTY,
    get size() {
      const { columns, rows } = process.stdout;
      return process.stdout.isTTY && columns > 0 && rows > 0 ? { columns, rows } : undefined;
    },
    readLine: process.stdin.isTTY && process.stderr.isTTY ? readLine : undefined,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    readFile: (path) => readFileSync(path),
    writeFile: (path, bytes) => writeFileSync(path, bytes),
    exit: setExit,
  };
}

/** A reader that went away (`bootproof ... | head`), or a terminal that was closed, misses what it wanted to miss. */
function isGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO';
}

/** The terminal edits the line itself, so that Ctrl-C stays the signal that it is. */
function readLine(signal: AbortSignal): Promise<string | undefined> {
  if (process.stdin.readableEnded) return Promise.resolve(undefined);
  const lines = createInterface({ input: process.stdin, terminal: false });
  return new Promise((resolve) => {
    const end = (line: string | undefined): void => {
      signal.removeEventListener('abort', stop);
      resolve(line);
      lines.close();
    };
    const stop = (): void => end(undefined);
    signal.addEventListener('abort', stop, { once: true });
    lines.once('line', end);
    lines.once('close', stop);
  });
}
