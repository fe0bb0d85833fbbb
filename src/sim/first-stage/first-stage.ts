/**
 * The immutable first stage of nRF Connect SDK (NSIB, B0): checks the two copies of MCUboot and starts the newer valid one
 * (mcuboot.md 10; sdk-nrf `samples/bootloader`).
 */

import { findFwInfo, invalidation } from '../../mcuboot/fw-info.ts';
import { hash } from '../../mcuboot/hash.ts';
import type { FirmwareReader, FwInfo } from '../../mcuboot/fw-info.ts';
import type { FlashArea } from '../flash.ts';
import { FlashFailure } from '../flash/errors.ts';
import { findFault } from './validate.ts';
import type { Trust } from './validate.ts';

/** What the first stage has beside the slots. */
export interface FirstStage extends Trust {
  readonly slots: readonly [s0: FlashArea, s1: FlashArea];
  /** The lines of the validation go through the log (`I: `), as in recent releases, and not straight to the console. */
  readonly logs: boolean;
  /** The highest version that was ever started. It can only be raised. */
  readonly counter: { readonly value: number; raise(version: number): void };
}

export interface FirstStageResult {
  /** Index of the slot that is started; undefined when none can be. */
  readonly slot: 0 | 1 | undefined;
  readonly lines: readonly string[];
}

/** A bootloader begins behind the header that its image has for MCUboot. */
export const firmwareOffset = 0x200;

export function runFirstStage(stage: FirstStage): FirstStageResult {
  const lines: string[] = [];
  const infos = stage.slots.map((slot) => findFwInfo(readerOf(slot)));
  const [first, second] = infos;
  const s1First = second !== undefined && (first === undefined || first.version < second.version);
  for (const index of s1First ? ([1, 0] as const) : ([0, 1] as const)) {
    if (start(stage, { index, info: infos[index], lines })) return { slot: index, lines };
  }
  lines.push('No bootable image found. Aborting boot.');
  return { slot: undefined, lines };
}

/** The program in a slot, as it lies in flash. */
export function readerOf(slot: FlashArea): FirmwareReader {
  return (offset, length) => {
    try {
      return slot.read(firmwareOffset + offset, length);
    } catch (thrown) {
      if (thrown instanceof FlashFailure) return new Uint8Array();
      throw thrown;
    }
  };
}

interface Attempt {
  readonly index: 0 | 1;
  readonly info: FwInfo | undefined;
  readonly lines: string[];
}

function start(stage: FirstStage, { index, info, lines }: Attempt): boolean {
  const slot = stage.slots[index];
  const log = (text: string, level = 'I'): void => void lines.push(stage.logs ? `${level}: ${text}` : text);
  lines.push(`Attempting to boot slot ${index}.`);
  if (info === undefined) {
    lines.push('No fw_info struct found.');
    return false;
  }
  const address = slot.address + firmwareOffset;
  lines.push(`Attempting to boot from address 0x${address.toString(16)}.`);
  if (stage.logs) log('Trying to get Firmware version');
  const fault = findFault(stage, { read: readerOf(slot), info, address, counter: stage.counter.value, room: slot.size - firmwareOffset });
  const shown = hash('sha256', stage.point).subarray(0, keyHashSize);
  if (fault === undefined || fault.stage === 'signature') {
    log('Verifying signature against key 0.');
    log(`Hash: 0x${hex(shown[0]!)}...${hex(shown[keyHashSize - 1]!)}`);
  }
  if (fault !== undefined) {
    log(fault.text, 'E');
    lines.push('Failed to validate, permanently invalidating!');
    const { at, bytes } = invalidation(info);
    // The flash of an nRF takes a second write to a word that only clears bits; strict flash would refuse it.
    slot.load(firmwareOffset + at, bytes);
    return false;
  }
  log('Firmware signature verified.');
  lines.push(`Firmware version ${info.version}`);
  if (info.version > stage.counter.value) {
    stage.counter.raise(info.version);
    log(`Setting monotonic counter (version: ${info.version}, slot: ${index})`);
  }
  return true;
}

/** So many bytes of a key's hash are provisioned. */
const keyHashSize = 16;

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
