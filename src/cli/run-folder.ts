/**
 * The folder of a run: the event log as it grows, the evidence that steps keep, and the reports at the end. One process at a
 * time works in it; a claim in the folder says which.
 */

import {
  closeSync,
  constants,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { BootproofError } from '../base/errors.ts';
import { decodeEvents, encodeEvent } from '../events/log.ts';
import type { DecodedLog } from '../events/log.ts';
import type { RunEvent } from '../events/event.ts';
import { claimAlone } from './host-claims.ts';
import { evidenceError, fileError } from './problems.ts';

/** Events are written at each step's end at the latest, and earlier when this much is waiting. */
const bufferMax = 256 * 1024;

const flushingKinds: ReadonlySet<RunEvent['kind']> = new Set([
  'plan',
  'attempt-start',
  // What may change a board is in the log before it is done, so that it can be undone.
  'step-start',
  'step-progress',
  'step-end',
  'attempt-end',
  'cell-end',
  'run-end',
]);

export class RunFolder {
  readonly path: string;
  readonly #log: number;
  readonly #free: () => void;
  #waiting: string[] = [];
  #size = 0;
  #closed = false;

  private constructor(path: string, log: number, free: () => void) {
    this.path = path;
    this.#log = log;
    this.#free = free;
  }

  /** Makes the folder. Throws an input error when that cannot be, or when a run lies there already. */
  static create(path: string): RunFolder {
    return unlessRefused(`cannot write the run to ${path}`, () => {
      makeFolder(path);
      const log = openSync(join(path, logName), 'wx');
      return new RunFolder(path, log, claimFolder(path));
    });
  }

  /** Opens the folder of a run that was begun, and reads what was done. Throws an input error when it cannot be, or when another process works there. */
  static reopen(named: string): { readonly folder: RunFolder; readonly log: DecodedLog } {
    return unlessRefused(`cannot resume the run in ${named}`, () => {
      // It may be named by its link `latest`.
      const path = relative('.', realpathSync(named)) || '.';
      const file = join(path, logName);
      const log = openSync(file, constants.O_RDWR | constants.O_APPEND);
      const folder = new RunFolder(path, log, claimFolder(path));
      const text = readFileSync(file);
      const decoded = decodeEvents(text);
      folder.#mendEnd(text, decoded.torn);
      return { folder, log: decoded };
    });
  }

  /** What a killed writer left of its last line is cut off; a last line that lacks only its end gets it. */
  #mendEnd(text: Buffer, torn: boolean): void {
    const whole = text.lastIndexOf(0x0a) + 1;
    const end = torn ? whole : text.length;
    ftruncateSync(this.#log, end);
    if (end > whole) writeSync(this.#log, '\n');
  }

  /** Appends an event. Throws an infra error when the log cannot be written any more, for example because the disk is full. */
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
      throw evidenceError(
        `cannot write the event log of ${this.path}`,
        cause,
        `make room; \`bootproof run --resume ${this.path}\` then goes on`,
      );
    }
  }

  /** May be called more than once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.flush();
    closeSync(this.#log);
    this.#free();
  }

  /** Keeps a piece of evidence; returns its path relative to the folder, with `/`. Throws an infra error when it cannot be written. */
  keep(cell: string, name: string, bytes: Uint8Array): string {
    const path = join('artifacts', fileNameOf(cell), fileNameOf(name));
    try {
      makeFolder(join(this.path, dirname(path)));
      writeFileSync(join(this.path, path), bytes);
    } catch (cause) {
      throw evidenceError(`cannot keep ${name} in ${this.path}`, cause, 'make room, or see to its permissions');
    }
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

const logName = 'events.jsonl';

function claimFolder(path: string): () => void {
  const { busy, free } = claimAlone(path, 'run', 'bootproof run');
  if (busy === undefined) return free;
  throw new BootproofError(`the run in ${path} is still going on: process ${busy.pid} writes it since ${busy.since}`, {
    fault: 'input',
    code: 'run-busy',
    hint: 'wait for it, or end that process',
  });
}

function unlessRefused<T>(what: string, open: () => T): T {
  try {
    return open();
  } catch (thrown) {
    throw thrown instanceof BootproofError ? thrown : fileError(what, thrown);
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
