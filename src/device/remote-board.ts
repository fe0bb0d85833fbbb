/** A board that is reached over links: hardware, or a `bootproof sim` process. */

import type { BoardEntry } from '../language/model.ts';
import { canServe, isAdvertised } from '../transport/open.ts';
import { answeringTransport, answeringTransports } from './answering.ts';
import { askFacts } from './ask-facts.ts';
import type { Board, BoardSources, OpenOptions } from './board.ts';
import { canCycle, canSwitch } from './command-control.ts';
import { mergeFacts } from './facts.ts';
import { openRemote, readFacts } from './remote-device.ts';
import { upkeepOf } from './upkeep.ts';

export function remoteBoard(entry: BoardEntry, sources: BoardSources): Board {
  let learnt: Readonly<Record<string, unknown>> = {};
  const learn = async (options: OpenOptions): Promise<void> => {
    const { device } = await openRemote(entry, sources, { ...options, transport: answeringTransport(entry, options.transport)! });
    try {
      learnt = await askFacts(device, options.signal);
    } finally {
      await device.close();
    }
  };
  const answers = new Set(answeringTransports(entry));
  return {
    name: entry.name,
    labels: entry.labels,
    transports: [...entry.transports.keys()],
    local: false,
    answers,
    serves: servesOver(entry),
    advertises: new Set([...entry.transports].flatMap(([name, address]) => (isAdvertised(address) ? [name] : []))),
    offers: offersOf(entry),
    facts: async (context) => mergeFacts(learnt, await readFacts(entry, context)),
    open: async (options) => (await openRemote(entry, sources, options)).device,
    upkeep: { ...upkeepOf(entry, sources), ...(entry.simulator === undefined && answers.size > 0 && { learn }) },
  };
}

/** What a simulator stands behind is a server itself. */
function servesOver({ simulator, transports }: BoardEntry): ReadonlySet<string> {
  if (simulator !== undefined) return new Set();
  return new Set([...transports].flatMap(([name, address]) => (canServe(address) ? [name] : [])));
}

function offersOf(entry: BoardEntry): ReadonlySet<string> {
  const { console, simulator, provision, reset } = entry;
  const offers = simulator !== undefined ? ['provision', 'power', 'power-off', 'reset-pin', 'reset-debugger', 'corrupt', 'knob'] : [];
  if (answeringTransports(entry).length > 0) offers.push('answers');
  if (console !== undefined) offers.push('console');
  if (provision !== undefined) offers.push('provision');
  if (canCycle(entry)) offers.push('power');
  if (canSwitch(entry)) offers.push('power-off');
  for (const line of ['pin', 'debugger'] as const) if (reset[line] !== undefined) offers.push(`reset-${line}`);
  return new Set(offers);
}
