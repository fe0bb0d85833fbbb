/**
 * A simulated board's Bluetooth: it advertises while nobody is connected, serves GATT on the link that it has, and hands
 * what is written to the SMP characteristic to its peer handler, one write at a time.
 */

import { assert } from '../../base/assert.ts';
import { concatBytes, utf8 } from '../../base/bytes.ts';
import type { Accept, PeerHandler } from '../../transport/listener.ts';
import { attOp, attWriteOverhead, gattType } from '../../transport/ble/att.ts';
import { formatAddress, hciStatus, l2capChannel, parseDeviceAddress, readUint16, signalCode, uint16 } from '../../transport/ble/hci.ts';
import { smpServiceUuid } from '../../transport/ble/smp-service.ts';
import { plainLinkLayer } from './air.ts';
import type { Advertisement, BleAdvertiser, BleLink, BleLinkHandler, LinkLayer, LinkParameters } from './air.ts';
import { attErrorPdu, createAttServer, type AttServer } from './att-server.ts';
import { plainRadio, type Radio } from './radio.ts';
import { createGattDatabase, uuid128, type GattDatabase } from './gatt-database.ts';

/** The steps of a client, by the first PDU of each. */
export type BlePhase = 'mtu' | 'services' | 'characteristics' | 'subscribe' | 'write';

/** What a board's Bluetooth is like. Plain data. */
export interface BleBoardOptions {
  /** At most 29 bytes of UTF-8: it goes into one advertising packet. */
  readonly name: string;
  /** Static random address, such as `C0:00:00:00:00:01`. */
  readonly address: string;
  /** The largest ATT MTU that it agrees to, 23 to 517. Default 247. */
  readonly mtu?: number;
  /** ATT errors in place of answers: `{subscribe: 0x05}` is a characteristic that demands pairing, which this board refuses. */
  readonly errors?: Partial<Record<BlePhase, number>>;
  /** Each notification whose number this divides is lost. */
  readonly loseEveryNotification?: number;
  /** Asked of the central once it subscribed, as Zephyr does during transfers (CONFIG_MCUMGR_TRANSPORT_BT_CONN_PARAM_CONTROL). */
  readonly parameterRequest?: LinkParameters;
  /** What happens when a client reaches a phase: the radio falls silent, the board disconnects, or it does not answer. */
  readonly fault?: { readonly at: BlePhase; readonly do: 'vanish' | 'disconnect' | 'ignore' };
}

export interface BleBoard extends BleAdvertiser {
  /** What is known of the link; undefined without one. */
  link(): { readonly mtu: number; readonly parameters: LinkParameters; readonly parametersAccepted: boolean | undefined } | undefined;
  /** The firmware's Bluetooth comes up, or goes away with the firmware: then the radio is silent at once. A board begins up. */
  setUp(up: boolean): void;
  /** The firmware ends its link in order, with an HCI reason; by default "remote user terminated connection". */
  disconnect(reason?: number): void;
}

const mtuDefault = 247;
const nameBytesMax = 29;

/** Flags: general discoverable, no BR/EDR (Core Specification Supplement, part A, section 1.3). */
const flags = advertisingField(0x01, Uint8Array.of(0x06));
const adTypes = { allUuids128: 0x07, completeName: 0x09 } as const;

/** `accept` is called for each link; the peer's `send` takes an answer in pieces of any size. */
export function createBleBoard(options: BleBoardOptions, accept: Accept, radio: Radio = plainRadio): BleBoard {
  const address = parseDeviceAddress(options.address);
  assert(address !== undefined, `"${options.address}" is no device address`);
  assert(utf8(options.name).length <= nameBytesMax, 'the name fits one advertising packet');
  return new Board({ options, address, accept, radio });
}

interface BoardParts {
  readonly options: BleBoardOptions;
  readonly address: Uint8Array;
  readonly accept: Accept;
  readonly radio: Radio;
}

class Board implements BleBoard {
  readonly #address: Uint8Array;
  readonly #options: BleBoardOptions;
  readonly #advertisement: Advertisement;
  readonly #database: GattDatabase;
  readonly #accept: Accept;
  readonly #radio: Radio;
  #up = true;
  #session: Session | undefined;

  constructor({ options, address, accept, radio }: BoardParts) {
    this.#address = address;
    this.#radio = radio;
    this.#options = options;
    this.#accept = accept;
    this.#database = createGattDatabase(options.name);
    this.#advertisement = {
      data: concatBytes([flags, advertisingField(adTypes.allUuids128, uuid128(smpServiceUuid))]),
      scanResponse: advertisingField(adTypes.completeName, utf8(options.name)),
    };
  }

  get address(): Uint8Array {
    return this.#radio.address(this.#address);
  }

  get linkLayer(): LinkLayer {
    return this.#radio.linkLayer(plainLinkLayer);
  }

  advertisement(): Advertisement | undefined {
    return this.#up && this.#session === undefined && this.#radio.advertises() ? this.#advertisement : undefined;
  }

  connected(link: BleLink): BleLinkHandler {
    const session = new Session({
      options: this.#options,
      address: this.address,
      database: this.#radio.database(this.#database),
      link,
      accept: this.#accept,
      radio: this.#radio,
      over: () => {
        this.#session = undefined;
        this.#radio.closed();
      },
    });
    this.#session = session;
    this.#radio.connected({ request: (parameters) => session.request(parameters) });
    return session;
  }

  link(): ReturnType<BleBoard['link']> {
    return this.#session?.state();
  }

  setUp(up: boolean): void {
    this.#up = up;
    if (!up) this.#session?.end('vanish');
  }

  disconnect(reason?: number): void {
    this.#session?.end('disconnect', reason);
  }
}

