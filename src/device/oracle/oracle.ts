/**
 * The update oracle: from what was so before a boot follows what may be so after it, whoever wrote the pipeline and whatever it
 * checks. Boards that are simulated in this process are judged by their flash, at each boot; all others by what they report.
 */

import type { ImageSlot } from '../../smp/groups/image.ts';
import type { Failure } from '../failure.ts';

export interface UpdateOracle {
  /** Learns from an image list. */
  observe(slots: readonly ImageSlot[], epoch: number): void;
  /** Slots may have changed unseen: what was listed is worth nothing. */
  unsure(): void;
  /** The flash was set past the firmware: what was known is worth nothing. */
  forget(): void;
  /** The board granted the confirm of what it runs: it must stay from now on, whatever lists and trailers say. */
  granted(): void;
  /** Calls `listener` for each rule that a boot broke; returns the way to stop that. */
  onViolation(listener: (failure: Failure) => void): () => void;
}
