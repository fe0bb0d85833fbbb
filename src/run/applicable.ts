/** Whether a cell can run on its board: it has the transport, what the pipeline needs, and the facts that it requires. */

import type { Cell } from './cell.ts';
import { allSteps, capabilityHints, needsOf, transportsOfStep } from './needs.ts';
import { unmetRequirement } from './roles.ts';

/** What keeps the cell from running, in one sentence; undefined when nothing does. */
export function whyNotApplicable({ pipeline, board, transport }: Cell, facts: Readonly<Record<string, unknown>>): string | undefined {
  if (board.obstacle !== undefined) return board.obstacle;
  if (!board.transports.includes(transport))
    return `board ${board.name} has no transport ${transport} (it has ${board.transports.join(', ')})`;
  for (const named of [...allSteps(pipeline)].flatMap(transportsOfStep))
    if (!board.transports.includes(named)) return `a step uses the transport ${named}, which board ${board.name} does not have`;
  const missing = [...needsOf(pipeline)].find((need) => !board.offers.has(need));
  if (missing !== undefined) return capabilityHints[missing];
  return unmetRequirement(pipeline, facts);
}
