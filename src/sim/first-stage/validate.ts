/** What the first stage demands of a program before it starts it, in its order (sdk-nrf `bl_validation.c`). */

import { equalBytes } from '../../base/bytes.ts';
import { findValidationInfo, fwInfoSize, validWord } from '../../mcuboot/fw-info.ts';
import type { FirmwareReader, FwInfo } from '../../mcuboot/fw-info.ts';
import { verifyRaw } from '../../mcuboot/raw-ecdsa.ts';

export interface Trust {
  /** The point of the key that was provisioned. */
  readonly point: Uint8Array;
}

export interface Firmware {
  readonly read: FirmwareReader;
  readonly info: FwInfo;
  /** Where it lies. */
  readonly address: number;
  /** The highest version that was ever started. */
  readonly counter: number;
  /** The most that fits its slot. */
  readonly room: number;
}

/** `stage` says whether its signature was looked at. */
export interface FirmwareFault {
  readonly stage: 'structure' | 'signature';
  readonly text: string;
}

/** The first thing that is wrong, in the words of the console. */
export function findFault(trust: Trust, firmware: Firmware): FirmwareFault | undefined {
  const structure = structureFault(firmware);
  if (structure !== undefined) return { stage: 'structure', text: structure };
  const { read, info } = firmware;
  const validation = findValidationInfo(read, info.size);
  if (validation === undefined) return { stage: 'structure', text: 'Could not find valid firmware validation info.' };
  if (validation.address !== info.address) return { stage: 'structure', text: "Validation info doesn't belong to this firmware." };
  if (!equalBytes(validation.publicKey, trust.point)) return { stage: 'signature', text: 'Failed to validate signature.' };
  const sound = verifyRaw(trust.point, read(0, info.size), validation.signature);
  return sound ? undefined : { stage: 'signature', text: `Firmware validation failed with error ${signatureError}.` };
}

/** -ESIGINV of sdk-nrf's `bl_crypto.h`. */
const signatureError = -102;

function structureFault({ read, info, address, counter, room }: Firmware): string | undefined {
  const { version, size, totalSize, offset, bootAddress } = info;
  const end = info.address + size;
  if (info.address !== address) return "The firmware doesn't belong at destination addr.";
  if (info.valid !== validWord) return `Firmware has been invalidated: 0x${info.valid.toString(16)}.`;
  if (version < counter) return `Firmware version (${version}) is smaller than monotonic counter (${counter}).`;
  if (size > room || totalSize > size || totalSize < fwInfoSize) return 'Invalid size or total_size in firmware info.';
  if (offset + totalSize > size) return 'Firmware info is not within signed region.';
  if (bootAddress < info.address || bootAddress >= end) return 'Boot address is not within signed region.';
  const vectors = read(bootAddress - info.address, 8);
  if (vectors.length < 8) return 'Reset handler is not within signed region.';
  const reset = new DataView(vectors.buffer, vectors.byteOffset, 8).getUint32(4, true);
  return reset < info.address || reset >= end ? 'Reset handler is not within signed region.' : undefined;
}
