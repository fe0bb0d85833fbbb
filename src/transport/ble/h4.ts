/**
 * H4: HCI packets in a byte stream (Bluetooth Core Specification, volume 4 part A). Nothing but its type byte marks the
 * start of a packet, so bytes that cannot begin one are skipped and counted: consoles and ports of the wrong speed show.
 */

import { concatBytes } from '../../base/bytes.ts';
import { hciType } from './hci.ts';

export interface H4Events {
  /** One whole packet, its type byte included. */
  readonly packet: (packet: Uint8Array) => void;
  /** Bytes that began no packet. */
  readonly skipped: (count: number) => void;
}

/** No controller has larger buffers; a length beyond this shows that the place of a packet's start was lost. */
const dataBytesMax = 4096;

interface Layout {
  readonly headerBytes: number;
  readonly length: (header: Uint8Array) => number;
}

const byteAt =
  (at: number) =>
  (header: Uint8Array): number =>
    header[at] ?? 0;
const wordAt =
  (at: number, mask = 0xffff) =>
  (header: Uint8Array): number =>
    (byteAt(at)(header) | (byteAt(at + 1)(header) << 8)) & mask;

const layouts = new Map<number, Layout>([
  [hciType.command, { headerBytes: 4, length: byteAt(3) }],
  [hciType.acl, { headerBytes: 5, length: wordAt(3) }],
  [hciType.synchronous, { headerBytes: 4, length: byteAt(3) }],
  [hciType.event, { headerBytes: 3, length: byteAt(2) }],
  [hciType.isochronous, { headerBytes: 5, length: wordAt(3, 0x3fff) }],
]);

export function createH4Splitter({ packet, skipped }: H4Events): { feed(bytes: Uint8Array): void } {
  let held: Uint8Array = new Uint8Array();
  return {
    feed: (bytes) => {
      const all = held.length === 0 ? bytes : concatBytes([held, bytes]);
      let at = 0;
      let lost = 0;
      for (let size = sizeAt(all, at); size <= all.length - at; size = sizeAt(all, at)) {
        if (size === 0) lost += 1;
        else packet(all.slice(at, at + size));
        at += Math.max(1, size);
      }
      held = all.slice(at);
      if (lost > 0) skipped(lost);
    },
  };
}

/** Bytes of the packet that begins at `at`, the header's while its length is not there yet, or 0 where none can begin. */
function sizeAt(bytes: Uint8Array, at: number): number {
  const type = bytes[at];
  if (type === undefined) return 1;
  const layout = layouts.get(type);
  if (layout === undefined) return 0;
  const header = bytes.subarray(at, at + layout.headerBytes);
  if (header.length < layout.headerBytes) return layout.headerBytes;
  const length = layout.length(header);
  return length > dataBytesMax ? 0 : layout.headerBytes + length;
}
