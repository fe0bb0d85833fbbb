/** Slots that image lists do not show, whatever they hold. */

import { slotOf, withLists } from './image-lists.ts';
import type { Knob } from './knob.ts';

export const omitSlots: Knob<'list.omit-slots'> = (slots) =>
  withLists((images) => images.filter((listed) => !slots.includes(slotOf(listed))));
