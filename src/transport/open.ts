/** Addresses to links. A new kind of link is one file with `forms`, `parse` and `open`, and one line in the table below. */

import { assert } from '../base/assert.ts';
import { badAddress, createAddressReader, type AddressReader } from './address.ts';
import { ble, hearAdvertising } from './ble.ts';
import { rfc2217 } from './rfc2217.ts';
import { serial } from './serial.ts';
import { tcp } from './tcp.ts';
import { udp } from './udp.ts';
import type { Transport, TransportContext, TransportEvents } from './transport.ts';

interface Scheme<Address> {
  /** How its addresses are written, for hints. */
  readonly forms: readonly string[];
  parse(reader: AddressReader): Address;
  open(address: Address, events: TransportEvents, context: TransportContext): Promise<Transport>;
}

const schemes = { serial, tcp, rfc2217, udp, ble };

/** A parsed address, told apart by `scheme`; `text` is what the user wrote. */
export type TransportAddress = ReturnType<(typeof schemes)[keyof typeof schemes]['parse']>;

/** Throws an input error (`bad-address`) whose hint lists the forms. */
export function parseAddress(text: string): TransportAddress {
  const colon = text.indexOf(':');
  const scheme = schemeNamed(text.slice(0, Math.max(0, colon)));
  if (scheme === undefined)
    throw badAddress(
      text,
      'it does not begin with a known kind of link',
      Object.values(schemes).flatMap(({ forms }) => forms),
    );
  const reader = createAddressReader(text, text.slice(colon + 1), scheme.forms);
  const address = scheme.parse(reader);
  reader.finish();
  return address;
}

/**
 * Opens the link. Rejects with an input error for a bad address, with an infra error that carries a mend when the link
 * cannot be opened in time, and with the reason of the context's signal when that is aborted before it is open.
 */
export async function openTransport(
  address: string | TransportAddress,
  events: TransportEvents,
  context: TransportContext,
): Promise<Transport> {
  const parsed = typeof address === 'string' ? parseAddress(address) : address;
  // Each address was made by the scheme that it names, which the compiler cannot follow through the table.
  const scheme: Scheme<TransportAddress> = schemes[parsed.scheme];
  return scheme.open(parsed, events, context);
}

/** Whether what is at the other end of such links says by itself that it is there. */
export function isAdvertised(address: string): boolean {
  return address.startsWith('ble:');
}

/** Resolves when the device at a BLE address advertises. Rejects with an infra error: `device-not-found` after `ms`, or what is wrong with the adapter. */
export function awaitAdvertising(address: string, ms: number, context: TransportContext): Promise<void> {
  const parsed = parseAddress(address);
  assert(parsed.scheme === 'ble', `${address} is no BLE address`);
  return hearAdvertising(parsed, ms, context);
}

/** Whether the one who opens the link can be the server on it: streams are alike from both ends, and a UDP port may listen. */
export function canServe(address: string): boolean {
  const parsed = parseAddress(address);
  return parsed.scheme === 'udp' ? parsed.listen : ['serial', 'tcp', 'rfc2217'].includes(parsed.scheme);
}

function schemeNamed(name: string): Scheme<TransportAddress> | undefined {
  return Object.hasOwn(schemes, name) ? schemes[name as keyof typeof schemes] : undefined;
}
