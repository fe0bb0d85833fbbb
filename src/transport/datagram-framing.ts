/** One datagram is one SMP packet (Zephyr smp_udp; smp.md 5.5). */

import type { Framing, FramingEvents } from './transport.ts';

/** The largest payload of UDP over IPv4. What a server takes is less, and only its parameters tell (Zephyr: 1500). */
const datagramBytesMax = 65_507;

/** What one Ethernet frame carries past the headers of IP and UDP. Zephyr does not put fragments together unless it is told to. */
export const wholeDatagramMax = { ipv4: 1500 - 28, ipv6: 1500 - 48 } as const;

export function createDatagramFraming(events: FramingEvents): Framing {
  return {
    packetMax: datagramBytesMax,
    encode: (packet) => [packet],
    receive: (datagram) => events.packet(datagram),
    end: () => undefined,
  };
}
