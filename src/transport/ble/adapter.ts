/**
 * A Bluetooth adapter with noble on it: finds devices and connects to them, one at a time, because controllers and
 * noble mix up everything else. Links that were made live on beside each other.
 */

import { abortable, type Clock } from '../../base/clock.ts';
import { BootproofError } from '../../base/errors.ts';
import { linkClosed } from '../link-errors.ts';
import type { TransportContext } from '../transport.ts';
import type { AdapterAddress, WantedDevice } from './address.ts';
import { boundedEvent, type Bounds } from './bounded.ts';
import { adapterBroken, adapterNotOn, adapterUnavailable, connectFailed, connectionLost, connectTimeout } from './errors.ts';
import { openHciSource, type HciSource } from './hci-source.ts';
import { createNoble, type NobleHost, type Peripheral } from './noble.ts';
import { findDevice, scanMsMax } from './scan.ts';

/** A connection, fresh: nothing is known of the device's attributes. */
export interface BleConnection {
  readonly peripheral: Peripheral;
  /** Aborted when the connection is over; the reason is an infra error. */
  readonly gone: AbortSignal;
  /** Resolves when the device is disconnected, or is taken to be. */
  disconnect(): Promise<void>;
}

export interface ConnectOptions {
  /** Names the link in messages. */
  readonly link: string;
  readonly device: WantedDevice;
  readonly signal: AbortSignal;
}

/** From the first command to `poweredOn`. */
const powerOnMsMax = 3_000;
const commandMsMax = 2_000;
const connectMsMax = 5_000;
/** 7.5 to 15 ms between connection events. noble's own supervision timeout of 420 ms is too short for a board that erases flash. */
const parameters = { minInterval: 6, maxInterval: 12, latency: 0, timeout: 400 };
/** A disconnection is acknowledged by the device, or else the supervision timeout passes; and some time for both ends to notice. */
const disconnectMsMax = parameters.timeout * 10 + 1_000;

