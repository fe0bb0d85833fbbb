/** Several boards that a pipeline works on at a time, as the one board of its cell. */

import type { Board } from './board.ts';

/** `members` are the boards by role, at least one; `name` is how the plan and the reports call them together. */
export function groupBoards(name: string, members: ReadonlyMap<string, Board>): Board {
  const boards = [...members.values()];
  const offers = [...boards[0]!.offers].filter((offer) => boards.every((board) => board.offers.has(offer)));
  return {
    name,
    labels: [...new Set(boards.flatMap(({ labels }) => labels))],
    transports: [...new Set(boards.flatMap(({ transports }) => transports))],
    local: boards.every(({ local }) => local),
    answers: new Set(boards.flatMap(({ answers }) => [...answers])),
    serves: new Set(boards.flatMap(({ serves }) => [...serves])),
    advertises: new Set(boards.flatMap(({ advertises }) => [...advertises])),
    offers: new Set(offers),
    // Those of the first board, and all of them by role.
    facts: async (context) => {
      const all = await Promise.all([...members].map(async ([role, board]) => [role, await board.facts(context)] as const));
      return { ...all[0]![1], devices: Object.fromEntries(all) };
    },
    open: (options) => boards[0]!.open(options),
    upkeep: undefined,
    members,
  };
}

/** Stands in the plan for boards that cannot be had, so that the cell is reported with the reason. */
export function missingBoards(reason: string): Board {
  return {
    name: 'no-boards',
    labels: [],
    transports: [],
    local: true,
    answers: new Set(),
    serves: new Set(),
    advertises: new Set(),
    offers: new Set(),
    facts: () => Promise.resolve({}),
    open: () => Promise.reject(new TypeError(reason)),
    upkeep: undefined,
    obstacle: reason,
  };
}

/** What nobody else may use while a board, or one of several, is at work. */
export function claimsOf({ upkeep, members }: Board): readonly string[] {
  return [...new Set([...(upkeep?.claims ?? []), ...[...(members?.values() ?? [])].flatMap(claimsOf)])];
}
