/** A channel over a Node duplex stream that is already open: what serial ports and TCP sockets have in common. */

import type { Duplex } from 'node:stream';
import { abortable, type Clock } from '../base/clock.ts';
import type { BootproofError } from '../base/errors.ts';
import { createChannelLife, queueBytesMax, writeMsMax, type Channel, type ChannelEvents } from './channel.ts';
import { linkCongested, linkStalled } from './link-errors.ts';

export interface DuplexOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly events: ChannelEvents;
  /** The error for a stream that ended or failed by itself; without a cause the far side closed it in order. */
  readonly lost: (cause: unknown) => BootproofError;
  /** Closes the stream's handle; resolves when it is closed. */
  readonly close: () => Promise<void>;
}

export function duplexChannel(stream: Duplex, { name, clock, events, lost, close }: DuplexOptions): Channel {
  const vanished = (cause?: unknown): void => life.lose(lost(cause ?? undefined));
  const listeners: readonly (readonly [string, (argument: unknown) => void])[] = [
    ['data', (chunk) => events.bytes(new Uint8Array(chunk as Buffer))],
    ['end', () => vanished()],
    ['close', vanished],
    ['error', vanished],
  ];
  const life = createChannelLife(name, events.lost, () => {
    for (const [event, listener] of listeners) stream.off(event, listener);
    // A stream that is being closed may still fail, and an `error` event without a listener ends the process.
    stream.on('error', () => undefined);
    return close();
  });
  for (const [event, listener] of listeners) stream.on(event, listener);

  const write = async (bytes: Uint8Array): Promise<void> => {
    life.signal.throwIfAborted();
    if (stream.writableLength + bytes.length > queueBytesMax) throw linkCongested(name, queueBytesMax);
    const limit = clock.arm(writeMsMax, `writing to ${name}`, () => life.lose(linkStalled(name, writeMsMax)));
    const taken = new Promise<void>((resolve) => stream.write(bytes, (error) => (error ? vanished(error) : resolve())));
    await abortable(taken, life.signal).finally(() => limit.cancel());
  };
  return { write, close: () => life.close() };
}
