/** How SMP packets lie in a channel, and the `Transport` that a channel and a framing make together. */

import type { Clock } from '../base/clock.ts';
import { concatBytes } from '../base/bytes.ts';
import type { Channel, ChannelEvents } from './channel.ts';
import { createConsoleFraming } from './console-framing.ts';
import { createDatagramFraming } from './datagram-framing.ts';
import { noConsole, packetTooLarge } from './link-errors.ts';
import { createPacedWriter } from './paced-writer.ts';
import { createRawFraming } from './raw-framing.ts';
import type { Framing, FramingEvents, Transport, TransportEvents } from './transport.ts';

/** `console`: SMP frames between console lines. `raw`: nothing but SMP packets. `datagram`: one packet each. */
export type FramingKind = 'console' | 'raw' | 'datagram';

const framings: Readonly<Record<FramingKind, (events: FramingEvents, clock: Clock) => Framing>> = {
  console: createConsoleFraming,
  raw: createRawFraming,
  datagram: createDatagramFraming,
};

export interface FramedLink {
  readonly name: string;
  readonly framing: FramingKind;
  /** See `StreamOptions`; 0 sends all lines of a packet at once. */
  readonly lineGapMs: number;
  readonly reliable: boolean;
  readonly clock: Clock;
}

/** Opens a channel with `open` and lays the framing over it. */
export async function openFramed(
  link: FramedLink,
  events: TransportEvents,
  open: (events: ChannelEvents) => Promise<Channel>,
): Promise<Transport> {
  const { name, clock, reliable } = link;
  const framing = framings[link.framing](events, clock);
  const channel = await open({
    bytes: (bytes) => framing.receive(bytes),
    note: (text) => events.note?.(text),
    lost: (error) => {
      framing.end();
      events.lost(error);
    },
  });
  let gapMs = link.lineGapMs;
  const paced = createPacedWriter(channel, { name, clock, gapMs: () => gapMs });
  const write = (pieces: readonly Uint8Array[]): Promise<void> => (gapMs > 0 ? paced(pieces) : channel.write(concatBytes(pieces)));
  return {
    name,
    packetMax: framing.packetMax,
    reliable,
    wholeMax: channel.wholeMax,
    paceLines: link.framing === 'console' ? (ms) => (gapMs = Math.max(gapMs, ms)) : undefined,
    send: async (packet) => {
      if (packet.length > framing.packetMax) throw packetTooLarge(name, packet.length, framing.packetMax);
      await write(framing.encode(packet));
    },
    sendText: async (bytes) => {
      if (link.framing !== 'console') throw noConsole(name);
      await write([bytes]);
    },
    close: () => {
      framing.end();
      return channel.close();
    },
  };
}