export class Adapter {
  readonly name: string;
  readonly clock: Clock;
  readonly host: NobleHost;
  /** Aborted when the adapter is gone, useless or closed; the reason is an infra error. */
  readonly over: AbortSignal;
  readonly #end = new AbortController();
  readonly #source: HciSource;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(name: string, clock: Clock, source: HciSource, host: NobleHost) {
    this.name = name;
    this.clock = clock;
    this.host = host;
    this.over = this.#end.signal;
    this.#source = source;
    source.over.addEventListener('abort', () => this.fail(source.over.reason as BootproofError), { once: true });
  }

  /** Rejects with an infra error that says what is missing. */
  static async open(address: AdapterAddress, context: TransportContext): Promise<Adapter> {
    const { text: name } = address;
    const source = await openHciSource(address, context);
    const host = await openNoble(name, source, context.clock);
    const adapter = new Adapter(name, context.clock, source, host);
    try {
      await adapter.#powerOn(context.signal);
      if (source.randomAddress) host.useRandomAddress();
      return adapter;
    } catch (thrown) {
      await adapter.close();
      throw thrown;
    }
  }

  /** Finds the device in a scan of its own and connects to it. */
  connect(options: ConnectOptions): Promise<BleConnection> {
    return this.#inTurn(options.signal, async () => this.#connectTo(await this.#find(options, scanMsMax), options));
  }

  /** Resolves when the device advertises. One scan of `ms`, no longer than `scanMsMax`: others wait for their turn meanwhile. */
  async hear(options: ConnectOptions, ms: number): Promise<void> {
    await this.#inTurn(options.signal, () => this.#find(options, Math.min(ms, scanMsMax)));
  }

  #find(options: ConnectOptions, ms: number): Promise<Peripheral> {
    const { clock, over } = this;
    const stuck = (): Error => this.#stuck('does not obey the commands to scan');
    return findDevice(this.host, { ...options, ms, clock, over, stuck });
  }

  /** Ends the adapter and all of its links. */
  fail(error: BootproofError): void {
    this.#end.abort(error);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#end.abort(linkClosed(`adapter ${this.name}`));
    this.host.close();
    await this.#source.close();
  }

  async #powerOn(signal: AbortSignal): Promise<void> {
    const { noble } = this.host;
    const late = (): Error => adapterBroken(this.name, 'did not come up');
    const bounds: Bounds = { clock: this.clock, ms: powerOnMsMax, signals: [signal, this.over], late };
    const started = startNoble(this.name, this.host);
    const state = started === 'unknown' ? await boundedEvent(noble, 'stateChange', bounds) : started;
    if (state !== 'poweredOn') throw adapterNotOn(this.name, String(state));
    noble.on('stateChange', (next: string) => {
      if (next !== 'poweredOn') this.fail(adapterNotOn(this.name, next));
    });
  }

  /** Runs `work` when everything that was asked for before is over. */
  async #inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    const turn = before.then(() => {
      signal.throwIfAborted();
      this.over.throwIfAborted();
      return work();
    });
    this.#turn = turn.catch(() => undefined);
    await abortable(before, signal);
    return turn;
  }

  async #connectTo(peripheral: Peripheral, { link, signal }: ConnectOptions): Promise<BleConnection> {
    const gone = new AbortController();
    const adapterOver = (): void => gone.abort(this.over.reason);
    this.over.addEventListener('abort', adapterOver, { once: true });
    peripheral.once('disconnect', (reason: number) => {
      this.over.removeEventListener('abort', adapterOver);
      gone.abort(connectionLost(link, reason));
    });
    const late = (): Error => connectTimeout(link, connectMsMax);
    const bounds: Bounds = { clock: this.clock, ms: connectMsMax, signals: [signal, gone.signal], late };
    try {
      const refusal = await boundedEvent(peripheral, 'connect', bounds, () => peripheral.connect(parameters));
      if (isError(refusal)) throw connectFailed(link, refusal);
    } catch (thrown) {
      this.over.removeEventListener('abort', adapterOver);
      await this.#cancel(peripheral);
      throw thrown;
    }
    return { peripheral, gone: gone.signal, disconnect: () => this.#disconnect(peripheral) };
  }

  /** A controller that goes on connecting would refuse everything else. */
  async #cancel(peripheral: Peripheral): Promise<void> {
    if (peripheral.state !== 'connecting' || this.over.aborted) return;
    const stuck = (): Error => this.#stuck('does not end an attempt to connect');
    const bounds: Bounds = { clock: this.clock, ms: commandMsMax, signals: [this.over], late: stuck };
    // noble tells the end by itself at once; what counts is the controller's word, which comes after.
    peripheral.cancelConnect();
    const refusal = await boundedEvent(peripheral, 'connect', bounds).catch((thrown: unknown) => thrown);
    if (!isError(refusal)) await this.#disconnect(peripheral);
  }

  /** Whatever ends the wait, the connection is of no use any more. */
  async #disconnect(peripheral: Peripheral): Promise<void> {
    if (peripheral.state !== 'connected' || this.over.aborted) return;
    const late = (): Error => adapterBroken(this.name, 'did not tell the end of a connection');
    const bounds: Bounds = { clock: this.clock, ms: disconnectMsMax, signals: [this.over], late };
    await boundedEvent(peripheral, 'disconnect', bounds, () => peripheral.disconnect()).catch(() => undefined);
  }

  /** A controller whose state is unknown is of no use to anybody. */
  #stuck(what: string): Error {
    const error = adapterBroken(this.name, what);
    this.fail(error);
    return error;
  }
}

/** noble gives null or nothing for success. */
function isError(refusal: unknown): boolean {
  return refusal !== undefined && refusal !== null;
}

async function openNoble(name: string, source: HciSource, clock: Clock): Promise<NobleHost> {
  try {
    return createNoble(source.socket, clock);
  } catch (thrown) {
    await source.close();
    throw thrown instanceof BootproofError ? thrown : adapterUnavailable(name, thrown);
  }
}

function startNoble(name: string, { noble }: NobleHost): string {
  try {
    return noble.state;
  } catch (thrown) {
    throw adapterUnavailable(name, thrown);
  }
}
