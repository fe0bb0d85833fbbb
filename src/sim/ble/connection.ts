/**
 * One LE connection inside the virtual controller: fragments and reassembles L2CAP, moves packets at connection events,
 * and ends by the supervision timeout when the board's radio has fallen silent.
 */

import { concatBytes } from '../../base/bytes.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { aclBoundary, aclPacket, hciOffset, hciStatus, l2capFrame, readUint16 } from '../../transport/ble/hci.ts';
import { exchangeUs } from './air-time.ts';
import type { BleAdvertiser, BleLink, BleLinkHandler, LinkParameters, Phy } from './air.ts';

export interface ConnectionOptions {
  readonly handle: number;
  readonly clock: Clock;
  readonly board: BleAdvertiser;
  /** Names the host, for logs. */
  readonly host: string;
  readonly parameters: LinkParameters;
  /** Data bytes of an ACL packet. */
  readonly aclLength: number;
  readonly packetsPerEvent: PacketsPerEvent;
  readonly toHost: (packet: Uint8Array) => void;
  /** Packets of the host were taken by the board; their buffers are free. */
  readonly completed: (count: number) => void;
  /** The connection is over. Not called after `drop`. */
  readonly ended: (reason: number) => void;
}

/** How many packets of the link layer each side may send in one connection event; undefined moves everything at once. */
export type PacketsPerEvent = number | 'as-time-allows' | undefined;

/** Bytes that may wait for the host: what more a board sends finds no buffer. */
const waitingBytesMax = 64 * 1024;
const intervalUnitMs = 1.25;
const timeoutUnitMs = 10;
const l2capHeaderBytes = 4;
/** How long a link layer waits for an answer of the other one (volume 6 part B, section 5.2). */
const procedureMsMax = 40_000;

/** One ACL packet on its way; `left`: the bytes of it that have not gone through the air. */
interface Waiting {
  readonly packet: Uint8Array;
  left: number;
  readonly sent?: (() => void) | undefined;
}

export class Connection implements BleLink {
  readonly central: string;
  parameters: LinkParameters;
  readonly #options: ConnectionOptions;
  readonly #board: BleLinkHandler;
  readonly #startedAt: number;
  #toBoard: Waiting[] = [];
  #toHost: Waiting[] = [];
  #phy: Phy = '1M';
  #waitingBytes = 0;
  #partial: Uint8Array = new Uint8Array();
  #timer: Timer | undefined;
  #procedure: Timer | undefined;
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
    this.#toBoard.push({ packet, left: packet.length - hciOffset.aclData });
    this.#run();
  }

  /** Asks the board for the 2M PHY. One that gives no answer loses the link for it. */
  requestPhy(): void {
    const { phy, answersPhy } = this.#options.board.linkLayer;
    if (answersPhy) this.#phy = phy;
    else
      this.#procedure = this.#options.clock.arm(procedureMsMax, 'an answer of a link layer', () => this.#fail(hciStatus.responseTimeout));
  }

  /** Encrypts the link with the keys of an earlier one; a board that lost them loses the link. */
  encrypt(): void {
    if (!this.#board.encrypt()) this.#fail(hciStatus.keyMissing);
  }

  send(channel: number, payload: Uint8Array, sent?: () => void): boolean {
    const frame = l2capFrame(channel, payload);
    if (this.#state !== 'up' || this.#waitingBytes + frame.length > waitingBytesMax) return false;
    const { handle, aclLength } = this.#options;
    for (let at = 0; at < frame.length; at += aclLength) {
      const boundary = at === 0 ? aclBoundary.controllerFirst : aclBoundary.continuation;
      const data = frame.subarray(at, at + aclLength);
      const isLast = at + aclLength >= frame.length;
      this.#toHost.push({ packet: aclPacket(handle, boundary, data), left: data.length, sent: isLast ? sent : undefined });
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

  /** The link layers end the connection: both sides learn it. */
  #fail(reason: number): void {
    if (this.#state !== 'up') return;
    this.#board.closed();
    this.#end(reason);
  }

  #end(reason: number): void {
    this.#stop();
    this.#options.ended(reason);
  }

  #stop(): void {
    this.#state = 'over';
    this.#timer?.cancel();
    this.#procedure?.cancel();
    this.#toBoard = [];
    this.#toHost = [];
  }

  /** Moves what waits: now, or at the next connection event at which the board listens. With latency that is not each of them, unless it knows of more. */
  #run(knowsOfMore = false): void {
    const { packetsPerEvent, clock } = this.#options;
    if (this.#state !== 'up') return;
    if (packetsPerEvent === undefined) return this.#arrive(this.#toBoard.splice(0), this.#toHost.splice(0));
    const { interval, latency } = this.parameters;
    const listens = knowsOfMore || this.#toHost.length > 0;
    const periodMs = interval * intervalUnitMs * (listens ? 1 : 1 + latency);
    const sinceEvent = (clock.now() - this.#startedAt) % periodMs;
    this.#timer ??= clock.arm(periodMs - sinceEvent, 'connection event of a simulated link', () => {
      this.#timer = undefined;
      this.#event(packetsPerEvent, interval * intervalUnitMs * 1000);
    });
  }

  /** Both sides send in turns while there is something to send and time for it, at least once. */
  #event(packetsMax: number | 'as-time-allows', lastsUs: number): void {
    const [toBoard, toHost]: [Waiting[], Waiting[]] = [[], []];
    const { dataBytes } = this.#options.board.linkLayer;
    let usedUs = 0;
    for (let count = 0; this.#toBoard.length + this.#toHost.length > 0; count += 1) {
      const bytes = [this.#toBoard, this.#toHost].map(([first]) => Math.min(first?.left ?? 0, dataBytes));
      usedUs += exchangeUs(bytes, this.#phy);
      if (packetsMax === 'as-time-allows' ? count > 0 && usedUs > lastsUs : count >= packetsMax) break;
      advance(this.#toBoard, dataBytes, toBoard);
      advance(this.#toHost, dataBytes, toHost);
    }
    this.#arrive(toBoard, toHost);
    if (this.#toBoard.length + this.#toHost.length > 0) this.#run(true);
  }

  #arrive(toBoard: readonly Waiting[], toHost: readonly Waiting[]): void {
    for (const { packet, sent } of toHost) {
      this.#waitingBytes -= packet.length - hciOffset.aclData;
      this.#options.toHost(packet);
      sent?.();
    }
    if (toBoard.length > 0) this.#options.completed(toBoard.length);
    for (const { packet } of toBoard) this.#assemble(packet);
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

/** One link layer packet less of the first that waits; what is whole now goes to `done`. */
function advance(waiting: Waiting[], bytes: number, done: Waiting[]): void {
  const [first] = waiting;
  if (first === undefined) return;
  first.left -= bytes;
  if (first.left <= 0) done.push(waiting.shift()!);
}
