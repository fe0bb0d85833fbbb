/** Whether a cell can run on its board: it has the transport, what the pipeline needs, and the facts that it requires. */

import type { Cell } from './cell.ts';
import {
  advertisedInStep,
  advertisingHint,
  allSteps,
  capabilityHints,
  isServed,
  listeningHint,
  needsOf,
  servingHint,
  transportsOfStep,
} from './needs.ts';
import { unmetRequirement } from './roles.ts';

/**
 * What keeps the cell from running, in one sentence; undefined when nothing does. As long as the board may learn more (`Upkeep.learn`),
 * a fact that nobody knows keeps nothing; `final` says that it has learnt all.
 */
export function whyNotApplicable(
  { pipeline, board, transport }: Cell,
  facts: Readonly<Record<string, unknown>>,
  { final = board.upkeep?.learn === undefined }: { readonly final?: boolean } = {},
): string | undefined {
  if (board.obstacle !== undefined) return board.obstacle;
  if (!board.transports.includes(transport))
    return `board ${board.name} has no transport ${transport} (it has ${board.transports.join(', ')})`;
  for (const named of [...allSteps(pipeline)].flatMap(transportsOfStep))
    if (!board.transports.includes(named)) return `a step uses the transport ${named}, which board ${board.name} does not have`;
  for (const named of [...allSteps(pipeline)].flatMap(advertisedInStep))
    if (!board.advertises.has(named)) return `${board.name} does not advertise on ${named}: ${advertisingHint}`;
  const missing = [...needsOf(pipeline)].find((need) => !board.offers.has(need));
  if (missing !== undefined) return capabilityHints[missing];
  if (!isServed(pipeline) && !board.answers.has(transport)) return `${board.name} cannot be asked over ${transport}: ${listeningHint}`;
  if (isServed(pipeline) && !board.serves.has(transport)) return `${board.name} cannot be served over ${transport}: ${servingHint}`;
  const unmet = unmetRequirement(pipeline, facts);
  return unmet !== undefined && (unmet.decided || final) ? unmet.reason : undefined;
}
