/** The byte stream to an HCI controller: TCP, a Unix socket, or a serial port. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { abortable } from '../../base/clock.ts';
import { openWithin, type Channel, type ChannelEvents } from '../channel.ts';
import { duplexChannel } from '../duplex-channel.ts';
import { mendFor, openFailed, type Mends } from '../link-errors.ts';
import { destroySocket } from '../tcp.ts';
import type { TransportContext } from '../transport.ts';
import type { H4Place } from './address.ts';
import { adapterLost } from './errors.ts';

const mends: Mends = {
  ECONNREFUSED: { code: 'connection-refused', hint: 'nothing listens there: start the controller ("bootproof sim --ble" is one)' },
  ENOENT: { code: 'connection-refused', hint: 'there is no such socket: start the controller' },
  ENOTFOUND: { code: 'host-unknown', hint: 'check the spelling of the host, or give its IP address' },
};

/** Opens the stream. `name` is the adapter's. Rejects with an infra error when it cannot be had in time. */
export function openH4Stream(name: string, place: H4Place, events: ChannelEvents, context: TransportContext): Promise<Channel> {
  return openWithin(`adapter ${name}`, context, async (signal) => {
    const { stream, close } = place.at === 'serial' ? await openSerial(name, place, signal) : await openSocket(name, place, signal);
    return duplexChannel(stream, {
      name: `adapter ${name}`,
      clock: context.clock,
      events,
      lost: (cause) => adapterLost(name, cause),
      close,
    });
  });
}

async function openSocket(name: string, place: Exclude<H4Place, { readonly at: 'serial' }>, signal: AbortSignal) {
  const socket: Socket = connect(place.at === 'tcp' ? { host: place.host, port: place.port, noDelay: true } : { path: place.path });
  try {
    await once(socket, 'connect', { signal });
    return { stream: socket, close: () => destroySocket(socket) };
  } catch (thrown) {
    socket.on('error', () => undefined).destroy();
    throw openFailed(`adapter ${name}`, thrown, mendFor(thrown, mends));
  }
}

async function openSerial(name: string, place: Extract<H4Place, { readonly at: 'serial' }>, signal: AbortSignal) {
  const { SerialPort } = await import('serialport');
  const { path, baud, flowControl } = place;
  const port = new SerialPort({ path, baudRate: baud, rtscts: flowControl, autoOpen: false, lock: true });
  const close = (): Promise<void> => (port.isOpen ? new Promise((resolve) => port.close(() => resolve())) : Promise.resolve());
  const opened = new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  try {
    await abortable(opened, signal);
    return { stream: port, close };
  } catch (thrown) {
    // The driver may still open the port after we gave up on it.
    opened.then(close, () => undefined);
    throw openFailed(`adapter ${name}`, thrown);
  }
}
