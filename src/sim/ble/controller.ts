/**
 * A virtual Bluetooth controller: H4 bytes of a host in, H4 bytes out, and boards instead of a radio. It keeps to what
 * real controllers are strict about (command credits, buffers, states in which a command is disallowed); a host that
 * does not is told so where HCI can say it, and always counted.
 */

import type { Clock } from '../../base/clock.ts';
import { createH4Splitter } from '../../transport/ble/h4.ts';
import {
  eventPacket,
  hciEvent,
  hciOffset,
  hciStatus,
  hciType,
  leEvent,
  parseDeviceAddress,
  readUint16,
  uint16,
} from '../../transport/ble/hci.ts';
import type { BleAdvertiser, LinkParameters } from './air.ts';
import { createCommands, type Command, type CommandTarget } from './commands.ts';
import { Connection, type PacketsPerEvent } from './connection.ts';
import { createScanner, randomAddress, type Scanner } from './scanner.ts';

/** What a controller is like. Plain data. */
export interface BleControllerOptions {
  /** Public device address; null: it has none, as most nRF chips. Default `02:00:00:00:00:01`. */
  readonly address?: string | null;
  /** Static random address that it tells to those who know Zephyr's vendor command. Default: the command is unknown. */
  readonly staticAddress?: string;
  /** Data bytes of an ACL packet, and the buffers for packets of the host. Default 251 x 8. */
  readonly acl?: { readonly length: number; readonly count: number };
  /** Commands that the host may have in flight; controllers on a UART take 1, which is the default. */
  readonly commandCredits?: number;
  /** Milliseconds until a command is answered; by default at once. */
  readonly commandMs?: number;
  /** Milliseconds between the advertisements of a board. Default 20. */
  readonly advertisingMs?: number;
  /** By default links take no time. */
  readonly packetsPerEvent?: PacketsPerEvent;
}

export interface BleController {
  /** Bytes of the host. */
  receive(bytes: Uint8Array): void;
  /** The host's transport is gone: its connections are dropped. */
  close(): void;
}

/** What a host must not do: a real controller loses commands or data then, or the place of the next packet. */
export type ControllerViolation = 'command-overrun' | 'buffer-overrun' | 'malformed';

export interface BleControllerSetup {
  readonly clock: Clock;
  readonly boards: readonly BleAdvertiser[];
  readonly options: BleControllerOptions;
  /** Names the host, for logs. */
  readonly host: string;
  /** Takes one H4 packet for the host. */
  readonly send: (packet: Uint8Array) => void;
  readonly violated?: (violation: ControllerViolation) => void;
}

export function createBleController(setup: BleControllerSetup): BleController {
  return new Controller(setup);
}

const addressDefault = '02:00:00:00:00:01';
const aclDefault = { length: 251, count: 8 };
const advertisingMsDefault = 20;
/** Handles run through these and begin anew. */
const handles: Readonly<Record<'first' | 'last', number>> = { first: 0x0001, last: 0x0eff };
const handleMask = 0xfff;
/** What follows the status in a report of a connection that did not come about. */
const noConnection = new Uint8Array(17);

class Controller implements BleController {
  readonly #setup: BleControllerSetup;
  readonly #acl: { readonly length: number; readonly count: number };
  readonly #credits: number;
  readonly #splitter: { feed(bytes: Uint8Array): void };
  readonly #scanner: Scanner;
  readonly #commands: ReadonlyMap<number, Command>;
  readonly #connections = new Map<number, Connection>();
  #commandsInWork = 0;
  #nextHandle = handles.first;
  #closed = false;

