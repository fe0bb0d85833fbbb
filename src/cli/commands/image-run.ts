/** How the image commands read, write and end. Exit codes: 0 good, 1 the image is not valid, 2 the command could not do its work. */

import { BootproofError } from '../../base/errors.ts';
import { ImageError } from '../../mcuboot/errors.ts';
import type { CliIo } from '../io.ts';
import { fileError, problemLine } from '../problems.ts';

/** Runs a command to its exit code. Errors of the input become one line, without a stack. */
export function runToExit(io: CliIo, work: () => number): void {
  io.exit(exitCodeOf(io, work));
}

function exitCodeOf(io: CliIo, work: () => number): number {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BootproofError)) throw error;
    io.stderr(problemLine(error.message, error.hint));
    return error instanceof ImageError ? 1 : 2;
  }
}

/** Runs `work` on the content of a file, and names the file in every error. */
export function withFile<T>(io: CliIo, path: string, work: (bytes: Uint8Array) => T): T {
  const bytes = readInput(io, path);
  try {
    return work(bytes);
  } catch (error) {
    if (error instanceof ImageError) throw new ImageError(error.code, `${path}: ${error.message}`, error.hint);
    if (!(error instanceof BootproofError)) throw error;
    const { fault, code, hint } = error;
    throw new BootproofError(`${path}: ${error.message}`, { fault, code, cause: error, ...(hint === undefined ? {} : { hint }) });
  }
}

export function readInput(io: CliIo, path: string): Uint8Array {
  try {
    return io.readFile(path);
  } catch (cause) {
    throw fileError(`cannot read ${path}`, cause);
  }
}

export function writeOutput(io: CliIo, path: string, bytes: Uint8Array): void {
  try {
    io.writeFile(path, bytes);
  } catch (cause) {
    throw fileError(`cannot write ${path}`, cause);
  }
}
