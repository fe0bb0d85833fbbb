/** What goes through the air between a virtual controller and the boards in its reach: advertising and links. */

/** A board's Bluetooth as controllers meet it. */
export interface BleAdvertiser {
  /** Static random address, lowest byte first. */
  readonly address: Uint8Array;
  /** What its link layer can do. */
  readonly linkLayer: LinkLayer;
  /** Undefined while the board does not advertise: it is connected, boots or is off. */
  advertisement(): Advertisement | undefined;
  /** A central connected. Called only while the board advertises. */
  connected(link: BleLink): BleLinkHandler;
}

/** Payloads of the two legacy advertising packets, at most 31 bytes each. */
export interface Advertisement {
  readonly data: Uint8Array;
  readonly scanResponse: Uint8Array;
}

/** The board's end of a link. */
export interface BleLink {
  /** Where the central is, for logs. */
  readonly central: string;
  readonly parameters: LinkParameters;
  /** Sends one L2CAP payload; false when too much waits already. `sent` is called when all of it has gone through the air. */
  send(channel: number, payload: Uint8Array, sent?: () => void): boolean;
  /** Ends the link in order: the central learns the reason at once. */
  disconnect(reason: number): void;
  /** The board's radio falls silent: the central finds out when the supervision timeout has passed. */
  vanish(): void;
}

export interface BleLinkHandler {
  /** One L2CAP payload that arrived. */
  receive(channel: number, payload: Uint8Array): void;
  /** The central encrypts the link with the keys of an earlier one; false when the board does not have them any more. */
  encrypt(): boolean;
  /** Called once when the link is over, unless the board itself ended it. */
  closed(): void;
}

/** Connection parameters as HCI counts them: intervals of 1.25 ms, the timeout in 10 ms. */
export interface LinkParameters {
  readonly interval: number;
  readonly latency: number;
  readonly timeout: number;
}

/** Symbols per second of the physical layer, in millions. */
export type Phy = '1M' | '2M';

export interface LinkLayer {
  /** Data bytes of a packet on the air: 251 with the data length extension, 27 without. */
  readonly dataBytes: number;
  /** What it agrees to when a central asks for 2M. */
  readonly phy: Phy;
  /** Whether it answers that at all. */
  readonly answersPhy: boolean;
}

/** Zephyr's controller has the data length extension; 2M is a choice of its build. */
export const plainLinkLayer: LinkLayer = { dataBytes: 251, phy: '1M', answersPhy: true };
