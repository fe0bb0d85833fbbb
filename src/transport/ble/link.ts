/** A new connection made ready for SMP: attributes discovered afresh, notifications on, packets in pieces of the MTU. */

import { sleep, type Clock } from '../../base/clock.ts';
import { createChannelLife, writeMsMax, type Channel, type ChannelEvents, type ChannelLife } from '../channel.ts';
import { linkStalled } from '../link-errors.ts';
import type { Adapter, BleConnection } from './adapter.ts';
import { boundedEvent, type Bounds } from './bounded.ts';
import { gattTimeout, notAnSmpDevice, type GattStep } from './errors.ts';
import type { Characteristic, NobleHost, Service } from './noble.ts';
import { smpCharacteristicUuid, smpServiceUuid } from './smp-service.ts';

/** A channel whose writes are single attribute writes. */
export interface BleLink extends Channel {
  /** The largest value of one write. */
  readonly writeMax: number;
}

export interface BleLinkOptions {
  readonly name: string;
  readonly adapter: Adapter;
  readonly connection: BleConnection;
  readonly events: ChannelEvents;
  /** Gives the opening up. */
  readonly signal: AbortSignal;
}

/** Each step takes a few connection events; pairing, which may be part of the last, a second. */
const stepMsMax = 5_000;
/** The MTU where none was agreed (Core Specification, volume 3 part F, section 5.2.1). */
const mtuLeast = 23;
/** Opcode and handle of a write. */
const writeOverhead = 3;
/** Data packets that noble may hold before writes wait: it takes everything and tells nobody. */
const waitingPacketsMax = 64;
const waitingLookMs = 5;

/** Rejects with an infra error; the connection is the caller's then. */
export async function openBleLink(options: BleLinkOptions): Promise<BleLink> {
  const { name, adapter, connection, events, signal } = options;
  const { clock, host } = adapter;
  const { peripheral, gone } = connection;
  const characteristic = await discover(options);
  const received = (value: Buffer): void => events.bytes(new Uint8Array(value));
  characteristic.on('data', received);
  const bounds = stepBounds(clock, { name, step: 'subscribe', signals: [signal, gone] });
  await boundedEvent(characteristic, 'notify', bounds, () => characteristic.notify(true));
  gone.throwIfAborted();

  const life = createChannelLife(name, events.lost, async () => {
    gone.removeEventListener('abort', lose);
    characteristic.off('data', received);
    await connection.disconnect();
  });
  const lose = (): void => life.lose(gone.reason as Parameters<typeof life.lose>[0]);
  gone.addEventListener('abort', lose, { once: true });
  // noble tells what the server answered, which may be anything; what holds is the smaller of that and of what it asked for.
  const mtu = Math.max(mtuLeast, Math.min(peripheral.mtu ?? mtuLeast, host.mtu));
  return {
    writeMax: mtu - writeOverhead,
    write: async (value) => {
      await untilRoom(name, { clock, host, life });
      characteristic.write(Buffer.from(value), true);
    },
    close: () => life.close(),
  };
}

async function discover({ name, adapter, connection, signal }: BleLinkOptions): Promise<Characteristic> {
  const { peripheral, gone } = connection;
  const bounds = (step: GattStep): Bounds => stepBounds(adapter.clock, { name, step, signals: [signal, gone] });
  const services = (await boundedEvent(peripheral, 'servicesDiscover', bounds('services'), () =>
    peripheral.discoverServices([]),
  )) as readonly Service[];
  const service = services.find(({ uuid }) => uuid === smpServiceUuid);
  if (service === undefined)
    throw notAnSmpDevice(
      name,
      services.map(({ uuid }) => uuid),
    );
  const characteristics = (await boundedEvent(service, 'characteristicsDiscover', bounds('characteristics'), () =>
    service.discoverCharacteristics([]),
  )) as readonly Characteristic[];
  const characteristic = characteristics.find(({ uuid }) => uuid === smpCharacteristicUuid);
  const fits = ['writeWithoutResponse', 'notify'].every((property) => characteristic?.properties.includes(property));
  if (characteristic === undefined || !fits) throw notAnSmpDevice(name, [`service ${smpServiceUuid} without its characteristic`]);
  return characteristic;
}

interface StepOptions {
  readonly name: string;
  readonly step: GattStep;
  readonly signals: readonly AbortSignal[];
}

function stepBounds(clock: Clock, { name, step, signals }: StepOptions): Bounds {
  return { clock, ms: stepMsMax, signals, late: () => gattTimeout(name, step, stepMsMax) };
}

/** Waits until noble holds few enough packets, for which it has no event. A connection that stays full is as good as gone. */
async function untilRoom(name: string, { clock, host, life }: { clock: Clock; host: NobleHost; life: ChannelLife }): Promise<void> {
  life.signal.throwIfAborted();
  const giveUpAt = clock.now() + writeMsMax;
  while (host.waitingPackets() > waitingPacketsMax) {
    if (clock.now() > giveUpAt) life.lose(linkStalled(name, writeMsMax));
    await sleep(clock, waitingLookMs, `room for data to ${name}`, life.signal);
  }
}
