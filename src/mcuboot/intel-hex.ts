/** Bytes as Intel HEX, the form in which debug probes take an image together with its address. */

const bytesPerLine = 16;

/** `address` is that of the first byte. Addresses have 32 bits. */
export function encodeIntelHex(bytes: Uint8Array, address: number): string {
  const lines: string[] = [];
  let upper: number | undefined;
  for (let offset = 0; offset < bytes.length;) {
    const at = address + offset;
    if (at >>> 16 !== upper) {
      upper = at >>> 16;
      lines.push(record(0, 0x04, Uint8Array.of(upper >> 8, upper & 0xff)));
    }
    // No record crosses a boundary of 64 KiB, because its address has 16 bits.
    const length = Math.min(bytesPerLine, bytes.length - offset, 0x1_0000 - (at & 0xffff));
    lines.push(record(at & 0xffff, 0x00, bytes.subarray(offset, offset + length)));
    offset += length;
  }
  lines.push(record(0, 0x01, new Uint8Array()));
  return lines.map((line) => `${line}\n`).join('');
}

/** Length, address, type, data, and a checksum that makes the sum of all bytes zero. */
function record(address: number, type: number, data: Uint8Array): string {
  const bytes = [data.length, address >> 8, address & 0xff, type, ...data];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return `:${[...bytes, -sum & 0xff].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')}`;
}
