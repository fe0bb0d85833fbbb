/**
 * The update oracle: from what a board said before a boot follows which image may run after it, whoever wrote the pipeline
 * and whatever it checks. Only for bootloaders that swap (mcuboot.md 3.1 and 5), and only for image 0.
 */

import { toHex } from '../base/bytes.ts';
import type { ImageSlot } from '../smp/groups/image.ts';
import { Failure } from './failure.ts';
import { shortHash } from './images.ts';

interface Knowledge {
  readonly epoch: number;
  readonly active: string;
  readonly confirmed: boolean;
  /** The image in the secondary slot, as last listed; undefined when there was none, or when it was written since. */
  readonly other: string | undefined;
  readonly request: 'none' | 'test' | 'permanent';
}

/** What may run after a boot, and why. */
interface Prediction {
  readonly images: readonly string[];
  readonly because: string;
}

export class UpdateOracle {
  #known: Knowledge | undefined;
  #secondaryWritten = false;

  /** The secondary slot was written or erased: nobody knows what the bootloader will make of it. */
  secondaryWritten(): void {
    this.#secondaryWritten = true;
  }

  /** The flash was set past the firmware: what was known is worth nothing. */
  forget(): void {
    this.#known = undefined;
    this.#secondaryWritten = false;
  }

  /** Learns from an image list. Throws a `Failure` when, after a boot, an image runs that may not. */
  observe(slots: readonly ImageSlot[], epoch: number): void {
    const now = learn(slots, epoch);
    const before = this.#known;
    if (now !== undefined && before !== undefined && epoch > before.epoch) this.#judge(before, now);
    this.#known = now;
    this.#secondaryWritten = false;
  }

  #judge(before: Knowledge, now: Knowledge): void {
    const { images, because } = predict(before, this.#secondaryWritten);
    // An application may have confirmed itself since; only then may an image on trial stay.
    const stayed = !before.confirmed && now.confirmed && now.active === before.active;
    if (stayed || images.includes(now.active)) return;
    throw new Failure(`${shortHash(now.active)} runs after the boot, which no bootloader may let happen: ${because}`, {
      code: 'oracle-illegal-image',
      found: now.active,
      wanted: images,
    });
  }
}

function learn(slots: readonly ImageSlot[], epoch: number): Knowledge | undefined {
  const [active, other] = [slots.find((slot) => slot.image === 0 && slot.active), slots.find((slot) => slot.image === 0 && !slot.active)];
  if (active?.hash === undefined) return undefined;
  const request = other?.permanent === true ? 'permanent' : other?.pending === true ? 'test' : 'none';
  return {
    epoch,
    active: toHex(active.hash),
    confirmed: active.confirmed,
    other: other?.hash === undefined ? undefined : toHex(other.hash),
    request,
  };
}

/** A board may boot more than once between two lists; that adds nothing, since a trial that ends goes back to what ran before. */
function predict({ active, confirmed, other, request }: Knowledge, secondaryWritten: boolean): Prediction {
  const both = other === undefined ? [active] : [active, other];
  if (request !== 'none') return { images: both, because: 'the pending image runs, or the one before if it was refused' };
  if (confirmed) return { images: [active], because: 'the image before was confirmed and nothing was pending' };
  // The bootloader keeps an image on trial only when there is no sound image to go back to.
  if (other === undefined || secondaryWritten) return { images: both, because: 'the image before was on trial' };
  return { images: [other], because: 'the image before was on trial and nobody confirmed it, so it is reverted' };
}
