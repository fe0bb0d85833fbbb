/** The listening faces of a simulator: what a peer is, and what all kinds of listeners share. */

import type { Socket } from 'node:net';
import type { Mends } from './link-errors.ts';

/** Somebody who connected. */
export interface Peer {
  /** Where the peer is, for logs. */
  readonly name: string;
  /** Sends bytes, or one datagram. What the peer does not read is dropped beyond `peerQueueBytesMax`, as a UART does. */
  send(bytes: Uint8Array): void;
}

/** What becomes of a peer's bytes. Handlers must not throw. */
export interface PeerHandler {
  receive(bytes: Uint8Array): void;
  /** Called once: the peer left, or the listener is being closed. */
  closed(): void;
}

export type Accept = (peer: Peer) => PeerHandler;

export interface Listener {
  /** What a client opens, such as `tcp:127.0.0.1:40123`: with the port that was bound. */
  readonly address: string;
  /** Idempotent. Every peer is closed, and no handler is called after it resolved. */
  close(): Promise<void>;
}

export const peerQueueBytesMax = 256 * 1024;

/** Peers at a time on one listener. More are turned away. */
export const peersMax = 16;

/** What can go wrong with an address to listen on. */
export const listenMends: Mends = {
  EADDRINUSE: { code: 'address-in-use', hint: 'another program listens there: choose another port, or 0 for any free one' },
  EADDRNOTAVAIL: { code: 'address-unavailable', hint: 'this host does not have that address: use 127.0.0.1, ::1 or 0.0.0.0' },
  EACCES: { code: 'address-denied', hint: 'choose a port from 1024 up' },
  ENOTFOUND: { code: 'host-unknown', hint: 'give an IP address of this host' },
};

export interface SocketPeer {
  readonly name: string;
  readonly accept: Accept;
  /** Called after each send that has to wait; the socket's `drain` tells that nothing waits any more. */
  readonly waiting?: () => void;
}

/** Makes a connected socket a peer until it closes. */
export function serveSocket(socket: Socket, { name, accept, waiting }: SocketPeer): void {
  const handler = accept({
    name,
    send: (bytes) => {
      if (!socket.writable || socket.writableLength + bytes.length > peerQueueBytesMax) return;
      if (!socket.write(bytes)) waiting?.();
    },
  });
  socket
    .on('data', (chunk) => handler.receive(new Uint8Array(chunk)))
    // A broken connection ends in `close`, which is all that the handler has to know.
    .on('error', () => undefined)
    .on('close', () => handler.closed());
}
