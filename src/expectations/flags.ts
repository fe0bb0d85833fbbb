/** The flags of a listed image against those that an expectation names. */

import type { ListedImage } from '../device/images.ts';

type Flag = 'active' | 'confirmed' | 'pending' | 'permanent' | 'bootable';

/** What is wrong, as in `it is not confirmed`; undefined when every named flag is as demanded. */
export function compareFlags(image: ListedImage, wanted: Readonly<Partial<Record<Flag, boolean | undefined>>>): string | undefined {
  const wrong = (Object.entries(wanted) as [Flag, boolean | undefined][]).filter(
    ([flag, value]) => value !== undefined && image[flag] !== value,
  );
  if (wrong.length === 0) return undefined;
  return wrong.map(([flag, value]) => `it is ${value === true ? 'not ' : ''}${flag}`).join(' and ');
}
