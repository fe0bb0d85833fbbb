/** SMP packets over attribute writes and notifications (smp.md 5.4), whoever carries those. */

import { headerSize, payloadMax } from '../../smp/header.ts';
import type { Clock } from '../../base/clock.ts';
import type { ChannelEvents } from '../channel.ts';
import { noConsole, packetTooLarge } from '../link-errors.ts';
import { createPacedWriter } from '../paced-writer.ts';
import type { Transport, TransportEvents } from '../transport.ts';
import type { BleLink } from './link.ts';
import { attMtu, attWriteOverhead } from './att.ts';
import { createPacketAssembler } from './packet-assembler.ts';

export interface SmpOverGatt {
  readonly name: string;
  readonly clock: Clock;
  /** The server puts packets together that span several writes. */
  readonly reassembly: boolean;
}

/** Opens a link with `open`, each of whose writes is an attribute write, and lays SMP over it. Rejects as `open` does. */
export async function openSmpOverGatt(
  { name, clock, reassembly }: SmpOverGatt,
  events: TransportEvents,
  open: (events: ChannelEvents) => Promise<BleLink>,
): Promise<Transport> {
  const assembler = createPacketAssembler({
    packet: events.packet,
    dropped: (bytes) => events.note?.(`${name}: ${bytes} bytes that belong to no SMP packet were dropped`),
  });
  const link = await open({
    bytes: (value) => assembler.feed(value),
    note: (text) => events.note?.(text),
    lost: events.lost,
  });
  let { writeMax } = link;
  const write = createPacedWriter(link, { name, clock, gapMs: () => 0 });
  const packetMaxNow = (): number => (reassembly ? headerSize + payloadMax : writeMax);
  return {
    name,
    get packetMax() {
      return packetMaxNow();
    },
    get mtu() {
      return writeMax + attWriteOverhead;
    },
    reliable: true,
    pieces: {
      get max() {
        return writeMax;
      },
      limit: (max) => (writeMax = Math.max(attMtu.least - attWriteOverhead, Math.min(writeMax, max))),
    },
    send: async (packet) => {
      const packetMax = packetMaxNow();
      if (packet.length > packetMax) throw packetTooLarge(name, packet.length, packetMax);
      await write(pieces(packet, writeMax));
    },
    sendText: () => Promise.reject(noConsole(name)),
    close: () => link.close(),
  };
}

function pieces(packet: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(packet.length / size) }, (_, index) => packet.subarray(index * size, (index + 1) * size));
}
