/**
 * `udp:HOST:PORT`: one datagram, one packet. UDP has no connection that could break, and a board that boots refuses
 * datagrams for as long as that takes; so "connection refused" and its kin are notes. Only when nothing but refusals
 * came back for `refusedMsMax` is the link given up.
 */

import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { abortable } from '../base/clock.ts';
import { messageOf, systemCodeOf } from '../base/errors.ts';
import { readHostPort, readSwitch, type AddressReader } from './address.ts';
import { createChannelLife, openWithin, queueBytesMax, type Channel, type ChannelEvents } from './channel.ts';
import { wholeDatagramMax } from './datagram-framing.ts';
import { openFramed } from './framing.ts';
import { linkCongested, linkLost, mendFor, openFailed, type Mends } from './link-errors.ts';
import { openUdpPeer } from './udp-peer.ts';
import type { Transport, TransportContext, TransportEvents } from './transport.ts';

export interface UdpAddress {
  readonly scheme: 'udp';
  readonly text: string;
  readonly host: string;
  readonly port: number;
  /** The port is one of this host, on which the device that sends is answered. */
  readonly listen: boolean;
}

/** A slow swap of two full slots stays below it. */
export const refusedMsMax = 120_000;

const mends: Mends = {
  ENOTFOUND: { code: 'host-unknown', hint: 'check the spelling of the host, or give its IP address' },
  EAI_AGAIN: { code: 'host-unknown', hint: 'the name server does not answer: give the IP address of the host' },
  ENETUNREACH: { code: 'host-unreachable', hint: 'check the network and the address' },
  EAFNOSUPPORT: { code: 'host-unreachable', hint: 'this host has no IPv6: use an IPv4 address' },
};

export const udp = {
  forms: ['udp:HOST:PORT', 'udp:[IPV6]:PORT', 'udp:HOST:PORT?listen=on'],

  parse: (reader: AddressReader): UdpAddress => ({
    scheme: 'udp',
    text: reader.text,
    ...readHostPort(reader),
    listen: readSwitch(reader, 'listen', 'off'),
  }),

  open: (address: UdpAddress, events: TransportEvents, context: TransportContext): Promise<Transport> =>
    openFramed({ name: address.text, framing: 'datagram', lineGapMs: 0, reliable: false, clock: context.clock }, events, (channelEvents) =>
      (address.listen ? openUdpPeer : openUdpChannel)(address, channelEvents, context),
    ),
};

async function openUdpChannel(address: UdpAddress, events: ChannelEvents, context: TransportContext): Promise<Channel> {
  const { text: name } = address;
  const socket = await openWithin(name, context, (signal) => connectSocket(address, signal));
  const life = createChannelLife(name, events.lost, () => closeSocket(socket));
  let refusedSince: number | undefined;

  const refused = (cause: unknown): void => {
    const now = context.clock.now();
    if (refusedSince === undefined) events.note(`${name}: datagrams are refused, ${messageOf(cause)}`);
    refusedSince ??= now;
    if (now - refusedSince < refusedMsMax) return;
    life.lose(linkLost(name, messageOf(cause), { code: 'peer-unreachable', hint: 'check that the board or simulator runs', cause }));
  };

  socket.on('error', refused).on('message', (datagram) => {
    refusedSince = undefined;
    events.bytes(new Uint8Array(datagram));
  });

  const write = async (datagram: Uint8Array): Promise<void> => {
    life.signal.throwIfAborted();
    if (socket.getSendQueueSize() + datagram.length > queueBytesMax) throw linkCongested(name, queueBytesMax);
    await abortable(sendDatagram(socket, datagram), life.signal).catch((error: unknown) => {
      life.signal.throwIfAborted();
      refused(error);
    });
  };
  const wholeMax = isIPv6(socket.remoteAddress().address) ? wholeDatagramMax.ipv6 : wholeDatagramMax.ipv4;
  return { wholeMax, write, close: () => life.close() };
}

/** The socket is connected, so the system drops the datagrams of strangers and reports refusals of this peer. */
async function connectSocket({ text: name, host, port }: UdpAddress, signal: AbortSignal): Promise<Socket> {
  let socket: Socket | undefined;
  try {
    const { address, family } = await abortable(lookup(host), signal);
    socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    const connected = once(socket, 'connect', { signal });
    socket.connect(port, address);
    await connected;
    return socket;
  } catch (thrown) {
    if (socket !== undefined) await closeSocket(socket);
    throw openFailed(name, thrown, mendFor(thrown, mends));
  }
}

async function sendDatagram(socket: Socket, datagram: Uint8Array): Promise<void> {
  const send = (): Promise<unknown> => new Promise((resolve) => socket.send(datagram, resolve));
  let error = await send();
  // Linux answers a send with the refusal of an earlier datagram, and then this one has not left.
  if (systemCodeOf(error) === 'ECONNREFUSED') error = await send();
  if (error instanceof Error) throw error;
}

function closeSocket(socket: Socket): Promise<void> {
  socket.removeAllListeners().on('error', () => undefined);
  return new Promise((resolve) => socket.close(() => resolve()));
}
