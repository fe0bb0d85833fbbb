/** All that a console said, to be kept as it came. */

import { concatBytes } from '../base/bytes.ts';
import { decodeConsole } from '../events/console-text.ts';

export interface ConsoleRecord {
  readonly empty: boolean;
  /** Takes a chunk as the event log writes it. */
  add(text: string): void;
  bytes(): Uint8Array;
}

/** A board that floods its console must not take the runner's memory: of more than this, the end is kept. */
const charactersMax = 16 * 1024 * 1024;

export function createConsoleRecord(): ConsoleRecord {
  const chunks: string[] = [];
  let first = 0;
  let size = 0;
  return {
    get empty() {
      return size === 0;
    },
    add: (text) => {
      chunks.push(text);
      size += text.length;
      for (; size > charactersMax && first < chunks.length - 1; first += 1) {
        size -= chunks[first]!.length;
        chunks[first] = '';
      }
    },
    bytes: () => concatBytes(chunks.slice(first).map(decodeConsole)),
  };
}
