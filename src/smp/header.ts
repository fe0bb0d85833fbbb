/** The eight bytes in front of every SMP packet (smp.md 1.1). All fields are big endian. */

import { assert } from '../base/assert.ts';

/** 0 read, 1 read response, 2 write, 3 write response; 4 to 7 are reserved. */
export const smpOp = { read: 0, readResponse: 1, write: 2, writeResponse: 3 } as const;

export interface SmpHeader {
  readonly op: number;
  /** 0 is SMP v1, 1 is SMP v2; 2 and 3 are reserved. */
  readonly version: number;
  /** Always 0 but on devices of 2016. */
  readonly flags: number;
  /** Bytes that follow the header, as the sender claims. */
  readonly length: number;
  readonly group: number;
  readonly sequence: number;
  readonly command: number;
}

export const headerSize = 8;

/** Longest payload that the length field can express. */
export const payloadMax = 0xffff;

/** The header at the start of `bytes`; undefined when there are fewer than 8. The three reserved bits of byte 0 are not looked at. */
export function decodeHeader(bytes: Uint8Array): SmpHeader | undefined {
  if (bytes.length < headerSize) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerSize);
  const first = view.getUint8(0);
  return {
    op: first & 0b111,
    version: (first >> 3) & 0b11,
    flags: view.getUint8(1),
    length: view.getUint16(2),
    group: view.getUint16(4),
    sequence: view.getUint8(6),
    command: view.getUint8(7),
  };
}

/** One whole packet; the length field is taken from the payload. */
export function encodePacket(header: Omit<SmpHeader, 'length'>, payload: Uint8Array): Uint8Array {
  assert(payload.length <= payloadMax, 'an SMP payload has at most 65535 bytes');
  const packet = new Uint8Array(headerSize + payload.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, (header.version << 3) | header.op);
  view.setUint8(1, header.flags);
  view.setUint16(2, payload.length);
  view.setUint16(4, header.group);
  view.setUint8(6, header.sequence);
  view.setUint8(7, header.command);
  packet.set(payload, headerSize);
  return packet;
}

/** The op that answers `op`: 0 becomes 1, anything else 3, as Zephyr does (smp.md 1.1). */
export function responseOp(op: number): number {
  return op === smpOp.read ? smpOp.readResponse : smpOp.writeResponse;
}
