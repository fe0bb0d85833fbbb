/** Over which transports a board of the lab can be asked: all but ports that listen, where the board is the one who asks. */

import { isListening } from '../language/addresses.ts';
import type { BoardEntry } from '../language/model.ts';

/** Their names, in the order of the bench. */
export function answeringTransports({ transports }: BoardEntry): readonly string[] {
  return [...transports].flatMap(([name, address]) => (isListening(address) ? [] : [name]));
}

/** The transport that was meant, or else the first over which the board can be asked; undefined for one that only asks. */
export function answeringTransport(entry: BoardEntry, meant: string): string | undefined {
  const names = answeringTransports(entry);
  return names.includes(meant) ? meant : names[0];
}
