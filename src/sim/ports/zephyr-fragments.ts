/** Puts the lines of a packet together as Zephyr does (serial_util.c, smp.md 5.1): whatever is wrong is dropped without an answer. */

import { decodeBase64 } from '../../smp/base64.ts';
import { crc16 } from '../../smp/serial-frame.ts';

export interface FragmentAssembler {
  /** Takes one line with its markers and newline; the packet when it is complete with it. */
  push(line: Uint8Array): Uint8Array | undefined;
}

const markers = { start: 0x0609, continuation: 0x0414 } as const;
const markerSize = 2;
const lengthSize = 2;
const crcSize = 2;

/** `bufferSize` is the net buffer, which holds the length and the CRC too. */
export function createFragmentAssembler(bufferSize: number): FragmentAssembler {
  const buffer = new Uint8Array(bufferSize);
  let filled = 0;
  let expected = 0;

  const drop = (): void => {
    filled = 0;
  };

  const complete = (): Uint8Array | undefined => {
    const received = filled - lengthSize;
    if (received < expected) return undefined;
    const packet = buffer.slice(lengthSize, filled);
    drop();
    if (received > expected || crc16(packet) !== 0 || received < crcSize) return undefined;
    return packet.subarray(0, packet.length - crcSize);
  };

  return {
    push: (line) => {
      const marker = line.length < 2 ? 0 : (line[0]! << 8) | line[1]!;
      if (marker === markers.start) drop();
      else if (marker !== markers.continuation || filled === 0) return undefined;
      const count = decodeBase64(line.subarray(markerSize, textEnd(line)), buffer.subarray(filled));
      if (count === undefined || (marker === markers.start && count < lengthSize)) {
        drop();
        return undefined;
      }
      filled += count;
      if (marker === markers.start) expected = (buffer[0]! << 8) | buffer[1]!;
      return complete();
    },
  };
}

/** The decoder skips LF and CR LF, but not a CR alone. */
function textEnd(line: Uint8Array): number {
  if (line[line.length - 1] !== 0x0a) return line.length;
  return line[line.length - 2] === 0x0d ? line.length - 2 : line.length - 1;
}
