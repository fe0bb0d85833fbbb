/** `serial:PATH`: a serial port of this host. The only file that loads the serialport package, and only when a port is opened. */

import type { SerialPort } from 'serialport';
import { abortable } from '../base/clock.ts';
import { messageOf, type BootproofError } from '../base/errors.ts';
import { readBaud, readStreamOptions, type AddressReader, type StreamOptions } from './address.ts';
import { openWithin, type Channel, type ChannelEvents } from './channel.ts';
import { duplexChannel } from './duplex-channel.ts';
import { openFramed } from './framing.ts';
import { linkLost, openFailed, type Mend } from './link-errors.ts';
import { findPortHolder, type PortHolder } from './port-holder.ts';
import { watchPort } from './port-watch.ts';
import type { Transport, TransportContext, TransportEvents } from './transport.ts';

export interface SerialAddress extends StreamOptions {
  readonly scheme: 'serial';
  readonly text: string;
  readonly path: string;
  readonly baud: number;
}

/** Ports named in a hint; a farm host may have a hundred. */
const listedPortsMax = 8;

/** The driver tells its failures apart by their texts only. On Windows a port that is in use denies access. */
const mends: readonly (readonly [RegExp, Mend])[] = [
  [
    /permission denied/i,
    { code: 'port-denied', hint: 'join the group that owns the port (sudo usermod -aG dialout $USER) and log in again' },
  ],
  [
    /lock port|busy|access denied/i,
    { code: 'port-busy', hint: 'another program holds the port (a terminal, ModemManager, another run): "sudo fuser -v PATH" names it' },
  ],
];

export const serial = {
  forms: ['serial:PATH?baud=115200&framing=console|raw&line-gap=0ms'],

  parse: (reader: AddressReader): SerialAddress => {
    if (reader.rest === '') reader.fail('it names no port');
    return { scheme: 'serial', text: reader.text, path: reader.rest, baud: readBaud(reader), ...readStreamOptions(reader) };
  },

  open: (address: SerialAddress, events: TransportEvents, context: TransportContext): Promise<Transport> => {
    const { text: name, framing, lineGapMs } = address;
    return openFramed({ name, framing, lineGapMs, reliable: true, clock: context.clock }, events, (channelEvents) =>
      openSerialChannel(address, channelEvents, context),
    );
  },
};

async function openSerialChannel(address: SerialAddress, events: ChannelEvents, context: TransportContext): Promise<Channel> {
  const { path, baud, text: name } = address;
  const { SerialPort } = await import('serialport');
  // Before it is opened, which already changes the speed and the control lines of the port.
  const holder = await findPortHolder(path);
  if (holder !== undefined) throw portHeld(name, holder);
  // The lock keeps a second program that asks for it off the port: two readers steal each other's bytes.
  const port = new SerialPort({ path, baudRate: baud, autoOpen: false, lock: true });
  await openWithin(name, context, async (signal) => {
    const opened = new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
    try {
      await abortable(opened, signal);
    } catch (thrown) {
      // The driver may still open the port after we gave up on it.
      opened.then(
        () => closePort(port),
        () => undefined,
      );
      throw await abortable(explain(name, thrown, SerialPort.list), signal);
    }
  });
  const unwatch = watchPort(port, context.clock, () => void closePort(port));
  return duplexChannel(port, {
    name,
    clock: context.clock,
    events,
    lost: (cause) => portVanished(name, cause),
    close: () => {
      unwatch();
      return closePort(port);
    },
  });
}

function portHeld(name: string, { program, pid }: PortHolder): BootproofError {
  return openFailed(name, `${program} (process ${pid}) has it open`, {
    code: 'port-busy',
    hint: 'end it: two programs that read one port take bytes from each other',
  });
}

async function explain(name: string, thrown: unknown, list: typeof SerialPort.list): Promise<BootproofError> {
  const text = messageOf(thrown);
  // Other files can be opened, and have no speed that could be set.
  const isOther = /inappropriate ioctl|is a directory/i.test(text);
  const missing = isOther || /no such (file|device)|file not found/i.test(text);
  const mend = missing ? { code: 'port-missing', hint: await existingPorts(list) } : mends.find(([pattern]) => pattern.test(text))?.[1];
  return openFailed(name, isOther ? 'it is no serial port' : thrownText(text), mend);
}

/** The driver says `Error: WHY, cannot open PATH`; the rest of the message says all but the why. */
function thrownText(text: string): string {
  return text.replace(/^Error: /, '').replace(/, cannot open .*$/s, '');
}

async function existingPorts(list: typeof SerialPort.list): Promise<string> {
  const ports = await list().catch(() => []);
  if (ports.length === 0) return 'no serial port was found on this host: is the board plugged in and powered?';
  const paths = ports.slice(0, listedPortsMax).map((port) => port.path);
  const more = ports.length > paths.length ? `, and ${ports.length - paths.length} more` : '';
  return `ports that exist: ${paths.join(', ')}${more}`;
}

function portVanished(name: string, cause: unknown): BootproofError {
  const why = cause === undefined ? 'the port vanished' : `the port vanished: ${messageOf(cause)}`;
  return linkLost(name, why, { code: 'port-vanished', hint: 'check the cable and the power of the board', cause });
}

/** A port that vanished is closed already; its complaint about that says nothing new. */
function closePort(port: SerialPort): Promise<void> {
  if (!port.isOpen) return Promise.resolve();
  return new Promise((resolve) => port.close(() => resolve()));
}
