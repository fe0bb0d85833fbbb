/** The client's side of the Attribute Protocol (Core Specification, volume 3 part F): one request at a time, and what comes unasked. */

import type { Bounds } from './bounded.ts';
import { bounded } from './bounded.ts';
import { attOp } from './att.ts';
import { readUint16 } from './hci.ts';

/** Carries PDUs to a server. */
export interface AttBearer {
  /** Resolves when the PDU is on its way, or at least waits for nothing but the air. */
  send(pdu: Uint8Array): Promise<void>;
  /** Idempotent. No event is delivered after it resolved. */
  close(): Promise<void>;
}

export interface AttBearerEvents {
  readonly pdu: (pdu: Uint8Array) => void;
  /** The link is over, for an HCI reason. */
  readonly lost: (reason: number) => void;
}

/** The answer to a request, or why the server refused it. */
export type AttAnswer = { readonly pdu: Uint8Array } | { readonly error: number };

export interface AttClient {
  /** Every PDU of the server comes here. */
  receive(pdu: Uint8Array): void;
  /** Waits for the answer within the bounds. */
  request(pdu: Uint8Array, bounds: Bounds): Promise<AttAnswer>;
}

/** Where in a notification its value begins, and in an error response its code stands. */
const valueAt = 3;
const errorAt = 4;

export function createAttClient(
  send: (pdu: Uint8Array) => Promise<void>,
  notified: (handle: number, value: Uint8Array) => void,
): AttClient {
  let answer: ((pdu: Uint8Array) => void) | undefined;
  return {
    receive: (pdu) => {
      if (pdu[0] === attOp.notification) notified(readUint16(pdu, 1), pdu.slice(valueAt));
      else answer?.(pdu);
    },
    request: (pdu, bounds) =>
      bounded(bounds, async (signal) => {
        const answered = new Promise<Uint8Array>((resolve, reject) => {
          answer = resolve;
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        });
        await Promise.race([send(pdu), answered]);
        const came = await answered;
        return came[0] === attOp.error ? { error: came[errorAt] ?? 0 } : { pdu: came };
      }),
  };
}
