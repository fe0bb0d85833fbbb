/** A UART with SMP over console framing at MCUboot's serial recovery, which is pickier about lines and laxer about their order (boot_serial.c). */

import { concatBytes } from '../../base/bytes.ts';
import { decodeBase64 } from '../../smp/base64.ts';
import { crc16, encodeSerialFrame } from '../../smp/serial-frame.ts';
import { createLineCollector } from './lines.ts';
import type { Framing } from './framing.ts';

const crcSize = 2;
const lengthSize = 2;

export function createMcubootSerial(options: { readonly receiveSize: number; readonly lineMax: number }): Framing {
  const lines = createLineCollector(options.lineMax, 'cut');
  // One byte more than configured, for a terminating NUL that the length check forgets (vector echo-packet-of-1021-bytes).
  const decoded = new Uint8Array(options.receiveSize + 1);
  let filled = 0;

  const decodeLine = (line: Uint8Array): Uint8Array | undefined => {
    const marker = ((line[0] ?? 0) << 8) | (line[1] ?? 0);
    if (marker === 0x0609) filled = 0;
    else if (marker !== 0x0414) return undefined;
    // A line that was cut has lost its newline, and then loses a character in its place.
    const count = decodeBase64(line.subarray(2, -1), decoded.subarray(filled));
    if (count === undefined) return undefined;
    filled += count;
    const length = (decoded[0]! << 8) | decoded[1]!;
    if (filled <= lengthSize || length !== filled - lengthSize || length <= crcSize) return undefined;
    const packet = decoded.slice(lengthSize, filled);
    if (crc16(packet) !== 0) return undefined;
    filled -= crcSize;
    return packet.subarray(0, packet.length - crcSize);
  };

  return {
    receive: (bytes, packet) =>
      lines.push(bytes, (line) => {
        const complete = decodeLine(line);
        if (complete !== undefined) packet(complete);
      }),
    frame: (response) => [concatBytes(encodeSerialFrame(response, { style: 'sliced' }))],
  };
}
