/** `udp:HOST:PORT?listen=on`: waits on a port of this host for whoever sends, and answers the one who sent last. */

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { abortable } from '../base/clock.ts';
import { BootproofError, messageOf } from '../base/errors.ts';
import { createChannelLife, openWithin, queueBytesMax, type Channel, type ChannelEvents } from './channel.ts';
import { wholeDatagramMax } from './datagram-framing.ts';
import { linkCongested, mendFor, openFailed } from './link-errors.ts';
import { listenMends } from './listener.ts';
import type { TransportContext } from './transport.ts';

/** A port of this host; `text` is what the user wrote. */
interface ListeningPort {
  readonly text: string;
  readonly host: string;
  readonly port: number;
}

export async function openUdpPeer(address: ListeningPort, events: ChannelEvents, context: TransportContext): Promise<Channel> {
  const { text: name, host } = address;
  const socket = await openWithin(name, context, (signal) => bind(address, signal));
  let sender: RemoteInfo | undefined;
  const life = createChannelLife(name, events.lost, () => {
    socket.removeAllListeners().on('error', () => undefined);
    return new Promise((resolve) => socket.close(() => resolve()));
  });
  socket
    // UDP promises nothing, and the device may send again.
    .on('error', (cause) => events.note(`${name}: ${messageOf(cause)}`))
    .on('message', (datagram, from) => {
      sender = from;
      events.bytes(new Uint8Array(datagram));
    });
  return {
    wholeMax: isIPv6(host) ? wholeDatagramMax.ipv6 : wholeDatagramMax.ipv4,
    write: async (datagram) => {
      life.signal.throwIfAborted();
      const to = sender;
      if (to === undefined) throw nobodySent(name);
      if (socket.getSendQueueSize() + datagram.length > queueBytesMax) throw linkCongested(name, queueBytesMax);
      // What cannot leave is lost like what gets lost on the way.
      await abortable(new Promise((resolve) => socket.send(datagram, to.port, to.address, resolve)), life.signal);
    },
    close: () => life.close(),
  };
}

async function bind({ text: name, host, port }: ListeningPort, signal: AbortSignal): Promise<Socket> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    const listening = once(socket, 'listening', { signal });
    socket.bind(port, host);
    await listening;
    return socket;
  } catch (thrown) {
    socket.close();
    throw openFailed(name, thrown, mendFor(thrown, listenMends));
  }
}

function nobodySent(name: string): BootproofError {
  return new BootproofError(`${name} waits for a device that sends first, and none has`, {
    fault: 'input',
    code: 'nobody-sent',
    hint: 'an address with listen=on is for `serve`; to ask the device, give it a transport with its own address',
  });
}
