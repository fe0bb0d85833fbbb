/** SMP over a console: frames in base64 lines, between log lines, prompts and boot banners (smp.md 5.1 and 5.2). */

import { createSerialDeframer } from '../smp/serial-deframer.ts';
import { encodeSerialFrame, serialPacketMax } from '../smp/serial-frame.ts';
import type { Framing, FramingEvents } from './transport.ts';

export function createConsoleFraming(events: FramingEvents): Framing {
  const deframer = createSerialDeframer({ packetMax: serialPacketMax, packet: events.packet, text: events.text });
  return {
    packetMax: serialPacketMax,
    // Zephyr, MCUboot and Mynewt all take lines cut every 124 characters; it is what the established clients send.
    encode: (packet) => encodeSerialFrame(packet, { style: 'sliced' }),
    receive: (bytes) => deframer.feed(bytes),
    end: () => undefined,
  };
}
