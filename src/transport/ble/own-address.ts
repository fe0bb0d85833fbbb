/**
 * Controllers without a public address (nRF chips with Zephyr read 00:00:00:00:00:00). noble only ever sends from its
 * public address, so its packets are changed on the way to send from a static random one.
 */

import { randomBytes } from 'node:crypto';
import { equalBytes } from '../../base/bytes.ts';
import { hciCommand, hciEvent, hciType, readUint16 } from './hci.ts';

const none = new Uint8Array(6);

export function isNoAddress(address: Uint8Array): boolean {
  return equalBytes(address, none);
}

/**
 * A static random address (volume 6 part B, section 1.3.2.1). Not from the run's seed: two hosts that run the same
 * test at the same time must not share it.
 */
export function createStaticAddress(): Uint8Array {
  const address = new Uint8Array(randomBytes(6));
  address[5]! |= 0b1100_0000;
  return address;
}

/** Where the type of the own address lies in a packet, by command. */
const ownTypeOffset = new Map<number, number>([
  [hciCommand.leSetScanParameters, 9],
  [hciCommand.leCreateConnection, 16],
]);
const randomType = 0x01;

/** The packet of the host as it must be to send from the random address. */
export function sendFromRandomAddress(packet: Uint8Array): Uint8Array {
  const at = packet[0] === hciType.command ? ownTypeOffset.get(readUint16(packet, 1)) : undefined;
  return at === undefined ? packet : withBytes(packet, at, Uint8Array.of(randomType));
}

/** The packet of the controller with the random address where it tells its public one. */
export function tellRandomAddress(packet: Uint8Array, address: Uint8Array): Uint8Array {
  const tells = packet[0] === hciType.event && packet[1] === hciEvent.commandComplete && readUint16(packet, 4) === hciCommand.readAddress;
  return tells ? withBytes(packet, 7, address) : packet;
}

function withBytes(packet: Uint8Array, at: number, bytes: Uint8Array): Uint8Array {
  const changed = packet.slice();
  changed.set(bytes.subarray(0, Math.max(0, changed.length - at)), at);
  return changed;
}
