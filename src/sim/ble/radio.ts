/** What a device's own doing adds to its radio: the part of the Bluetooth stack that knobs wrap. */
export interface Radio {
  /** An ATT PDU of the board on its way to the central. */
  send(pdu: Uint8Array, deliver: (pdu: Uint8Array) => void): void;
  /** Whether the board lets itself be found, where nothing else keeps it from that. */
  advertises(): boolean;
  /** A link is over. */
  closed(): void;
}

export const plainRadio: Radio = { send: (pdu, deliver) => deliver(pdu), advertises: () => true, closed: () => undefined };
