/**
 * `ble:NAME-or-ADDRESS?adapter=...`: SMP over Bluetooth Low Energy (smp.md 5.4). One write carries one packet, unless
 * the server is known to put packets together.
 */

import type { AddressReader } from './address.ts';
import { bleForms, parseBleAddress, type BleAddress } from './ble/address.ts';
import type { Transport, TransportContext, TransportEvents } from './transport.ts';

export const ble = {
  forms: bleForms,

  parse: (reader: AddressReader): BleAddress => parseBleAddress(reader),

  // Half of this room is about the radio: whoever only reads addresses, or uses other links, does without.
  open: async (address: BleAddress, events: TransportEvents, context: TransportContext): Promise<Transport> =>
    (await import('./ble/transport.ts')).openBleTransport(address, events, context),
};

/** Resolves when the device advertises. Rejects with an infra error: `device-not-found` after `ms`, or what is wrong with the adapter. */
export async function hearAdvertising(address: BleAddress, ms: number, context: TransportContext): Promise<void> {
  return (await import('./ble/transport.ts')).hearAdvertising(address, ms, context);
}
