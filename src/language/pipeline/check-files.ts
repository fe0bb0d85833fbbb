/** Files of the host that steps name: each must be there before anything runs. */

import { child, itemsOf, spanOf, textOf, type Cursor, type Report } from '../cursor.ts';
import { code } from '../words.ts';
import type { StepView } from './sections.ts';

/** Whether a file exists, by a path relative to the folder of the pipeline; undefined when nobody can tell. */
export type FileExists = ((path: string) => boolean) | undefined;

export interface FileChecks {
  readonly exists: FileExists;
  readonly report: Report;
}

export function checkFiles(steps: readonly StepView[], checks: FileChecks): void {
  for (const { cursor } of steps) {
    const files = child(cursor, 'files');
    const named = [
      child(child(files, 'upload'), 'file'),
      ...['download', 'status', 'hash'].map((command) => child(child(files, command), 'equals')),
      ...itemsOf(child(child(cursor, 'provision'), 'slots')).map((slot) => child(slot, 'raw')),
    ];
    for (const file of named) checkFile(file, checks);
  }
}

export function checkFile(file: Cursor, { exists, report }: FileChecks): void {
  const path = textOf(file);
  if (path === undefined || path === '' || path.includes('${{') || exists === undefined || exists(path)) return;
  report('file-missing', spanOf(file), `the file ${code(path)} is not there`, { hint: 'paths are relative to the folder of this file' });
}
