/** An ATT server over a fixed database (Core Specification, volume 3 part F): one request PDU in, one answer out. Pure. */

import { assert } from '../../base/assert.ts';
import { concatBytes, equalBytes } from '../../base/bytes.ts';
import { attError, attMtu, attOp, attWriteOverhead } from '../../transport/ble/att.ts';
import { readUint16, uint16 } from '../../transport/ble/hci.ts';
import type { Attribute, GattDatabase } from './gatt-database.ts';

const commandFlag = 0x40;

export interface AttServerOptions {
  readonly database: GattDatabase;
  /** The largest MTU that the server agrees to. */
  readonly mtu: number;
  /** A value was written to the SMP characteristic. */
  readonly written: (value: Uint8Array) => void;
  /** Notifications were switched on or off. */
  readonly subscribed: (on: boolean) => void;
}

export interface AttServer {
  /** The MTU that holds now. */
  readonly mtu: number;
  /** True when the client asked for notifications. */
  readonly subscribed: boolean;
  /** The answer to a PDU; undefined for those that have none. */
  receive(pdu: Uint8Array): Uint8Array | undefined;
  /** The PDU of a notification. */
  notification(value: Uint8Array): Uint8Array;
}

/** The error response to a request. */
export function attErrorPdu(request: Uint8Array, handle: number, code: number): Uint8Array {
  return Uint8Array.of(attOp.error, request[0] ?? 0, ...uint16(handle), code);
}

export function createAttServer(options: AttServerOptions): AttServer {
  return new Server(options);
}

/** An answer, or the error code with the handle that it is about. */
type Answer = Uint8Array | { readonly error: number; readonly handle: number } | undefined;

class Server implements AttServer {
  mtu: number = attMtu.least;
  subscribed = false;
  readonly #options: AttServerOptions;

  constructor(options: AttServerOptions) {
    assert(options.mtu >= attMtu.least && options.mtu <= attMtu.most, `an ATT MTU of ${options.mtu}`);
    this.#options = options;
  }

  receive(pdu: Uint8Array): Uint8Array | undefined {
    const answer = this.#answer(pdu);
    return answer === undefined || answer instanceof Uint8Array ? answer : attErrorPdu(pdu, answer.handle, answer.error);
  }

  notification(value: Uint8Array): Uint8Array {
    return concatBytes([Uint8Array.of(attOp.notification, ...uint16(this.#options.database.smp.value)), value]);
  }

  #answer(pdu: Uint8Array): Answer {
    const op = pdu[0] ?? 0;
    const start = readUint16(pdu, 1);
    switch (op) {
      case attOp.mtuRequest:
        return this.#agreeMtu(start);
      case attOp.findInformation:
        return this.#findInformation(start, readUint16(pdu, 3));
      case attOp.readByType:
      case attOp.readByGroupType:
        return this.#readByType(op, start, readUint16(pdu, 3), pdu.subarray(5));
      case attOp.read:
      case attOp.readBlob:
        return this.#read(op, start, op === attOp.read ? 0 : readUint16(pdu, 3));
      case attOp.write:
        return this.#write(start, pdu.subarray(attWriteOverhead));
      case attOp.writeCommand:
        if (start === this.#options.database.smp.value) this.#options.written(pdu.slice(attWriteOverhead));
        return undefined;
      default:
        return isRequest(op) ? { error: attError.requestNotSupported, handle: 0 } : undefined;
    }
  }

  #agreeMtu(wanted: number): Answer {
    this.mtu = Math.max(attMtu.least, Math.min(wanted, this.#options.mtu));
    return Uint8Array.of(attOp.mtuResponse, ...uint16(this.#options.mtu));
  }

  /** Types with their handles; all of one answer have the same length. */
  #findInformation(start: number, end: number): Answer {
    const found = this.#between(start, end);
    const size = found[0]?.type.length;
    if (size === undefined) return { error: attError.attributeNotFound, handle: start };
    const entries = takeWhile(found, ({ type }) => type.length === size).map(({ handle, type }) =>
      concatBytes([Uint8Array.of(...uint16(handle)), type]),
    );
    return this.#list(Uint8Array.of(attOp.findInformation + 1, size === 2 ? 1 : 2), entries);
  }

  /** Values with their handles (and, of services, the end of the group); all of one answer have the same length. */
  #readByType(op: number, start: number, end: number, type: Uint8Array): Answer {
    const grouped = op === attOp.readByGroupType;
    const found = this.#between(start, end).filter((attribute) => equalBytes(attribute.type, type));
    const [first] = found;
    if (first === undefined) return { error: attError.attributeNotFound, handle: start };
    const value = this.#valueOf(first);
    if (value === undefined) return { error: attError.readNotPermitted, handle: first.handle };
    const alike = takeWhile(found, (attribute) => this.#valueOf(attribute)?.length === value.length);
    const entries = alike.map((attribute) => {
      const { handle, groupEnd } = attribute;
      return concatBytes([Uint8Array.of(...uint16(handle), ...(grouped ? uint16(groupEnd ?? handle) : [])), this.#valueOf(attribute)!]);
    });
    return this.#list(Uint8Array.of(op + 1, entries[0]!.length), entries);
  }

  #read(op: number, handle: number, offset: number): Answer {
    const attribute = this.#options.database.attributes.find((candidate) => candidate.handle === handle);
    if (attribute === undefined) return { error: attError.invalidHandle, handle };
    const value = this.#valueOf(attribute);
    if (value === undefined) return { error: attError.readNotPermitted, handle };
    return concatBytes([Uint8Array.of(op + 1), value.subarray(offset, offset + this.mtu - 1)]);
  }

  /** The SMP characteristic takes no write requests; its configuration is all that can be written so. */
  #write(handle: number, value: Uint8Array): Answer {
    if (handle !== this.#options.database.smp.configuration) return { error: attError.writeNotPermitted, handle };
    if (value.length !== 2) return { error: attError.invalidPdu, handle };
    this.subscribed = (value[0]! & 1) === 1;
    this.#options.subscribed(this.subscribed);
    return Uint8Array.of(attOp.write + 1);
  }

  #valueOf({ handle, value }: Attribute): Uint8Array | undefined {
    return handle === this.#options.database.smp.configuration ? Uint8Array.of(this.subscribed ? 1 : 0, 0) : value;
  }

  #between(start: number, end: number): readonly Attribute[] {
    return this.#options.database.attributes.filter(({ handle }) => handle >= start && handle <= end);
  }

  /** As many entries as the MTU has room for, at least one. */
  #list(head: Uint8Array, entries: readonly Uint8Array[]): Uint8Array {
    const room = Math.max(1, Math.floor((this.mtu - head.length) / entries[0]!.length));
    return concatBytes([head, ...entries.slice(0, room)]);
  }
}

/** Requests have even opcodes and no command flag; the client's other PDU is the confirmation. */
function isRequest(op: number): boolean {
  return op % 2 === 0 && (op & commandFlag) === 0 && op !== attOp.confirmation;
}

function takeWhile<T>(items: readonly T[], holds: (item: T) => boolean): readonly T[] {
  const end = items.findIndex((item) => !holds(item));
  return end < 0 ? items : items.slice(0, end);
}
