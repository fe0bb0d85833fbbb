/** A file of the host that a document names. */

import { spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { code } from '../words.ts';

/** Whether a file exists, by a path relative to the folder of the pipeline; undefined when nobody can tell. */
export type FileExists = ((path: string) => boolean) | undefined;

export interface FileChecks {
  readonly exists: FileExists;
  readonly report: Report;
}

export function checkFile(file: Cursor, { exists, report }: FileChecks): void {
  const path = textOf(file);
  if (path === undefined || path === '' || path.includes('${{') || exists === undefined || exists(path)) return;
  report('file-missing', spanOf(file), `the file ${code(path)} is not there`, { hint: 'paths are relative to the folder of this file' });
}
