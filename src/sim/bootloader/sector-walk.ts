/** Walking the sectors of both slots in step: the layout rules of scratch and overwrite mode (mcuboot.md 6.7). */

import type { FlashArea } from '../flash.ts';
import { reportMismatch } from './algorithm.ts';
import { BootPanic } from './panic.ts';
import { tableCount } from './session.ts';
import type { ImageState, Session } from './session.ts';

/** The size of a sector in the bootloader's table: entries beyond the last sector are zero, beyond the table there is anything. */
function tableEntry(session: Session, area: FlashArea, index: number): number {
  if (index >= session.config.maxSectors) throw new BootPanic('crash', `sector ${index} of ${area.name} is beyond the table`);
  return index < tableCount(session, area) ? area.sectors.at(index).size : 0;
}

interface Walk {
  /** Both slots came to their ends together. */
  readonly together: boolean;
  /** The bytes that both slots can hold in matching groups of sectors. */
  readonly common: number;
}

/**
 * Each sector of one slot must match one or more whole sectors of the other one. With a scratch area each matching group
 * must fit into it, and the slots may take turns in having the larger sectors. Prints why not, then returns undefined.
 */
export function walkSectors(session: Session, image: ImageState, scratchSize: number | undefined): Walk | undefined {
  const [primary, secondary] = [image.primary.area, image.secondary.area];
  const [primaryCount, secondaryCount] = [tableCount(session, primary), tableCount(session, secondary)];
  let [i, j, upper, lower, common] = [0, 0, 0, 0, 0];
  let smaller: 'none' | 'primary' | 'secondary' = 'none';
  while (i < primaryCount || j < secondaryCount) {
    const difference = upper - lower;
    if (difference <= 0) upper += tableEntry(session, primary, i++);
    if (difference >= 0) lower += tableEntry(session, secondary, j++);
    if (difference !== 0) {
      const behind = difference < 0 ? 'primary' : 'secondary';
      if (smaller !== 'none' && smaller !== behind) return void reportMismatch(session, 'slots have non-compatible sectors');
      smaller = behind;
    }
    if (scratchSize === undefined || upper !== lower) continue;
    if (upper > scratchSize) return void reportMismatch(session, 'not all sectors fit inside scratch');
    common += upper;
    [upper, lower, smaller] = [0, 0, 'none'];
  }
  return { together: i === primaryCount && j === secondaryCount, common };
}

/** The check of scratch and overwrite mode before anything is done with a pair of slots; prints why it fails. */
export function sectorsMatch(session: Session, image: ImageState, scratchSize: number | undefined): boolean {
  const walk = walkSectors(session, image, scratchSize);
  if (walk === undefined) return false;
  return walk.together || reportMismatch(session, 'slots are not compatible');
}
