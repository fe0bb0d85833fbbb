/** The one file handle that the file group keeps open between requests (smp.md 3.7). */

import { concatBytes } from '../../base/bytes.ts';
import type { FileSystem } from './files.ts';

export interface OpenFile {
  readonly use: 'upload' | 'download';
  readonly path: string;
  /** Offset that the next request is expected at. */
  off: number;
  /** Length of the file that was announced; 0 when it is not known (any more). */
  len: number;
  contents: Uint8Array;
  /** Where the handle stands. */
  position: number;
}

export interface FileHandle {
  /** The open file, if it is this one in this use. */
  current(use: OpenFile['use'], path: string): OpenFile | undefined;
  open(file: Omit<OpenFile, 'position'>): OpenFile;
  /** Closes after the last byte, and otherwise notes that the file was used. */
  touch(file: OpenFile): void;
  close(): void;
}

export function createFileHandle(options: {
  readonly files: FileSystem;
  readonly idleCloseMs: number;
  readonly now: () => number;
}): FileHandle {
  let held: OpenFile | undefined;
  let usedAt = 0;
  const close = (): void => {
    if (held?.use === 'upload') options.files.commit(held.path, held.contents);
    held = undefined;
  };
  return {
    current: (use, path) => {
      if (held !== undefined && options.now() - usedAt > options.idleCloseMs) close();
      return held?.use === use && held.path === path ? held : undefined;
    },
    open: (file) => {
      close();
      held = { ...file, position: 0 };
      usedAt = options.now();
      return held;
    },
    touch: (file) => {
      usedAt = options.now();
      if (file.len > 0 && file.off >= file.len) close();
    },
    close,
  };
}

/** Writes at the handle's position and moves it. */
export function writeFile(file: OpenFile, data: Uint8Array): void {
  const end = file.position + data.length;
  if (end > file.contents.length) file.contents = concatBytes([file.contents.subarray(0, file.position), data]);
  else file.contents.set(data, file.position);
  file.position = end;
}
