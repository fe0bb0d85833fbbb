/**
 * SMP packets out of notifications: a packet begins with one, and its header tells how many more belong to it (smp.md
 * 5.4). Servers fill all of them but the last, so one that is shorter than the first and does not end the packet shows
 * that a notification was lost, and so does one that is too much; the next packet is then looked for from there.
 */

import { concatBytes } from '../../base/bytes.ts';
import { decodeHeader, headerSize } from '../../smp/header.ts';

export interface PacketAssembler {
  /** The value of one notification. */
  feed(value: Uint8Array): void;
}

export interface AssemblerEvents {
  readonly packet: (packet: Uint8Array) => void;
  /** So many bytes belong to no packet: a notification was lost, or there is something else than SMP. */
  readonly dropped: (bytes: number) => void;
}

export function createPacketAssembler({ packet, dropped }: AssemblerEvents): PacketAssembler {
  let held: Uint8Array = new Uint8Array();
  let firstBytes = 0;

  const begin = (value: Uint8Array): void => {
    const size = sizeOf(value);
    held = size > value.length ? value : new Uint8Array();
    firstBytes = value.length;
    if (size === value.length) packet(value);
    else if (size < value.length) dropped(value.length);
  };

  return {
    feed: (value) => {
      if (held.length === 0) return begin(value);
      const joined = concatBytes([held, value]);
      const missing = sizeOf(joined) - joined.length;
      if (missing < 0 || (missing > 0 && value.length < firstBytes)) {
        dropped(held.length);
        return begin(value);
      }
      held = missing > 0 ? joined : new Uint8Array();
      if (missing === 0) packet(joined);
    },
  };
}

/** The size that the header announces, the header's own while it is not complete, or 0 where no response can begin. */
function sizeOf(bytes: Uint8Array): number {
  // Three reserved bits, two of version, three of operation: 1 and 3 are the responses.
  const mayBeResponse = ((bytes[0] ?? 0) & 0b1110_0101) === 0b001;
  if (!mayBeResponse) return 0;
  return headerSize + (decodeHeader(bytes)?.length ?? 0);
}
