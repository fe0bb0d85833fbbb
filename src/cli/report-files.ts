/** Reports on their way to where the user wants them: the folder of the run, a file of its own, or stdout. */

import { renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { ReportFile } from '../report/index.ts';
import type { ReportRequest } from './flags.ts';
import type { CliIo } from './io.ts';
import { doOrTell, fileError } from './problems.ts';
import { makeFolder } from './run-folder.ts';

/**
 * Writes what `--report` asked for. A report that is divided into several files gets numbers behind the name that was given. One that
 * cannot be written is told, does not keep the others from it, and makes the answer false.
 */
export function deliverReports(files: readonly ReportFile[], requests: readonly ReportRequest[], io: CliIo): boolean {
  const delivered = requests.map(({ name, file }) => {
    const parts = files.filter(({ reporter }) => reporter === name);
    return doOrTell(io, () => {
      for (const [index, { text }] of parts.entries()) {
        if (file === '-') io.stdout(text);
        else writeReport(index === 0 ? file : numbered(file, index + 1), text);
      }
    });
  });
  return delivered.every(Boolean);
}

/** Writes a report so that no reader ever sees half of it. Throws an input error when it cannot be written. */
export function writeReport(path: string, text: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.part`);
  try {
    makeFolder(dirname(path));
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (cause) {
    throw fileError(`cannot write ${path}`, cause);
  }
}

function numbered(path: string, number: number): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${number}${extension}`;
}
