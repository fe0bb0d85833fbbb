/**
 * A UART that carries bare packets, delimited by the length in their headers (Zephyr 4.4, smp.md 5.3). There is nothing to
 * find the start of a packet by: after one wrong byte the port is lost until chance or a restart helps.
 */

import { decodeHeader, headerSize } from '../../smp/header.ts';
import type { Framing } from './framing.ts';

export interface RawSerialOptions {
  readonly bufferSize: number;
  /** Headers with other ops are thrown away, and what follows is taken for the next header. */
  readonly ops: readonly number[];
}

export function createRawSerial(options: RawSerialOptions): Framing {
  const buffer = new Uint8Array(options.bufferSize);
  let filled = 0;

  const take = (bytes: Uint8Array, wanted: number): number => {
    const part = bytes.subarray(0, wanted - filled);
    buffer.set(part, filled);
    filled += part.length;
    return part.length;
  };

  return {
    receive: (bytes, packet) => {
      let at = 0;
      while (at < bytes.length) {
        if (filled < headerSize) at += take(bytes.subarray(at), headerSize);
        const header = decodeHeader(buffer.subarray(0, filled));
        if (header === undefined) return;
        const length = headerSize + header.length;
        if (!options.ops.includes(header.op) || length > buffer.length) {
          filled = 0;
          continue;
        }
        at += take(bytes.subarray(at), length);
        if (filled < length) return;
        packet(buffer.slice(0, length));
        filled = 0;
      }
    },
    frame: (response) => [response],
  };
}
