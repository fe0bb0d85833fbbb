/** How the command line words what went wrong with files, in one line. */

import { BootproofError, messageOf, systemCodeOf } from '../base/errors.ts';
import type { CliIo } from './io.ts';

/** One line that says what is wrong and what to do about it. */
export function problemLine(problem: string, hint: string | undefined): string {
  return `error: ${problem}${hint === undefined ? '' : ` (${hint})`}\n`;
}

/** The error for a file that could not be read or written: `what` is the beginning of the sentence, such as `cannot read x`. */
export function fileError(what: string, cause: unknown): BootproofError {
  return new BootproofError(`${what}: ${whyOf(cause)}`, { fault: 'input', code: 'file-unusable', cause });
}

/** The error for what a run can no longer write: its host has failed it. */
export function evidenceError(what: string, cause: unknown, hint: string): BootproofError {
  return new BootproofError(`${what}: ${whyOf(cause)}`, { fault: 'infra', code: 'evidence-unwritable', hint, cause });
}

/** What the system says about a file, in the words of people. */
export function whyOf(cause: unknown): string {
  return fileProblems[systemCodeOf(cause) ?? ''] ?? messageOf(cause);
}

/** Does a part of the work that others do not depend on: what goes wrong is told, and the answer is false. */
export function doOrTell(io: Pick<CliIo, 'stderr'>, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (thrown) {
    if (!(thrown instanceof BootproofError)) throw thrown;
    io.stderr(problemLine(thrown.message, thrown.hint));
    return false;
  }
}

const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'no permission',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  EFBIG: 'it is too large',
  EEXIST: 'there is one already',
};
