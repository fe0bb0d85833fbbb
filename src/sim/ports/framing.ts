/** What all ports have in common: bytes in, packets out, and the other way round. Pure state machines without time. */

export interface Framing {
  /** Takes what arrived at once: one write, datagram or attribute write. Hands over each packet that became complete. */
  receive(bytes: Uint8Array, packet: (packet: Uint8Array) => void): void;
  /** An answer as it is sent, in the pieces in which it is sent. */
  frame(response: Uint8Array): readonly Uint8Array[];
}
