/**
 * SMP packets on a console UART (smp.md 5.1): lines of two marker bytes, base64 and a newline, over the packet with its
 * length in front and a CRC behind. This file sends; `serial-deframer.ts` receives.
 */

import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';

export const frameMarkers = { start: [0x06, 0x09], continuation: [0x04, 0x14] } as const;

const markerSize = 2;
const newline = 0x0a;

/** Longest line that Zephyr and MCUboot take, markers and newline included. */
export const serialLineMax = 127;

/** Longest packet that the two length bytes can announce: they count the CRC too. */
export const serialPacketMax = 0xffff - 2;

/**
 * `sliced`: base64 of everything, cut where the line is full (newtmgr, MCUboot, smpclient).
 * `zephyr`: the CRC is never split, and every line has room for what a first line with its length has room for.
 */
export type SerialStyle = 'sliced' | 'zephyr';

/** The lines of one packet, each with its markers and newline. Vectors F1 to F9. */
export function encodeSerialFrame(packet: Uint8Array, options: { readonly style: SerialStyle; readonly lineMax?: number }): Uint8Array[] {
  const lineMax = options.lineMax ?? serialLineMax;
  const lineBytes = Math.floor((lineMax - 3) / 4) * 3;
  assert(lineBytes >= 9, 'a serial line holds at least its length, four bytes and a CRC');
  assert(packet.length > 0 && packet.length <= serialPacketMax, 'a serial packet has 1 to 65533 bytes');
  const body = concatBytes([uint16(packet.length + 2), packet, uint16(crc16(packet))]);
  const cuts = options.style === 'sliced' ? slicedCuts(body.length, lineBytes) : zephyrCuts(body.length, lineBytes);
  return cutLines(Buffer.from(body.buffer).toString('base64'), cuts);
}

/** CRC-16/XMODEM: polynomial 0x1021, start 0, not reflected. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  // Every byte on a serial line comes by here, several times; an index is twice as fast as an iterator.
  for (let at = 0; at < bytes.length; at += 1) crc = ((crc << 8) & 0xffff) ^ crcTable[(crc >> 8) ^ bytes[at]!]!;
  return crc;
}

/** Where each line ends in the body. */
function slicedCuts(length: number, lineBytes: number): number[] {
  return Array.from({ length: Math.ceil(length / lineBytes) }, (_, index) => Math.min(length, (index + 1) * lineBytes));
}

/** Zephyr's sender takes the triplet with the length out of the budget of all lines, and keeps the CRC whole with at least one byte before it. */
function zephyrCuts(length: number, lineBytes: number): number[] {
  const packetEnd = length - 2;
  const budget = lineBytes - 3;
  const cuts: number[] = [];
  let at = 3;
  for (;;) {
    const rest = packetEnd - at;
    if (rest + 2 <= budget) return [...cuts, length];
    const room = rest <= budget ? rest - 1 : budget;
    at += room - (room % 3);
    cuts.push(at);
  }
}

/** Lines end between groups of three bytes, so base64 can be cut where the bytes are. */
function cutLines(base64: string, cuts: readonly number[]): Uint8Array[] {
  const all = Buffer.alloc(base64.length + cuts.length * (markerSize + 1));
  let at = 0;
  return cuts.map((end, index) => {
    const from = at;
    all.set(index === 0 ? frameMarkers.start : frameMarkers.continuation, at);
    at += markerSize;
    at += all.write(base64.slice(base64Size(cuts[index - 1] ?? 0), base64Size(end)), at, 'latin1');
    all[at] = newline;
    at += 1;
    return new Uint8Array(all.buffer, all.byteOffset + from, at - from);
  });
}

function base64Size(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

const crcTable = Uint16Array.from({ length: 256 }, (_, index) => {
  let crc = index << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
  return crc & 0xffff;
});
