/** Image lists as few servers write them, which clients must bear (field failure F6). */

import { mapOf } from '../server/answer.ts';
import type { Entries } from '../server/answer.ts';
import { withLists } from './image-lists.ts';
import type { ListedImage } from './image-lists.ts';
import type { Knob } from './knob.ts';
import type { KnobValues } from './values.generated.ts';

const styles: Readonly<Record<KnobValues['list.style'], (images: readonly ListedImage[]) => readonly ListedImage[]>> = {
  'no-hash': (images) => images.map((listed) => mapOf(...entriesOf(listed).filter(([key]) => key !== 'hash'))),
  empty: () => [],
  'extra-keys': (images) => images.map((listed) => mapOf(['vendor', mapOf(['id', 1])], ...entriesOf(listed), ['size', 0])),
};

export const style: Knob<'list.style'> = (which) => withLists(styles[which]);

function entriesOf(listed: ListedImage): Entries {
  return listed.entries.map(([key, value]) => [key as string, value] as const);
}
