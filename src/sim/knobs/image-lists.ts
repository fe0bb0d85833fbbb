/** For knobs that change image lists: those that are asked for, and those that answer a request. */

import type { CborInput, CborMap } from '../../smp/cbor.ts';
import { groupNumbers } from '../../smp/codes.ts';
import type { KnobHooks } from './knob.ts';
import { imageCommand } from './packets.ts';

export type ListedImage = CborMap<CborInput>;

export function withLists(change: (images: readonly ListedImage[]) => readonly ListedImage[]): KnobHooks {
  return {
    commands: (commands) => ({
      handle: (header, fields) => {
        const answer = commands.handle(header, fields);
        if (header.group !== groupNumbers.image || header.command !== imageCommand.state || answer.kind !== 'map') return answer;
        // What the server lists is what `mapOf` made.
        const changed = (value: CborInput): CborInput => change(value as readonly ListedImage[]);
        return { ...answer, entries: answer.entries.map(([key, value]) => [key, key === 'images' ? changed(value) : value] as const) };
      },
    }),
  };
}

/** The slot of an entry, counted as SMP's erase does (2 * image + slot). */
export function slotOf(listed: ListedImage): number {
  return Number(listed.get('image') ?? 0) * 2 + Number(listed.get('slot'));
}
