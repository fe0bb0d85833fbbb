/** What a device's own doing adds to its radio: the part of the Bluetooth stack that knobs wrap. */

import type { LinkLayer, LinkParameters } from './air.ts';
import type { GattDatabase } from './gatt-database.ts';

/** Takes an ATT PDU of the board for the central; `sent` is called when all of it has gone through the air. */
export type Deliver = (pdu: Uint8Array, sent?: () => void) => void;

export interface Radio {
  /** An ATT PDU of the central on its way to the board. */
  receive(pdu: Uint8Array, take: (pdu: Uint8Array) => void): void;
  /** An ATT PDU of the board on its way to the central. */
  send(pdu: Uint8Array, deliver: Deliver): void;
  /** Whether the board lets itself be found, where nothing else keeps it from that. */
  advertises(): boolean;
  /** A link has come about. */
  connected(link: RadioLink): void;
  /** A link is over. */
  closed(): void;
  /** The address that the board goes by, lowest byte first. */
  address(own: Uint8Array): Uint8Array;
  /** What a new link finds. */
  database(own: GattDatabase): GattDatabase;
  linkLayer(own: LinkLayer): LinkLayer;
  /** A central that was here before encrypts the link: whether the board still has the keys. */
  hasKeys(): boolean;
}

/** What the board can do with the link that it has. */
export interface RadioLink {
  /** Asks the central for other parameters. */
  request(parameters: LinkParameters): void;
}

export const plainRadio: Radio = {
  receive: (pdu, take) => take(pdu),
  send: (pdu, deliver) => deliver(pdu),
  advertises: () => true,
  connected: () => undefined,
  closed: () => undefined,
  address: (own) => own,
  database: (own) => own,
  linkLayer: (own) => own,
  hasKeys: () => true,
};
