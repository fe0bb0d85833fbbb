/** Which slot an image boots from next, and whether for good: what image lists, uploads and state writes are decided by (smp.md 4.3). */

import { compareVersions } from '../../mcuboot/version.ts';
import { readImageInfo } from './info.ts';
import { oppositeSlot } from './store.ts';
import type { ImageInfo } from './info.ts';
import type { ImageStore } from './store.ts';

export interface NextBoot {
  /** Raw slot number. */
  readonly slot: number;
  /** `test`: for one boot only; `revert`: back to what ran before. */
  readonly type: 'normal' | 'test' | 'revert';
}

export function nextBoot(store: ImageStore, image: number): NextBoot {
  switch (store.mode) {
    case 'single':
    case 'firmware-loader':
      return { slot: store.activeSlot(image), type: 'normal' };
    case 'scratch':
    case 'overwrite':
    case 'move':
    case 'offset':
    // Zephyr has no rule of its own for RAM load: without trailers nothing is ever pending (vector A-state-uploaded).
    case 'ramload':
      return nextSwap(store, image);
    case 'xip':
      return highestVersion(store, image);
    case 'xip-revert':
    case 'ramload-revert':
      return highestVersionOnTrial(store, image);
  }
}

function nextSwap(store: ImageStore, image: number): NextBoot {
  const active = store.activeSlot(image);
  switch (store.swapType(image)) {
    case 'none':
      return { slot: active, type: 'normal' };
    case 'perm':
      return { slot: oppositeSlot(active), type: 'normal' };
    case 'test':
      return { slot: oppositeSlot(active), type: 'test' };
    case 'revert':
      return { slot: oppositeSlot(active), type: 'revert' };
  }
}

function highestVersion(store: ImageStore, image: number): NextBoot {
  const active = store.activeSlot(image);
  const other = oppositeSlot(active);
  return { slot: isNewer(store, other, active) ? other : active, type: 'normal' };
}

type TrialState = 'unset' | 'once' | 'revert' | 'forever';

/** Direct-XIP with revert: both slots have a trailer of their own. */
function highestVersionOnTrial(store: ImageStore, image: number): NextBoot {
  const active = store.activeSlot(image);
  const other = oppositeSlot(active);
  const stay: NextBoot = { slot: active, type: 'normal' };
  if (readImageInfo(store, active) === 'invalid' || typeof readImageInfo(store, other) === 'string') return stay;
  const [activeState, otherState] = [trialState(store, active), trialState(store, other)];
  if (activeState === 'revert') return { slot: other, type: 'revert' };
  if (otherState === 'unset') return activeState === 'once' ? { slot: active, type: 'test' } : stay;
  if (!isNewer(store, other, active)) return stay;
  if (otherState === 'forever') return { slot: other, type: 'normal' };
  return otherState === 'once' ? { slot: other, type: 'test' } : stay;
}

function trialState(store: ImageStore, slot: number): TrialState {
  const trailer = store.trailer(slot);
  if (trailer.magic !== 'good') return 'unset';
  if (trailer.imageOk === 'set') return 'forever';
  return trailer.copyDone === 'set' ? 'revert' : 'once';
}

function isNewer(store: ImageStore, slot: number, than: number): boolean {
  const [candidate, current] = [readImageInfo(store, slot), readImageInfo(store, than)];
  return isImage(candidate) && isImage(current) && compareVersions(candidate.version, current.version) > 0;
}

function isImage(result: ReturnType<typeof readImageInfo>): result is ImageInfo {
  return typeof result === 'object';
}

/** Whether a slot must not be erased or uploaded to (smp.md 4.6). */
export function slotInUse(store: ImageStore, slot: number, options: { readonly allowErasePending: boolean }): boolean {
  const image = slot >> 1;
  const active = store.activeSlot(image);
  if (store.mode !== 'xip') {
    const next = nextBoot(store, image);
    if (slot === next.slot && next.type === 'revert') return true;
    const pending = (slot === next.slot && next.type === 'test') || (active !== next.slot && next.type === 'normal');
    if (pending && !options.allowErasePending) return true;
  }
  return slot === active;
}
