/**
 * A link to a simulated board in the same process, on any clock. It runs the same framing code as the real links, and
 * its bytes take the time that bit rate and latency give them.
 */

import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { createChannelLife, queueBytesMax, type Channel, type ChannelEvents } from './channel.ts';
import { openFramed, type FramingKind } from './framing.ts';
import { linkCongested, linkLost } from './link-errors.ts';
import { wholeDatagramMax } from './datagram-framing.ts';
import { createWire } from './memory-wire.ts';
import type { Transport, TransportEvents } from './transport.ts';

/** The board's end of the link. Bytes arrive as they were written: whole datagrams, or pieces of a stream. */
export interface DevicePort {
  receive(bytes: Uint8Array): void;
  /** Called once, when the link is closed or was unplugged. */
  close(): void;
}

/** What the board may do with the link. Output beyond the queue's limit is dropped, as a UART does that nobody reads. */
export interface DeviceLine {
  readonly output: (bytes: Uint8Array) => void;
  /** The port disappears, as USB devices do when they boot: the transport is lost. */
  readonly unplug: () => void;
}

export interface MemoryLink {
  readonly name: string;
  readonly kind: FramingKind;
  readonly connect: (line: DeviceLine) => DevicePort;
  readonly clock: Clock;
  readonly latencyMs?: number;
  /** Undefined: bytes take no time. */
  readonly bytesPerSecond?: number | undefined;
}

/** Closing the link drops what is still on its way. Datagram links count as unreliable, as UDP is. */
export function openMemoryTransport(link: MemoryLink, events: TransportEvents): Promise<Transport> {
  const { name, kind, clock } = link;
  return openFramed({ name, framing: kind, lineGapMs: 0, reliable: kind !== 'datagram', clock }, events, (channelEvents) =>
    Promise.resolve(openMemoryChannel(link, channelEvents)),
  );
}

function openMemoryChannel({ name, kind, connect, clock, latencyMs = 0, bytesPerSecond }: MemoryLink, events: ChannelEvents): Channel {
  assert(latencyMs >= 0 && (bytesPerSecond ?? 1) > 0, `a memory link of ${latencyMs} ms and ${String(bytesPerSecond)} B/s`);
  const timing = { clock, latencyMs, bytesPerSecond };
  const fromDevice = createWire({ ...timing, name: `bytes from ${name}`, deliver: events.bytes });
  const toDevice = createWire({ ...timing, name: `bytes to ${name}`, deliver: (bytes) => port.receive(bytes) });
  const life = createChannelLife(name, events.lost, () => {
    fromDevice.cut();
    toDevice.cut();
    port.close();
    return Promise.resolve();
  });
  let dropping = false;
  const port = connect({
    output: (bytes) => {
      if (life.signal.aborted) return;
      const taken = fromDevice.put(bytes);
      if (!taken && !dropping) events.note(`${name}: output of the board is dropped, too much waits`);
      dropping = !taken;
    },
    unplug: () => life.lose(linkLost(name, 'the port vanished', { code: 'port-vanished', hint: 'the board left the bus; connect again' })),
  });
  return {
    wholeMax: kind === 'datagram' ? wholeDatagramMax.ipv4 : undefined,
    write: async (bytes) => {
      life.signal.throwIfAborted();
      if (!toDevice.put(bytes)) throw linkCongested(name, queueBytesMax);
      await toDevice.drained(life.signal);
    },
    close: () => life.close(),
  };
}
