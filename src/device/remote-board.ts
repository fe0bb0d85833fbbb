/** A board that is reached over links: hardware, or a `bootproof sim` process. */

import type { BoardEntry } from '../language/model.ts';
import type { Board, BoardSources } from './board.ts';
import { openRemote, readFacts } from './remote-device.ts';
import { upkeepOf } from './upkeep.ts';

export function remoteBoard(entry: BoardEntry, sources: BoardSources): Board {
  return {
    name: entry.name,
    labels: entry.labels,
    transports: [...entry.transports.keys()],
    local: false,
    offers: offersOf(entry),
    facts: (context) => readFacts(entry, context),
    open: async (options) => (await openRemote(entry, sources, options)).device,
    upkeep: upkeepOf(entry, sources),
  };
}

function offersOf({ console, simulator, provision, power, reset }: BoardEntry): ReadonlySet<string> {
  const offers = simulator !== undefined ? ['provision', 'power', 'reset', 'corrupt', 'knob'] : [];
  if (console !== undefined) offers.push('console');
  if (provision !== undefined) offers.push('provision');
  if (power.cycle !== undefined || power.off !== undefined) offers.push('power', 'reset');
  if (reset !== undefined) offers.push('reset');
  return new Set(offers);
}
