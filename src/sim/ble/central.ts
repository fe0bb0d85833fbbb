/** A central in the same process: it finds a simulated board, connects to it and carries ATT PDUs, on any clock. */

import { concatBytes } from '../../base/bytes.ts';
import type { Clock } from '../../base/clock.ts';
import type { AttBearer, AttBearerEvents } from '../../transport/ble/att-client.ts';
import { bounded } from '../../transport/ble/bounded.ts';
import { deviceNotFound } from '../../transport/ble/errors.ts';
import { aclBoundary, aclPacket, hciOffset, l2capChannel, l2capFrame, readUint16 } from '../../transport/ble/hci.ts';
import { parameterResponse, readParameterRequest } from '../../transport/ble/parameter-request.ts';
import { scanMsMax } from '../../transport/ble/scan.ts';
import type { BleAdvertiser } from './air.ts';
import { Connection } from './connection.ts';

export interface CentralOptions {
  /** Names the link in messages. */
  readonly name: string;
  readonly clock: Clock;
  readonly board: BleAdvertiser;
  /** What outlives its links. */
  readonly memory: CentralMemory;
}

/** What a central keeps between links. */
export interface CentralMemory {
  /** It was connected to the board before, and has keys if that had any. */
  known: boolean;
}

/** Zephyr's fast advertising, at its slowest. */
const advertisingMs = 60;
/** As the links over noble begin: 15 ms, no latency, 4 s. */
const parameters = { interval: 12, latency: 0, timeout: 400 } as const;
const acl = { length: 251, count: 8 } as const;
const handle = 1;
const l2capHeaderBytes = 4;

/** Waits until the board advertises. Rejects with an infra error when it does not. */
export async function connectCentral(options: CentralOptions, events: AttBearerEvents, signal: AbortSignal): Promise<AttBearer> {
  const { memory } = options;
  await hearBoard(options, scanMsMax, signal);
  const central = new Central(options, events);
  if (memory.known) central.encrypt();
  memory.known = true;
  return central;
}

/** Resolves when the board advertises. Rejects with an infra error when it does not within `ms`. */
export function hearBoard(
  { name, clock, board }: Pick<CentralOptions, 'name' | 'clock' | 'board'>,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const late = (): Error => deviceNotFound(name, ms, []);
  return bounded({ clock, ms, signals: [signal], late }, (end) => untilAdvertising(clock, board, end));
}

function untilAdvertising(clock: Clock, board: BleAdvertiser, end: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const listen = (): void => {
      if (end.aborted) reject(end.reason as Error);
      else if (board.advertisement() !== undefined) resolve();
      else clock.arm(advertisingMs, 'the next advertisement of a simulated board', listen);
    };
    listen();
  });
}

class Central implements AttBearer {
  readonly #events: AttBearerEvents;
  readonly #connection: Connection;
  /** ACL packets for which the controller has no buffer yet. */
  readonly #waiting: Uint8Array[] = [];
  #taken: (() => void)[] = [];
  #partial: Uint8Array = new Uint8Array();
  #over = false;

  constructor({ clock, board }: CentralOptions, events: AttBearerEvents) {
    this.#events = events;
    this.#connection = new Connection({
      handle,
      clock,
      board,
      host: 'this process',
      parameters,
      aclLength: acl.length,
      packetsPerEvent: 'as-time-allows',
      toHost: (packet) => this.#assemble(packet),
      completed: () => this.#refill(),
      ended: (reason) => this.#end(reason),
    });
    this.#connection.requestPhy();
  }

  encrypt(): void {
    this.#connection.encrypt();
  }

  send(pdu: Uint8Array): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.#put(l2capChannel.attribute, pdu);
    return this.#waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => this.#taken.push(resolve));
  }

  close(): Promise<void> {
    if (!this.#over) this.#connection.drop();
    this.#stop();
    return Promise.resolve();
  }

  #put(channel: number, payload: Uint8Array): void {
    const frame = l2capFrame(channel, payload);
    for (let at = 0; at < frame.length; at += acl.length) {
      const boundary = at === 0 ? aclBoundary.hostFirst : aclBoundary.continuation;
      this.#waiting.push(aclPacket(handle, boundary, frame.subarray(at, at + acl.length)));
    }
    this.#refill();
  }

  #refill(): void {
    while (this.#waiting.length > 0 && this.#connection.buffersInUse < acl.count) this.#connection.fromHost(this.#waiting.shift()!);
    if (this.#waiting.length === 0) this.#release();
  }

  #release(): void {
    const taken = this.#taken;
    this.#taken = [];
    for (const resolve of taken) resolve();
  }

  #assemble(packet: Uint8Array): void {
    const data = packet.subarray(hciOffset.aclData);
    this.#partial = concatBytes([this.#partial, data]);
    if (this.#partial.length < l2capHeaderBytes + readUint16(this.#partial, 0)) return;
    const frame = this.#partial;
    this.#partial = new Uint8Array();
    this.#receive(readUint16(frame, 2), frame.slice(l2capHeaderBytes));
  }

  #receive(channel: number, payload: Uint8Array): void {
    if (this.#over) return;
    if (channel === l2capChannel.attribute) return this.#events.pdu(payload);
    const request = channel === l2capChannel.signalling ? readParameterRequest(payload) : undefined;
    if (request === undefined) return;
    this.#put(l2capChannel.signalling, parameterResponse(request));
    const [interval, latency, timeout] = [2, 4, 6].map((at) => readUint16(request.wanted, at));
    if (request.possible) this.#connection.parameters = { interval: interval!, latency: latency!, timeout: timeout! };
  }

  #end(reason: number): void {
    if (this.#over) return;
    this.#stop();
    this.#events.lost(reason);
  }

  #stop(): void {
    this.#over = true;
    this.#waiting.length = 0;
    this.#release();
  }
}
