/**
 * The console of a board: everything it printed, as lines that belong to a boot epoch. A new epoch is opened before a
 * reset is sent, so that no line of the boot before can ever satisfy an expectation about the boot after; and by the banner
 * of a boot that nobody asked for.
 */

import { concatBytes } from '../base/bytes.ts';
import type { BootproofError } from '../base/errors.ts';
import { BootWatch } from './boot-banner.ts';

export interface ConsoleLine {
  /** Counts all lines of the attempt from 0; windows are ranges of it. */
  readonly index: number;
  readonly epoch: number;
  /** Clock time in ms at which the line began. */
  readonly at: number;
  /** Without line end and ANSI sequences; invalid UTF-8 shows as U+FFFD. */
  readonly text: string;
}

export interface ConsoleOptions {
  readonly now: () => number;
  /** Sees all bytes in their order; a chunk in which a boot begins comes in two. */
  readonly onChunk: (bytes: Uint8Array, epoch: number) => void;
  readonly onEpoch: (epoch: number, cause: string) => void;
}

/** A device that floods its console must not take the runner's memory: older lines are dropped beyond this. */
const linesMax = 100_000;
/** A line longer than this is split, since no log line is that long. */
const lineBytesMax = 16_384;

export class Console {
  /** Why nothing can be heard of the board at present; undefined while its console is there. */
  away: BootproofError | undefined;
  readonly #options: ConsoleOptions;
  readonly #listeners = new Set<(line: ConsoleLine) => void>();
  readonly #lines: ConsoleLine[] = [];
  readonly #decoder = new TextDecoder();
  readonly #boots = new BootWatch();
  #partial: Uint8Array[] = [];
  #partialSize = 0;
  #partialAt = 0;
  #next = 0;
  #epoch = 0;
  #epochStart = 0;
  #epochAt = 0;

  constructor(options: ConsoleOptions) {
    this.#options = options;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Index of the first line of the current boot epoch. */
  get epochStart(): number {
    return this.#epochStart;
  }

  /** Clock time in ms at which the current boot epoch began. */
  get epochAt(): number {
    return this.#epochAt;
  }

  /** Index that the next line will get: the start of a window that begins now. */
  get position(): number {
    return this.#next;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    let told = 0;
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.#append(bytes.subarray(start, end));
      if (this.#boots.surprises(this.#current().text)) {
        // What came before the line belongs to the boot before.
        if (start > told) this.#options.onChunk(bytes.subarray(told, start), this.#epoch);
        told = start;
        this.#beginEpoch('banner');
      }
      this.#endLine();
      start = end + 1;
    }
    this.#append(bytes.subarray(start));
    this.#options.onChunk(bytes.subarray(told), this.#epoch);
    if (this.#partialSize > lineBytesMax) this.#endLine();
  }

  /** The board is about to boot. One that boots without that is found out by its banner. */
  openEpoch(cause: string): void {
    if (this.#partialSize > 0) this.#endLine();
    this.#boots.expect();
    this.#beginEpoch(cause);
  }

  /** The lines from an index on that are still held, an unfinished last line included. */
  since(index: number): readonly ConsoleLine[] {
    const first = this.#lines[0]?.index ?? this.#next;
    const held = this.#lines.slice(Math.max(0, index - first));
    return this.#partialSize > 0 && this.#next >= index ? [...held, this.#current()] : held;
  }

  /** Calls `listener` for each line that is completed from now on; returns the way to stop that. */
  onLine(listener: (line: ConsoleLine) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #beginEpoch(cause: string): void {
    this.#epoch += 1;
    this.#epochStart = this.#next;
    this.#epochAt = this.#options.now();
    this.#options.onEpoch(this.#epoch, cause);
  }

  #append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#partialSize === 0) this.#partialAt = this.#options.now();
    // A copy, because the sender may reuse its buffer.
    this.#partial.push(bytes.slice());
    this.#partialSize += bytes.length;
  }

  #current(): ConsoleLine {
    const text = plainText(this.#decoder.decode(concatBytes(this.#partial)));
    const at = this.#partialSize > 0 ? this.#partialAt : this.#options.now();
    return { index: this.#next, epoch: this.#epoch, at, text };
  }

  #endLine(): void {
    const line = this.#current();
    this.#partial = [];
    this.#partialSize = 0;
    this.#next += 1;
    this.#lines.push(line);
    if (this.#lines.length > linesMax) this.#lines.splice(0, linesMax / 10);
    for (const listener of [...this.#listeners]) listener(line);
  }
}

/** Colours, cursor movements and carriage returns are noise for people and for patterns alike. */
function plainText(text: string): string {
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b[@-_]|\r/g, '');
}
