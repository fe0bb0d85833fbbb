/** What goes through the air between a virtual controller and the boards in its reach: advertising and links. */

/** A board's Bluetooth as controllers meet it. */
export interface BleAdvertiser {
  /** Static random address, lowest byte first. */
  readonly address: Uint8Array;
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
  /** Sends one L2CAP payload; false when too much waits already. */
  send(channel: number, payload: Uint8Array): boolean;
  /** Ends the link in order: the central learns the reason at once. */
  disconnect(reason: number): void;
  /** The board's radio falls silent: the central finds out when the supervision timeout has passed. */
  vanish(): void;
}

export interface BleLinkHandler {
  /** One L2CAP payload that arrived. */
  receive(channel: number, payload: Uint8Array): void;
  /** Called once when the link is over, unless the board itself ended it. */
  closed(): void;
}

/** Connection parameters as HCI counts them: intervals of 1.25 ms, the timeout in 10 ms. */
export interface LinkParameters {
  readonly interval: number;
  readonly latency: number;
  readonly timeout: number;
}
