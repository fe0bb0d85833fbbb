/** A client on a port of a simulated device in virtual time, with a shaper between them: for tests and benchmarks of the client. */

import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { sleep, type Clock } from '../../src/base/clock.ts';
import { createRng } from '../../src/base/rng.ts';
import { SmpClient, type WirePacket } from '../../src/client/client.ts';
import { provisionDemoImage } from '../../src/sim/demo-image.ts';
import { type PortKind, type SimDevice } from '../../src/sim/device.ts';
import { createSimDevice } from '../../src/sim/machine.ts';
import type { SimProfile } from '../../src/sim/profile.ts';
import type { FramingKind } from '../../src/transport/framing.ts';
import { openMemoryTransport } from '../../src/transport/memory.ts';
import { createLinkShaper, type LinkShaper } from '../../src/transport/shape.ts';

export interface SimLinkOptions {
  readonly profile: SimProfile;
  readonly port: PortKind;
  /** Of the bytes on the wire; undefined takes no time. */
  readonly bytesPerSecond?: number;
  /** One way. */
  readonly latencyMs?: number;
  readonly seed?: number;
}

export interface SimLink {
  readonly clock: Clock;
  readonly device: SimDevice;
  readonly shaper: LinkShaper;
  readonly observed: readonly WirePacket[];
  readonly notes: readonly string[];
  /** Bytes on the wire so far. */
  readonly wire: { toDevice: number; fromDevice: number };
  readonly connect: () => Promise<SmpClient>;
}

const framings: Readonly<Record<Exclude<PortKind, 'ble'>, FramingKind>> = {
  serial: 'console',
  shell: 'console',
  'serial-raw': 'raw',
  datagram: 'datagram',
  console: 'console',
};

/** Until the application of any profile in the tests runs. */
const bootMs = 60_000;

export async function withSimLink<T>(options: SimLinkOptions, work: (link: SimLink) => Promise<T>): Promise<T> {
  const { profile, port, bytesPerSecond, latencyMs = 0, seed = 1 } = options;
  const clock = createVirtualClock();
  const device = createSimDevice({ profile, clock, rng: createRng(seed) });
  const shaper = createLinkShaper({ clock, rng: createRng(seed).fork('link') });
  const [observed, notes]: [WirePacket[], string[]] = [[], []];
  const wire = { toDevice: 0, fromDevice: 0 };
  const connect = (): Promise<SmpClient> => {
    const open = shaper.wrap((events) =>
      openMemoryTransport(
        {
          name: 'sim:lab',
          kind: port === 'ble' ? 'datagram' : framings[port],
          clock,
          latencyMs,
          bytesPerSecond,
          connect: (line) => {
            const opened = device.openPort(port, (bytes) => {
              wire.fromDevice += bytes.length;
              line.output(bytes);
            });
            return {
              receive: (bytes) => {
                wire.toDevice += bytes.length;
                opened.receive(bytes);
              },
              close: () => opened.close(),
            };
          },
        },
        events,
      ),
    );
    return SmpClient.open(open, { clock, observe: (packet) => observed.push(packet), note: (text) => notes.push(text) });
  };
  return clock.drive(
    (async () => {
      provisionDemoImage(device, createRng(seed));
      device.powerOn();
      await sleep(clock, bootMs, 'the board boots');
      const result = await work({ clock, device, shaper, observed, notes, wire, connect });
      device.powerOff();
      return result;
    })(),
  );
}
