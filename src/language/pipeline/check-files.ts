/** Files of the host that steps name: each must be there before anything runs. */

import { child, itemsOf } from '../cursor.ts';
import { checkFile, type FileChecks } from './check-file.ts';
import type { StepView } from './sections.ts';

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
