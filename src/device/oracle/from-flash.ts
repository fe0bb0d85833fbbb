/**
 * Image states from the slots of a simulated board. What the trailers ask for is read by the table of MCUboot's documentation
 * (mcuboot.md 3.1 and 6.2), and not by the simulated bootloader's own code: it is the one that is judged.
 */

import { compareVersions } from '../../mcuboot/version.ts';
import { modeTraits } from './rules.ts';
import { readListedVersion } from './versions.ts';
import type { BootMode } from '../../sim/bootloader/index.ts';
import type { SlotInspection } from '../../sim/device.ts';
import type { ImageState, ModeTraits } from './state.ts';

/** Slots that are not inspected do not exist. `startedSlot` is the raw slot that image 0 was started from; the others live in their even slots. */
export function statesFromFlash(slots: readonly SlotInspection[], mode: BootMode, startedSlot: number): readonly ImageState[] {
  const images = [...new Set(slots.map(({ slot }) => slot >> 1))];
  return images.map((image) => {
    const active = slots.find(({ slot }) => slot === (image === 0 ? startedSlot : image * 2));
    const other = slots.find(({ slot }) => slot === ((active?.slot ?? 0) ^ 1));
    return stateOf(image, { active, other }, modeTraits[mode]);
  });
}

interface Pair {
  readonly active: SlotInspection | undefined;
  readonly other: SlotInspection | undefined;
}

function stateOf(image: number, { active, other }: Pair, traits: ModeTraits): ImageState {
  const asked = askedOf({ active, other }, traits);
  return {
    image,
    active: isStartable(active, traits) ? active?.hash : undefined,
    confirmed: asked !== 'revert',
    other: isEligible(other, traits) ? other?.hash : undefined,
    request: asked === 'revert' ? 'none' : asked,
    isNewer: isNewer(active, other),
  };
}

/** The swap type table, and its counterpart for images that run where they lie: one that ran unconfirmed is not run again. */
function askedOf({ active, other }: Pair, { picks }: ModeTraits): ImageState['request'] | 'revert' {
  if (picks === 'asked' && other?.trailer.magic === 'good') {
    if (other.trailer.imageOk === 'unset') return 'test';
    if (other.trailer.imageOk === 'set') return 'permanent';
  }
  return isOnTrial(active) ? 'revert' : 'none';
}

function isOnTrial(slot: SlotInspection | undefined): boolean {
  return slot?.trailer.magic === 'good' && slot.trailer.imageOk === 'unset' && slot.trailer.copyDone === 'set';
}

/** Where nothing is asked for, images without a trailer are erased when they are found (mcuboot.md 6.2). */
function isStartable(slot: SlotInspection | undefined, traits: ModeTraits): boolean {
  return !erasesUntrusted(traits) || slot?.trailer.magic === 'good';
}

function isEligible(slot: SlotInspection | undefined, traits: ModeTraits): boolean {
  return isStartable(slot, traits) && !(erasesUntrusted(traits) && isOnTrial(slot));
}

function erasesUntrusted({ picks, reverts }: ModeTraits): boolean {
  return picks === 'newest' && reverts;
}

function isNewer(active: SlotInspection | undefined, other: SlotInspection | undefined): boolean {
  if (active?.version === undefined || other?.version === undefined) return false;
  return compareVersions(readListedVersion(active.version), readListedVersion(other.version)) > 0;
}
