/** The process as the commands see it. */

import { readFileSync, writeFileSync } from 'node:fs';
import type { CliIo } from './io.ts';

export function createProcessIo(): CliIo {
  // A reader that went away (`bootproof ... | head`) is no reason to fail loudly.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    terminal: process.stdout.isTTY,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    readFile: (path) => readFileSync(path),
    writeFile: (path, bytes) => writeFileSync(path, bytes),
    exit: (code) => {
      process.exitCode = code;
    },
  };
}
