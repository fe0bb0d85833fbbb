/** The folder of a run: the event log as it grows, the evidence that steps keep, and the reports at the end. */

import { closeSync, existsSync, mkdirSync, openSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { encodeEvent } from '../events/log.ts';
import type { RunEvent } from '../events/event.ts';
import { fileError } from './problems.ts';

/** Events are written at each step's end at the latest, and earlier when this much is waiting. */
const bufferMax = 256 * 1024;

const flushingKinds: ReadonlySet<RunEvent['kind']> = new Set([
  'plan',
  'attempt-start',
  'step-progress',
  'step-end',
  'attempt-end',
  'cell-end',
  'run-end',
]);

export class RunFolder {
  readonly path: string;
  readonly #log: number;
  #waiting: string[] = [];
  #size = 0;

  /** Makes the folder. Throws an input error when that cannot be, or when a run lies there already. */
  constructor(path: string) {
    this.path = path;
    try {
      makeFolder(path);
      this.#log = openSync(join(path, 'events.jsonl'), 'wx');
    } catch (cause) {
      throw fileError(`cannot write the run to ${path}`, cause);
    }
  }

  /** Appends an event. Throws when the log cannot be written any more, for example because the disk is full. */
  write(event: RunEvent): void {
    const line = encodeEvent(event);
    this.#waiting.push(line);
    this.#size += line.length;
    if (this.#size >= bufferMax || flushingKinds.has(event.kind)) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.#waiting.join(''), 'utf8');
    this.#waiting = [];
    this.#size = 0;
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#log, bytes, written);
    } catch (cause) {
      throw fileError(`cannot write the event log of ${this.path}`, cause);
    }
  }

  close(): void {
    this.flush();
    closeSync(this.#log);
  }

  /** Keeps a piece of evidence; returns its path relative to the folder, with `/`. */
  keep(cell: string, name: string, bytes: Uint8Array): string {
    const path = join('artifacts', fileNameOf(cell), fileNameOf(name));
    makeFolder(join(this.path, dirname(path)));
    writeFileSync(join(this.path, path), bytes);
    return path.split('\\').join('/');
  }

  /** Lets `latest` beside the folder point to it. Not every file system has links; the reports do not depend on it. */
  markLatest(): void {
    const link = join(dirname(this.path), 'latest');
    try {
      rmSync(link, { force: true });
      symlinkSync(relative(dirname(link), this.path), link);
    } catch {
      return;
    }
  }
}

/** Makes a folder and those above it. Node's own recursive mkdir never returns where a file system refuses with ENOENT, as /proc does. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** Cell ids hold brackets, commas and equals signs, which not every tool likes in a path. */
function fileNameOf(text: string): string {
  return text.replace(/[^A-Za-z0-9._@=-]+/g, '_').slice(0, 150);
}
