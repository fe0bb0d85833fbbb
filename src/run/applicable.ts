/** Whether a cell can run on its board: it has the transport, what the pipeline needs, and the facts that it requires. */

import { evaluateRequires } from '../language/requires.ts';
import type { Cell } from './cell.ts';
import { capabilityHints, needsOf } from './needs.ts';

/** What keeps the cell from running, in one sentence; undefined when nothing does. */
export function whyNotApplicable({ pipeline, board, transport }: Cell, facts: Readonly<Record<string, unknown>>): string | undefined {
  if (!board.transports.includes(transport))
    return `board ${board.name} has no transport ${transport} (it has ${board.transports.join(', ')})`;
  const missing = [...needsOf(pipeline)].find((need) => !board.offers.has(need));
  if (missing !== undefined) return capabilityHints[missing];
  if (pipeline.requires === undefined) return undefined;
  const verdict = evaluateRequires(pipeline.requires, facts);
  return verdict.met ? undefined : verdict.reason;
}
