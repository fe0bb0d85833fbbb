/** How the command line words what went wrong with files, in one line. */

import { BootproofError, messageOf, systemCodeOf } from '../base/errors.ts';

/** One line that says what is wrong and what to do about it. */
export function problemLine(problem: string, hint: string | undefined): string {
  return `error: ${problem}${hint === undefined ? '' : ` (${hint})`}\n`;
}

/** The error for a file that could not be read or written: `what` is the beginning of the sentence, such as `cannot read x`. */
export function fileError(what: string, cause: unknown): BootproofError {
  const why = fileProblems[systemCodeOf(cause) ?? ''] ?? messageOf(cause);
  return new BootproofError(`${what}: ${why}`, { fault: 'input', code: 'file-unusable', cause });
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
