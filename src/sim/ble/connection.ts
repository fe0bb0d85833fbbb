/**
 * One LE connection inside the virtual controller: fragments and reassembles L2CAP, moves packets at connection events,
 * and ends by the supervision timeout when the board's radio has fallen silent.
 */

import { concatBytes } from '../../base/bytes.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { aclBoundary, aclPacket, hciOffset, hciStatus, l2capFrame, readUint16 } from '../../transport/ble/hci.ts';
import type { BleAdvertiser, BleLink, BleLinkHandler, LinkParameters } from './air.ts';

export interface ConnectionOptions {
  readonly handle: number;
  readonly clock: Clock;
  readonly board: BleAdvertiser;
  /** Names the host, for logs. */
  readonly host: string;
  readonly parameters: LinkParameters;
  /** Data bytes of an ACL packet. */
  readonly aclLength: number;
  /** Packets that each side may send in one connection event; undefined moves everything at once. */
  readonly packetsPerEvent: number | undefined;
  readonly toHost: (packet: Uint8Array) => void;
  /** Packets of the host were taken by the board; their buffers are free. */
  readonly completed: (count: number) => void;
  /** The connection is over. Not called after `drop`. */
  readonly ended: (reason: number) => void;
}

/** Bytes that may wait for the host: what more a board sends finds no buffer. */
const waitingBytesMax = 64 * 1024;
const intervalUnitMs = 1.25;
const timeoutUnitMs = 10;
const l2capHeaderBytes = 4;

export class Connection implements BleLink {
  readonly central: string;
  parameters: LinkParameters;
  readonly #options: ConnectionOptions;
  readonly #board: BleLinkHandler;
  readonly #startedAt: number;
  #toBoard: Uint8Array[] = [];
  #toHost: Uint8Array[] = [];
  #waitingBytes = 0;
  #partial: Uint8Array = new Uint8Array();
  #timer: Timer | undefined;
  #state: 'up' | 'silent' | 'over' = 'up';

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.central = options.host;
    this.parameters = options.parameters;
    this.#startedAt = options.clock.now();
    this.#board = options.board.connected(this);
  }

  /** Buffers of the controller that packets of the host still take up. */
  get buffersInUse(): number {
    return this.#toBoard.length;
  }

  /** One ACL packet of the host. */
  fromHost(packet: Uint8Array): void {
    this.#toBoard.push(packet);
    this.#run();
  }

  send(channel: number, payload: Uint8Array): boolean {
    const frame = l2capFrame(channel, payload);
    if (this.#state !== 'up' || this.#waitingBytes + frame.length > waitingBytesMax) return false;
    const { handle, aclLength } = this.#options;
    for (let at = 0; at < frame.length; at += aclLength) {
      const boundary = at === 0 ? aclBoundary.controllerFirst : aclBoundary.continuation;
      this.#toHost.push(aclPacket(handle, boundary, frame.subarray(at, at + aclLength)));
    }
    this.#waitingBytes += frame.length;
    this.#run();
    return true;
  }

  disconnect(reason: number): void {
    if (this.#state === 'up') this.#end(reason);
  }

  vanish(): void {
    if (this.#state !== 'up') return;
    this.#state = 'silent';
    this.#timer?.cancel();
    const ms = this.parameters.timeout * timeoutUnitMs;
    this.#timer = this.#options.clock.arm(ms, 'supervision timeout of a simulated link', () => this.#end(hciStatus.connectionTimeout));
  }

  /** The host or its transport ends the connection; the board learns it, unless it is silent itself. */
  drop(): void {
    if (this.#state === 'up') this.#board.closed();
    this.#stop();
  }

  #end(reason: number): void {
    this.#stop();
    this.#options.ended(reason);
  }

  #stop(): void {
    this.#state = 'over';
    this.#timer?.cancel();
    this.#toBoard = [];
    this.#toHost = [];
  }

  /** Moves what waits: now, or at the next connection event. */
  #run(): void {
    const { packetsPerEvent, clock } = this.#options;
    if (this.#state !== 'up') return;
    if (packetsPerEvent === undefined) return this.#move(Infinity);
    const intervalMs = this.parameters.interval * intervalUnitMs;
    const sinceEvent = (clock.now() - this.#startedAt) % intervalMs;
    this.#timer ??= clock.arm(intervalMs - sinceEvent, 'connection event of a simulated link', () => {
      this.#timer = undefined;
      this.#move(packetsPerEvent);
      if (this.#toBoard.length + this.#toHost.length > 0) this.#run();
    });
  }

  #move(packetsMax: number): void {
    const toHost = this.#toHost.splice(0, packetsMax);
    const toBoard = this.#toBoard.splice(0, packetsMax);
    for (const packet of toHost) {
      this.#waitingBytes -= packet.length - hciOffset.aclData;
      this.#options.toHost(packet);
    }
    if (toBoard.length > 0) this.#options.completed(toBoard.length);
    for (const packet of toBoard) this.#assemble(packet);
  }

  #assemble(packet: Uint8Array): void {
    if (this.#state !== 'up') return;
    const boundary = (readUint16(packet, 1) >> 12) & 0b11;
    const data = packet.subarray(hciOffset.aclData);
    const frame = boundary === aclBoundary.continuation ? concatBytes([this.#partial, data]) : data;
    const payloadBytes = readUint16(frame, 0);
    const missing = l2capHeaderBytes + payloadBytes - frame.length;
    this.#partial = missing > 0 ? frame : new Uint8Array();
    if (missing === 0) this.#board.receive(readUint16(frame, 2), frame.slice(l2capHeaderBytes));
  }
}
