/** `tcp:HOST:PORT`: serial servers (ser2net, QEMU, a simulator's TCP face) reached over a TCP connection. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { messageOf, type BootproofError } from '../base/errors.ts';
import { readHostPort, readStreamOptions, type AddressReader, type StreamOptions } from './address.ts';
import { openWithin, type Channel, type ChannelEvents } from './channel.ts';
import { duplexChannel } from './duplex-channel.ts';
import { openFramed } from './framing.ts';
import { linkLost, mendFor, openFailed, type Mend, type Mends } from './link-errors.ts';
import type { Transport, TransportContext, TransportEvents } from './transport.ts';

export interface TcpAddress extends StreamOptions {
  readonly scheme: 'tcp';
  readonly text: string;
  readonly host: string;
  readonly port: number;
}

/** A far host that died without a word is found out after this long, plus the system's probes. */
export const keepAliveMs = 10_000;

const unreachable: Mend = { code: 'host-unreachable', hint: 'check the network, the address and the firewall' };
const mends: Mends = {
  ECONNREFUSED: {
    code: 'connection-refused',
    hint: 'nothing listens on that port: start the serial server or simulator there, or correct the port',
  },
  ENOTFOUND: { code: 'host-unknown', hint: 'check the spelling of the host, or give its IP address' },
  EAI_AGAIN: { code: 'host-unknown', hint: 'the name server does not answer: give the IP address of the host' },
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ETIMEDOUT: unreachable,
};

export const tcp = {
  forms: ['tcp:HOST:PORT?framing=console|raw&line-gap=0ms'],

  parse: (reader: AddressReader): TcpAddress => ({
    scheme: 'tcp',
    text: reader.text,
    ...readHostPort(reader),
    ...readStreamOptions(reader),
  }),

  open: (address: TcpAddress, events: TransportEvents, context: TransportContext): Promise<Transport> => {
    const { text: name, framing, lineGapMs } = address;
    return openFramed({ name, framing, lineGapMs, reliable: true, clock: context.clock }, events, (channelEvents) =>
      openTcpChannel(address, channelEvents, context),
    );
  },
};

/** The stream without a framing. */
export async function openTcpChannel(
  address: Pick<TcpAddress, 'text' | 'host' | 'port'>,
  events: ChannelEvents,
  context: TransportContext,
): Promise<Channel> {
  const { text: name } = address;
  const socket = await openWithin(name, context, (signal) => connectSocket(address, signal));
  const closed = closing(socket);
  return duplexChannel(socket, {
    name,
    clock: context.clock,
    events,
    lost: (cause) => connectionLost(name, cause),
    close: () => {
      socket.destroy();
      return closed;
    },
  });
}

async function connectSocket({ host, port, text: name }: Pick<TcpAddress, 'text' | 'host' | 'port'>, signal: AbortSignal): Promise<Socket> {
  // Without TCP_NODELAY each request waits for the acknowledgement of the one before, about 40 ms.
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (thrown) {
    socket.on('error', () => undefined).destroy();
    throw openFailed(name, thrown, mendFor(thrown, mends));
  }
}

function connectionLost(name: string, cause: unknown): BootproofError {
  const why = cause === undefined ? 'the far side closed the connection' : `the connection broke: ${messageOf(cause)}`;
  return linkLost(name, why, { code: 'connection-lost', hint: 'check that the serial server or simulator still runs', cause });
}

/** Resolves when the socket closes and has told so to everybody who listened before. Ask while it has not: `closed` comes true too early. */
export function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** Ends a socket that has not closed; resolves when it has. */
export function destroySocket(socket: Socket): Promise<void> {
  return closing(socket.destroy());
}
