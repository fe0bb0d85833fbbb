/** `rfc2217:HOST:PORT`: a serial port of another host, its baud rate and control lines included (RFC 2217: ser2net, terminal servers). */

import { abortable } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { readBaud, readHostPort, readStreamOptions, readSwitch, type AddressReader, type StreamOptions } from './address.ts';
import { openWithin, type Channel, type ChannelEvents } from './channel.ts';
import { ComPort, type PortSettings } from './com-port.ts';
import { openFramed } from './framing.ts';
import { openTcpChannel } from './tcp.ts';
import type { Transport, TransportContext, TransportEvents } from './transport.ts';

export interface Rfc2217Address extends StreamOptions, PortSettings {
  readonly scheme: 'rfc2217';
  readonly text: string;
  readonly host: string;
  readonly port: number;
}

export const rfc2217 = {
  forms: ['rfc2217:HOST:PORT?baud=115200&dtr=on|off&rts=on|off&framing=console|raw&line-gap=0ms'],

  parse: (reader: AddressReader): Rfc2217Address => ({
    scheme: 'rfc2217',
    text: reader.text,
    ...readHostPort(reader),
    baud: readBaud(reader),
    dtr: readSwitch(reader, 'dtr', 'on'),
    rts: readSwitch(reader, 'rts', 'on'),
    ...readStreamOptions(reader),
  }),

  open: (address: Rfc2217Address, events: TransportEvents, context: TransportContext): Promise<Transport> => {
    const { text: name, framing, lineGapMs } = address;
    return openFramed({ name, framing, lineGapMs, reliable: true, clock: context.clock }, events, (channelEvents) =>
      openComPort(address, channelEvents, context),
    );
  },
};

async function openComPort(address: Rfc2217Address, events: ChannelEvents, context: TransportContext): Promise<Channel> {
  const { text: name, baud } = address;
  const { clock } = context;
  const broken = new AbortController();
  let open = false;
  const below = await openTcpChannel(
    address,
    {
      bytes: (bytes) => port.receive(bytes),
      note: events.note,
      lost: (error) => (open ? events.lost(error) : broken.abort(error)),
    },
    context,
  );
  const port = new ComPort({ name, clock, write: (bytes) => below.write(bytes), data: events.bytes, note: events.note });
  try {
    const actual = await openWithin(name, context, (signal) =>
      abortable(port.setUp(address, AbortSignal.any([signal, broken.signal])), broken.signal),
    );
    if (actual !== undefined && actual !== baud) throw wrongBaud(name, baud, actual);
    open = true;
    return { write: (bytes) => port.send(bytes), close: () => below.close() };
  } catch (thrown) {
    await below.close();
    throw thrown;
  }
}

function wrongBaud(name: string, wanted: number, actual: number): BootproofError {
  return new BootproofError(`cannot open ${name}: the server runs the port at ${actual} baud, not at ${wanted}`, {
    fault: 'infra',
    code: 'baud-refused',
    hint: `allow the rate in the server's configuration, or write baud=${actual}`,
  });
}
