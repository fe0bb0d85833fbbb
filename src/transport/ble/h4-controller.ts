/**
 * An HCI controller over H4, made ready for noble: it does what the Linux kernel does for noble elsewhere. It brings
 * the controller up, keeps to its command credits and buffers, hands its packets over one at a time, answers requests
 * for connection parameters, and lends an address to controllers that have none.
 */

import { setImmediate } from 'node:timers/promises';
import { abortable, deadline } from '../../base/clock.ts';
import { messageOf, type BootproofError } from '../../base/errors.ts';
import type { Channel } from '../channel.ts';
import { linkClosed } from '../link-errors.ts';
import type { TransportContext } from '../transport.ts';
import type { H4Place } from './address.ts';
import { adapterBroken, adapterSilent } from './errors.ts';
import { createH4Splitter } from './h4.ts';
import { openH4Stream } from './h4-stream.ts';
import { commandPacket, hciCommand, hciEvent, hciStatus, hciType, readUint16, uint16 } from './hci.ts';
import { createHciQueue, type HciQueue } from './hci-queue.ts';
import { createStaticAddress, isNoAddress, sendFromRandomAddress, tellRandomAddress } from './own-address.ts';
import { answerParameterRequest } from './parameter-request.ts';

export interface H4ControllerOptions {
  readonly name: string;
  readonly place: H4Place;
}

/** A controller answers at once; one that was just reset needs some hundred milliseconds. */
const bringUpMsMax = 2_000;
/** Bytes that are no HCI, after which the place of packets is lost for good. */
const skippedBytesMax = 1024;
/** Packets of the controller that wait to be handed over; they wait for one turn of the event loop each. */
const arrivedMax = 4096;
/** Link layer packets of the largest size (Core Specification, volume 4 part E, section 7.8.34): 251 bytes, 2120 us. */
const dataLength = [...uint16(251), ...uint16(2120)];

export class H4Controller {
  /** Aborted when the controller is gone, useless or closed; the reason is an infra error. */
  readonly over: AbortSignal;
  /** The random address that it sends from, when it has no other. */
  randomAddress: Uint8Array | undefined;
  /** Takes the packets of the controller. Set when somebody is there to take them. */
  deliver: (packet: Uint8Array) => void = () => undefined;
  readonly #options: H4ControllerOptions;
  readonly #queue: HciQueue;
  readonly #splitter: { feed(bytes: Uint8Array): void };
  readonly #arrived: Uint8Array[] = [];
  #channel: Channel | undefined;
  #delivering = false;
  #skipped = 0;
  readonly #end = new AbortController();
  /** Takes the answer to the command under way while the controller is brought up. */
  #answered: ((packet: Uint8Array) => void) | undefined;

  private constructor(options: H4ControllerOptions) {
    this.#options = options;
    this.over = this.#end.signal;
    this.#queue = createHciQueue((packet) => this.#send(packet));
    this.#splitter = createH4Splitter({ packet: (packet) => this.#arrive(packet), skipped: (count) => this.#skip(count) });
  }

  /** Opens the stream and brings the controller up. Rejects with an infra error that says which of the two failed. */
  static async open(options: H4ControllerOptions, context: TransportContext): Promise<H4Controller> {
    const controller = new H4Controller(options);
    const events = {
      bytes: (bytes: Uint8Array) => controller.#splitter.feed(bytes),
      note: () => undefined,
      lost: (error: BootproofError) => controller.#fail(error),
    };
    controller.#channel = await openH4Stream(options.name, options.place, events, context);
    try {
      await controller.#bringUpInTime(context);
      return controller;
    } catch (thrown) {
      await controller.close();
      throw thrown;
    }
  }