  constructor(setup: BleControllerSetup) {
    const { clock, boards, options } = setup;
    this.#setup = setup;
    this.#acl = options.acl ?? aclDefault;
    this.#credits = options.commandCredits ?? 1;
    this.#splitter = createH4Splitter({
      packet: (packet) => this.#packet(packet),
      skipped: () => this.#violated('malformed'),
    });
    this.#scanner = createScanner({
      clock,
      boards,
      advertisingMs: options.advertisingMs ?? advertisingMsDefault,
      report: (parameters) => this.#event(hciEvent.leMeta, [leEvent.advertisingReport, ...parameters]),
      connected: (board, parameters) => this.#connected(board, parameters),
    });
    this.#commands = createCommands(this.#commandTarget());
  }

  receive(bytes: Uint8Array): void {
    this.#splitter.feed(bytes);
  }

  close(): void {
    this.#closed = true;
    this.#reset();
  }

  #packet(packet: Uint8Array): void {
    if (packet[0] === hciType.command) this.#command(packet);
    else if (packet[0] === hciType.acl) this.#data(packet);
    else this.#violated('malformed');
  }

  #command(packet: Uint8Array): void {
    const { clock, options } = this.#setup;
    if (options.commandMs === undefined) return this.#execute(packet);
    if (this.#commandsInWork >= this.#credits) return this.#violated('command-overrun');
    this.#commandsInWork += 1;
    clock.arm(options.commandMs, 'simulated controller works on a command', () => {
      this.#commandsInWork -= 1;
      this.#execute(packet);
    });
  }

  #execute(packet: Uint8Array): void {
    if (this.#closed) return;
    const opcode = readUint16(packet, 1);
    const parameters = packet.subarray(hciOffset.commandParameters);
    const command = this.#commands.get(opcode);
    const refused = command === undefined ? hciStatus.unknownCommand : hciStatus.invalidParameters;
    const reply = command?.length === parameters.length ? command.run(parameters) : { complete: [refused] };
    if ('complete' in reply) this.#event(hciEvent.commandComplete, [this.#credits, ...uint16(opcode), ...reply.complete]);
    else this.#event(hciEvent.commandStatus, [reply.status, this.#credits, ...uint16(opcode)]);
    reply.then?.();
  }

  #data(packet: Uint8Array): void {
    const connection = this.#connections.get(readUint16(packet, 1) & handleMask);
    const inUse = [...this.#connections.values()].reduce((sum, { buffersInUse }) => sum + buffersInUse, 0);
    if (packet.length - hciOffset.aclData > this.#acl.length || inUse >= this.#acl.count) this.#violated('buffer-overrun');
    else connection?.fromHost(packet);
  }

  #commandTarget(): CommandTarget {
    const { address = addressDefault, staticAddress } = this.#setup.options;
    return {
      scanner: this.#scanner,
      publicAddress: address === null ? undefined : parseDeviceAddress(address),
      staticAddress: staticAddress === undefined ? undefined : parseDeviceAddress(staticAddress),
      acl: this.#acl,
      reset: () => this.#reset(),
      isConnected: (handle) => this.#connections.has(handle),
      disconnect: (handle) => {
        this.#connections.get(handle)?.drop();
        this.#disconnected(handle, hciStatus.localHostTerminated);
      },
      update: (handle, parameters) => {
        this.#connections.get(handle)!.parameters = parameters;
        this.#event(hciEvent.leMeta, [
          leEvent.connectionUpdateComplete,
          hciStatus.success,
          ...uint16(handle),
          ...parameterBytes(parameters),
        ]);
      },
      cancelled: () => this.#event(hciEvent.leMeta, [leEvent.connectionComplete, hciStatus.unknownConnection, ...noConnection]),
    };
  }

  #reset(): void {
    this.#scanner.reset();
    for (const connection of this.#connections.values()) connection.drop();
    this.#connections.clear();
  }

  #connected(board: BleAdvertiser, parameters: LinkParameters): void {
    const { clock, options, host, send } = this.#setup;
    const handle = this.#freeHandle();
    this.#connectionComplete(handle, board.address, parameters);
    const connection = new Connection({
      handle,
      clock,
      board,
      host,
      parameters,
      aclLength: this.#acl.length,
      packetsPerEvent: options.packetsPerEvent,
      toHost: send,
      completed: (count) => this.#event(hciEvent.numberOfCompletedPackets, [1, ...uint16(handle), ...uint16(count)]),
      ended: (reason) => this.#disconnected(handle, reason),
    });
    this.#connections.set(handle, connection);
  }

  #freeHandle(): number {
    const handle = this.#nextHandle;
    this.#nextHandle = handle === handles.last ? handles.first : handle + 1;
    return this.#connections.has(handle) ? this.#freeHandle() : handle;
  }

  #disconnected(handle: number, reason: number): void {
    this.#connections.delete(handle);
    this.#event(hciEvent.disconnectionComplete, [hciStatus.success, ...uint16(handle), reason]);
  }

  #connectionComplete(handle: number, address: Uint8Array, parameters: LinkParameters): void {
    const central = 0;
    const clockAccuracy = 0;
    const peer = [central, randomAddress, ...address];
    const values = [...uint16(handle), ...peer, ...parameterBytes(parameters), clockAccuracy];
    this.#event(hciEvent.leMeta, [leEvent.connectionComplete, hciStatus.success, ...values]);
  }

  #violated(violation: ControllerViolation): void {
    this.#setup.violated?.(violation);
  }

  #event(code: number, parameters: readonly number[]): void {
    if (!this.#closed) this.#setup.send(eventPacket(code, Uint8Array.from(parameters)));
  }
}

function parameterBytes({ interval, latency, timeout }: LinkParameters): readonly number[] {
  return [interval, latency, timeout].flatMap(uint16);
}
