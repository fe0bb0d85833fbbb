/** A UDP face: each sender address is a peer, for as long as it sends now and then. */

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { Clock, Timer } from '../base/clock.ts';
import { formatHostPort } from './address.ts';
import { mendFor, openFailed } from './link-errors.ts';
import { listenMends, peerQueueBytesMax, peersMax, type Accept, type Listener, type PeerHandler } from './listener.ts';

export interface UdpFace {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly clock: Clock;
  /** A peer that was silent for so long has left. */
  readonly idleMs?: number;
}

const idleMsDefault = 300_000;

interface UdpPeer {
  readonly handler: PeerHandler;
  idle: Timer;
}

/** Rejects with an infra error when the address cannot be had. When there are too many peers, the one silent longest leaves. */
export async function listenUdp(at: UdpFace, accept: Accept): Promise<Listener> {
  const { clock, idleMs = idleMsDefault } = at;
  const socket = await bind(at);
  /** The peer that was silent longest comes first. */
  const peers = new Map<string, UdpPeer>();
  let closed: Promise<void> | undefined;

  const dismiss = (name: string): void => {
    const peer = peers.get(name);
    peers.delete(name);
    peer?.idle.cancel();
    peer?.handler.closed();
  };
  const welcome = (name: string, sender: RemoteInfo): PeerHandler => {
    const oldest = peers.size < peersMax ? undefined : peers.keys().next().value;
    if (oldest !== undefined) dismiss(oldest);
    const send = (datagram: Uint8Array): void => {
      if (closed === undefined) sendTo(socket, sender, datagram);
    };
    return accept({ name, send });
  };

  socket.on('message', (datagram, sender) => {
    const name = `udp:${formatHostPort(sender.address, sender.port)}`;
    const known = peers.get(name);
    known?.idle.cancel();
    peers.delete(name);
    const handler = known?.handler ?? welcome(name, sender);
    peers.set(name, { handler, idle: clock.arm(idleMs, `silence of ${name}`, () => dismiss(name)) });
    handler.receive(new Uint8Array(datagram));
  });
  // Datagrams to a peer that left are refused by its host; the silence that follows dismisses the peer.
  socket.on('error', () => undefined);

  return {
    address: `udp:${formatHostPort(at.host, socket.address().port)}`,
    close: () =>
      (closed ??= new Promise((resolve) => {
        socket.removeAllListeners('message').close(() => resolve());
        for (const name of [...peers.keys()]) dismiss(name);
      })),
  };
}

async function bind({ host, port }: UdpFace): Promise<Socket> {
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' });
  try {
    const listening = once(socket, 'listening');
    socket.bind(port, host);
    await listening;
    return socket;
  } catch (thrown) {
    socket.close();
    throw openFailed(`udp:${formatHostPort(host, port)}`, thrown, mendFor(thrown, listenMends));
  }
}

function sendTo(socket: Socket, { address, port }: RemoteInfo, datagram: Uint8Array): void {
  if (socket.getSendQueueSize() + datagram.length > peerQueueBytesMax) return;
  // The callback takes the error of a datagram that could not leave: UDP promises nothing.
  socket.send(datagram, port, address, () => undefined);
}