  /** One packet of the host. */
  write(packet: Uint8Array): void {
    const sent = this.randomAddress === undefined ? packet : sendFromRandomAddress(packet);
    if (!this.#queue.write(sent)) this.#fail(adapterBroken(this.#options.name, 'takes neither commands nor data any more'));
  }

  /** Idempotent. Nothing is delivered any more. */
  async close(): Promise<void> {
    this.#end.abort(linkClosed(`adapter ${this.#options.name}`));
    await this.#channel?.close();
  }

  async #bringUpInTime({ clock, signal }: TransportContext): Promise<void> {
    const { name } = this.#options;
    const limit = deadline(clock, {
      ms: bringUpMsMax,
      why: `bringing up adapter ${name}`,
      parent: signal,
      reason: () => adapterSilent(name, bringUpMsMax, this.#skipped),
    });
    try {
      await abortable(abortable(this.#bringUp(), this.over), limit.signal);
    } finally {
      limit.dispose();
    }
  }

  async #bringUp(): Promise<void> {
    await this.#command(hciCommand.reset);
    await this.#command(hciCommand.leWriteDefaultDataLength, dataLength);
    const [, low = 0, high = 0, count = 0] = await this.#command(hciCommand.leReadBufferSize);
    // Controllers without buffers of their own for LE share those of BR/EDR.
    const shared = low + high === 0 || count === 0 ? await this.#command(hciCommand.readBufferSize) : undefined;
    this.#queue.setBuffers(shared === undefined ? count : readUint16(shared, 4));
    const address = (await this.#command(hciCommand.readAddress)).slice(1, 7);
    if (isNoAddress(address)) await this.#takeRandomAddress();
  }

  async #takeRandomAddress(): Promise<void> {
    const [status, count, ...addresses] = await this.#command(hciCommand.zephyrReadStaticAddresses);
    const known = status === hciStatus.success && count! > 0 && addresses.length >= 6;
    const address = known ? Uint8Array.from(addresses.slice(0, 6)) : createStaticAddress();
    await this.#command(hciCommand.leSetRandomAddress, [...address]);
    this.randomAddress = address;
  }

  /** The return parameters of a command, its status first. */
  async #command(opcode: number, parameters: readonly number[] = []): Promise<Uint8Array> {
    const answer = new Promise<Uint8Array>((resolve) => {
      this.#answered = (packet) => {
        const [, code, , first] = packet;
        if (code === hciEvent.commandComplete && readUint16(packet, 4) === opcode) resolve(packet.slice(6));
        if (code === hciEvent.commandStatus && readUint16(packet, 5) === opcode) resolve(Uint8Array.of(first ?? 0));
      };
    });
    this.write(commandPacket(opcode, Uint8Array.from(parameters)));
    return answer.finally(() => (this.#answered = undefined));
  }

  #send(packet: Uint8Array): void {
    // What cannot be written ends the channel, and that is told by `lost`.
    void this.#channel?.write(packet).catch(() => undefined);
  }

  #skip(count: number): void {
    this.#skipped += count;
    if (this.#skipped > skippedBytesMax) this.#fail(adapterBroken(this.#options.name, `sent ${this.#skipped} bytes that are no HCI`));
  }

  #arrive(packet: Uint8Array): void {
    if (packet[0] === hciType.event && packet[1] === hciEvent.hardwareError) {
      return this.#fail(adapterBroken(this.#options.name, `reports hardware error ${packet[3] ?? 0}`));
    }
    this.#arrived.push(packet);
    if (this.#arrived.length > arrivedMax) this.#fail(adapterBroken(this.#options.name, 'sends more than this host can take'));
    if (!this.#delivering) void this.#deliverAll();
  }

  /**
   * One packet in each turn of the event loop: noble awaits between queueing data and looking up its connection, so a
   * disconnection in the same turn as the data before it makes it throw where nobody can catch it.
   */
  async #deliverAll(): Promise<void> {
    this.#delivering = true;
    for (let next = this.#arrived.shift(); next !== undefined && !this.over.aborted; next = this.#arrived.shift()) {
      this.#queue.observe(next);
      this.#answered?.(next);
      const answers = answerParameterRequest(next);
      if (answers === undefined) this.#handOver(next);
      else for (const answer of answers) this.write(answer);
      await setImmediate();
    }
    this.#delivering = false;
  }

  #handOver(packet: Uint8Array): void {
    try {
      this.deliver(this.randomAddress === undefined ? packet : tellRandomAddress(packet, this.randomAddress));
    } catch (thrown) {
      this.#fail(adapterBroken(this.#options.name, `sent a packet that noble cannot read: ${messageOf(thrown)}`));
    }
  }

  #fail(error: BootproofError): void {
    this.#end.abort(error);
    void this.#channel?.close();
  }
}
