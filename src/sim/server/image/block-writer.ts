/** Writes an upload to its slot in blocks, as Zephyr's stream flash does: buffered, padded at the end, erasing on the way where that is built in. */

import { FlashFailure } from '../../flash/errors.ts';
import type { FlashArea } from '../../flash.ts';

export interface BlockWriter {
  /** Throws `FlashFailure` when the area is full or the flash fails. `last` writes out what is still buffered. */
  write(data: Uint8Array, last: boolean): void;
  /** Forgets what is still buffered, as a loss of RAM does; returns how many bytes that were. */
  forget(): number;
}

export interface BlockWriterOptions {
  readonly area: FlashArea;
  /** Offset in the area where the first byte goes. */
  readonly start: number;
  readonly blockSize: number;
  readonly eraseProgressively: boolean;
}

export function createBlockWriter({ area, start, blockSize, eraseProgressively }: BlockWriterOptions): BlockWriter {
  const block = new Uint8Array(blockSize);
  let filled = 0;
  let at = start;
  let erasedTo = start;

  const flush = (): void => {
    const length = Math.ceil(filled / area.writeSize) * area.writeSize;
    block.fill(area.erasedValue, filled, length);
    if (at + length > area.size) throw new FlashFailure(`${area.name}: the upload does not fit`);
    if (eraseProgressively) eraseUpTo(at + length);
    area.program(at, block.subarray(0, length));
    at += length;
    filled = 0;
  };

  const eraseUpTo = (end: number): void => {
    while (erasedTo < end) {
      const sector = area.sectors.at(area.sectors.indexAt(erasedTo));
      if (!area.isErased(sector.offset, sector.size)) area.erase(sector.offset, sector.size);
      erasedTo = sector.offset + sector.size;
    }
  };

  return {
    write: (data, last) => {
      for (let taken = 0; taken < data.length;) {
        const part = data.subarray(taken, taken + blockSize - filled);
        block.set(part, filled);
        filled += part.length;
        taken += part.length;
        if (filled === blockSize) flush();
      }
      if (last && filled > 0) flush();
    },
    forget: () => {
      const forgotten = filled;
      filled = 0;
      return forgotten;
    },
  };
}
