/**
 * SMP over BLE to a simulated board in the same process, on any clock. noble runs in real time only; what it does on a
 * new connection is done here: the MTU, the attributes found afresh, notifications on. SMP lies over it as over noble.
 */

import type { Clock } from '../base/clock.ts';
import { equalBytes, toHex } from '../base/bytes.ts';
import { attMtu, attOp, attWriteOverhead, gattType } from './ble/att.ts';
import { createAttClient, type AttBearer, type AttBearerEvents, type AttClient } from './ble/att-client.ts';
import type { Bounds } from './ble/bounded.ts';
import { connectionLost, gattRefused, gattTimeout, notAnSmpDevice, type GattStep } from './ble/errors.ts';
import { readUint16, uint16 } from './ble/hci.ts';
import type { BleLink } from './ble/link.ts';
import { openSmpOverGatt } from './ble/smp-over-gatt.ts';
import { smpCharacteristicUuid, smpServiceUuid } from './ble/smp-service.ts';
import { createChannelLife, type ChannelEvents } from './channel.ts';
import type { Transport, TransportContext, TransportEvents } from './transport.ts';

export interface MemoryBle {
  readonly name: string;
  readonly reassembly: boolean;
  /** Finds the board and connects to it. Rejects with an infra error. */
  readonly connect: (events: AttBearerEvents, context: TransportContext) => Promise<AttBearer>;
}

/** Rejects with an infra error that says which step failed: connection, discovery, subscription. */
export function openMemoryBle(
  { name, reassembly, connect }: MemoryBle,
  events: TransportEvents,
  context: TransportContext,
): Promise<Transport> {
  return openSmpOverGatt({ name, reassembly, clock: context.clock }, events, (channel) => openLink({ name, connect, channel, context }));
}

interface LinkOptions extends Pick<MemoryBle, 'name' | 'connect'> {
  readonly channel: ChannelEvents;
  readonly context: TransportContext;
}

async function openLink({ name, connect, channel, context }: LinkOptions): Promise<BleLink> {
  const gone = new AbortController();
  let handles: SmpHandles | undefined;
  const bearer = await connect({ pdu: (pdu) => client.receive(pdu), lost: (reason) => gone.abort(connectionLost(name, reason)) }, context);
  const client = createAttClient(
    (pdu) => bearer.send(pdu),
    (handle, value) => handle === handles?.value && channel.bytes(value),
  );
  try {
    const server = new GattServer(client, { name, clock: context.clock, signals: [context.signal, gone.signal] });
    const mtu = await server.agreeMtu();
    handles = await server.findSmp();
    await server.subscribe(handles.configuration);
    return createLink({ name, bearer, channel, gone: gone.signal, writeMax: mtu - attWriteOverhead, value: handles.value });
  } catch (thrown) {
    await bearer.close();
    throw thrown;
  }
}

interface OpenLink {
  readonly name: string;
  readonly bearer: AttBearer;
  readonly channel: ChannelEvents;
  readonly gone: AbortSignal;
  readonly writeMax: number;
  readonly value: number;
}

function createLink({ name, bearer, channel, gone, writeMax, value }: OpenLink): BleLink {
  const lose = (): void => life.lose(gone.reason as Parameters<typeof life.lose>[0]);
  const life = createChannelLife(name, channel.lost, () => {
    gone.removeEventListener('abort', lose);
    return bearer.close();
  });
  gone.addEventListener('abort', lose, { once: true });
  return {
    writeMax,
    write: async (bytes) => {
      life.signal.throwIfAborted();
      await bearer.send(Uint8Array.of(attOp.writeCommand, ...uint16(value), ...bytes));
    },
    close: () => life.close(),
  };
}

/** As long as noble gets for each step. */
const stepMsMax = 5_000;
const lastHandle = 0xffff;
const uuidBytes = 16;

interface SmpHandles {
  readonly value: number;
  readonly configuration: number;
}

interface ServerOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly signals: readonly AbortSignal[];
}

/** A server as a client finds it out on a new link. */
class GattServer {
  readonly #client: AttClient;
  readonly #options: ServerOptions;

  constructor(client: AttClient, options: ServerOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** A server that refuses keeps to the least. */
  async agreeMtu(): Promise<number> {
    const answer = await this.#ask('services', attOp.mtuRequest, uint16(attMtu.most));
    return 'error' in answer ? attMtu.least : Math.max(attMtu.least, Math.min(attMtu.most, readUint16(answer.pdu, 1)));
  }

  async findSmp(): Promise<SmpHandles> {
    const { name } = this.#options;
    const services = await this.#list('services', attOp.readByGroupType, { from: 1, to: lastHandle, type: gattType.service });
    const service = services.find(({ data }) => equalBytes(data.subarray(2), uuid(smpServiceUuid)));
    if (service === undefined) {
      throw notAnSmpDevice(
        name,
        services.map(({ data }) => toHex(data.slice(2).reverse())),
      );
    }
    const range = { from: service.handle, to: readUint16(service.data, 0) };
    const characteristics = await this.#list('characteristics', attOp.readByType, { ...range, type: gattType.characteristic });
    const smp = characteristics.find(({ data }) => equalBytes(data.subarray(-uuidBytes), uuid(smpCharacteristicUuid)));
    if (smp === undefined) throw notAnSmpDevice(name, [`service ${smpServiceUuid} without its characteristic`]);
    // Zephyr puts the configuration right behind the value, and this service has nothing else.
    const value = readUint16(smp.data, 1);
    return { value, configuration: value + 1 };
  }

  async subscribe(configuration: number): Promise<void> {
    const answer = await this.#ask('subscribe', attOp.write, [...uint16(configuration), 1, 0]);
    if ('error' in answer) throw gattRefused(this.#options.name, 'subscribe', answer.error);
  }

  /** All attributes of a type, in as many requests as it takes. A list ends with an error: there is nothing more. */
  async #list(
    step: GattStep,
    op: number,
    { from, to, type }: { readonly from: number; readonly to: number; readonly type: number },
  ): Promise<Entry[]> {
    const found: Entry[] = [];
    for (let next = from; next <= to;) {
      const answer = await this.#ask(step, op, [...uint16(next), ...uint16(to), ...uint16(type)]);
      const entries = 'error' in answer ? [] : entriesOf(answer.pdu);
      const last = entries.at(-1);
      if (last === undefined) break;
      found.push(...entries);
      next = Math.max(next, op === attOp.readByGroupType ? readUint16(last.data, 0) : last.handle) + 1;
    }
    return found;
  }

  #ask(step: GattStep, op: number, parameters: readonly number[]): ReturnType<AttClient['request']> {
    const { name, clock, signals } = this.#options;
    const bounds: Bounds = { clock, signals, ms: stepMsMax, late: () => gattTimeout(name, step, stepMsMax) };
    return this.#client.request(Uint8Array.of(op, ...parameters), bounds);
  }
}

interface Entry {
  readonly handle: number;
  readonly data: Uint8Array;
}

function entriesOf(pdu: Uint8Array): readonly Entry[] {
  const size = pdu[1] ?? 0;
  const count = size < 2 ? 0 : Math.floor((pdu.length - 2) / size);
  return Array.from({ length: count }, (_, index) => {
    const entry = pdu.subarray(2 + index * size, 2 + (index + 1) * size);
    return { handle: readUint16(entry, 0), data: entry.slice(2) };
  });
}

function uuid(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex').reverse());
}
