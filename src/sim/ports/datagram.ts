/** UDP: one packet in each datagram. A datagram that is too long is cut, and then answered as a packet that is too short (vector echo-packet-of-1501-bytes). */

import type { Framing } from './framing.ts';

export function createDatagramFraming(options: { readonly datagramMax: number; readonly bufferSize: number }): Framing {
  const limit = Math.min(options.datagramMax, options.bufferSize);
  return {
    receive: (bytes, packet) => packet(bytes.slice(0, limit)),
    frame: (response) => [response],
  };
}
