/** Notes in the log which files a run reads, and what was in them the first time. */

import { toHex } from '../base/bytes.ts';
import type { RunEventBody } from '../events/event.ts';
import { hash } from '../mcuboot/hash.ts';
import type { RunOptions } from './run-options.ts';
import type { Emit } from './timeline.ts';

export interface FileNotes {
  /** Reads and notes. */
  readonly readFile: RunOptions['readFile'];
  /** The log has its plan: what was noted so far goes into it, and everything else at once. */
  begin(): void;
}

export function createFileNotes(read: RunOptions['readFile'], emit: Emit): FileNotes {
  const told = new Set<string>();
  const early: RunEventBody[] = [];
  let tell: Emit = (body) => void early.push(body);
  return {
    readFile: (path, beside) => {
      const bytes = read(path, beside);
      const key = JSON.stringify([path, beside]);
      const place = beside === undefined ? { path } : { path, beside };
      if (!told.has(key)) tell({ kind: 'file-read', ...place, sha256: toHex(hash('sha256', bytes)) });
      told.add(key);
      return bytes;
    },
    begin: () => {
      tell = emit;
      early.forEach(emit);
    },
  };
}