interface SessionOptions {
  readonly options: BleBoardOptions;
  readonly address: Uint8Array;
  readonly database: GattDatabase;
  readonly link: BleLink;
  readonly accept: Accept;
  readonly radio: Radio;
  readonly over: () => void;
}

/** One link of a board. */
class Session implements BleLinkHandler {
  readonly #options: BleBoardOptions;
  readonly #link: BleLink;
  readonly #database: GattDatabase;
  readonly #att: AttServer;
  readonly #peer: PeerHandler;
  readonly #radio: Radio;
  readonly #over: () => void;
  #notifications = 0;
  #parametersAccepted: boolean | undefined;
  #ended = false;

  constructor({ options, address, database, link, accept, radio, over }: SessionOptions) {
    this.#options = options;
    this.#link = link;
    this.#database = database;
    this.#radio = radio;
    this.#over = over;
    this.#att = createAttServer({
      database,
      mtu: options.mtu ?? mtuDefault,
      written: (value) => this.#peer.receive(value),
      subscribed: (on) => this.#subscribed(on),
    });
    this.#peer = accept({
      name: `ble:${formatAddress(address)} from ${link.central}`,
      send: (bytes) => this.#notify(bytes),
    });
  }

  state(): ReturnType<BleBoard['link']> {
    return { mtu: this.#att.mtu, parameters: this.#link.parameters, parametersAccepted: this.#parametersAccepted };
  }

  end(how: 'vanish' | 'disconnect', reason: number = hciStatus.remoteUserTerminated): void {
    if (how === 'vanish') this.#link.vanish();
    else this.#link.disconnect(reason);
    this.closed();
  }

  closed(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#over();
    this.#peer.closed();
  }

  encrypt(): boolean {
    return this.#radio.hasKeys();
  }

  receive(channel: number, payload: Uint8Array): void {
    if (channel === l2capChannel.attribute) this.#radio.receive(payload, (pdu) => this.#attribute(pdu));
    else if (channel === l2capChannel.signalling) this.#signal(payload);
    else if (channel === l2capChannel.security) this.#link.send(channel, pairingFailed);
  }

  #attribute(pdu: Uint8Array): void {
    if (this.#ended) return;
    const phase = phaseOf(pdu, this.#database);
    const { fault, errors } = this.#options;
    if (phase !== undefined && fault?.at === phase) {
      if (fault.do !== 'ignore') this.end(fault.do);
      return;
    }
    const error = phase === undefined ? undefined : errors?.[phase];
    if (error === undefined) return this.#answer(this.#att.receive(pdu));
    if (phase !== 'write') this.#answer(attErrorPdu(pdu, readUint16(pdu, 1), error));
  }

  #answer(pdu: Uint8Array | undefined): void {
    if (pdu !== undefined) this.#radio.send(pdu, (one, sent) => void this.#link.send(l2capChannel.attribute, one, sent));
  }

  #signal(payload: Uint8Array): void {
    const [code = 0, identifier = 0] = payload;
    if (code === signalCode.parameterResponse) this.#parametersAccepted = readUint16(payload, 4) === 0;
    else if (code !== signalCode.reject) this.#link.send(l2capChannel.signalling, Uint8Array.of(signalCode.reject, identifier, 2, 0, 0, 0));
  }

  #subscribed(on: boolean): void {
    const { parameterRequest: wanted } = this.#options;
    if (on && wanted !== undefined) this.request(wanted);
  }

  request(wanted: LinkParameters): void {
    const interval = uint16(wanted.interval);
    const values = [...interval, ...interval, ...uint16(wanted.latency), ...uint16(wanted.timeout)];
    this.#link.send(l2capChannel.signalling, Uint8Array.of(signalCode.parameterRequest, 1, ...uint16(values.length), ...values));
  }

  #notify(bytes: Uint8Array): void {
    if (this.#ended || !this.#att.subscribed) return;
    const pieceMax = this.#att.mtu - attWriteOverhead;
    for (let at = 0; at < bytes.length; at += pieceMax) {
      this.#notifications += 1;
      const lost = this.#options.loseEveryNotification;
      if (lost !== undefined && this.#notifications % lost === 0) continue;
      this.#answer(this.#att.notification(bytes.subarray(at, at + pieceMax)));
    }
  }
}

/** Pairing Failed: pairing is not supported (volume 3 part H, section 3.5.5). */
const pairingFailed = Uint8Array.of(0x05, 0x05);

function phaseOf(pdu: Uint8Array, { smp }: GattDatabase): BlePhase | undefined {
  switch (pdu[0]) {
    case attOp.mtuRequest:
      return 'mtu';
    case attOp.readByGroupType:
      return 'services';
    case attOp.readByType:
      return readUint16(pdu, 5) === gattType.characteristic ? 'characteristics' : undefined;
    case attOp.write:
      return readUint16(pdu, 1) === smp.configuration ? 'subscribe' : undefined;
    case attOp.writeCommand:
      return 'write';
    default:
      return undefined;
  }
}

/** One structure of an advertising packet: length, type, data. */
function advertisingField(type: number, data: Uint8Array): Uint8Array {
  return Uint8Array.of(data.length + 1, type, ...data);
}
