/** The process as the commands see it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { CliIo } from './io.ts';

export function createProcessIo(): CliIo {
  // A reader that went away (`bootproof ... | head`) is no reason to fail loudly.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    terminal: process.stdout.isTTY,
    readLine: process.stdin.isTTY && process.stderr.isTTY ? readLine : undefined,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    readFile: (path) => readFileSync(path),
    writeFile: (path, bytes) => writeFileSync(path, bytes),
    exit: (code) => {
      process.exitCode = code;
    },
  };
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
