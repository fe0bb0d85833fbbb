/** From a bench entry to a board: simulated in this process, or reached over links. */

import { BootproofError } from '../base/errors.ts';
import type { BoardEntry } from '../language/model.ts';
import type { Board, BoardSources } from './board.ts';
import { changedBy } from '../sim/profile-change.ts';
import { localBoard } from './local-board.ts';
import { remoteBoard } from './remote-board.ts';

/** Throws an input error for an entry that mixes boards in this process with others. */
export function createBoard(entry: BoardEntry, sources: BoardSources): Board {
  const addresses = [...entry.transports.values()];
  const simulated = addresses.filter((address) => address.startsWith(simScheme));
  if (simulated.length === 0) return remoteBoard(entry, sources);
  const profiles = new Set(simulated.map((address) => address.slice(simScheme.length)));
  const [profile] = profiles;
  if (profile === undefined || profiles.size > 1 || simulated.length < addresses.length) {
    throw new BootproofError(`board ${entry.name}: all transports of a simulated board are sim: of one profile`, {
      fault: 'input',
      code: 'board-mixed',
      hint: 'make two boards of it',
    });
  }
  return localBoard(entry, changedBy(sources.readProfile(profile), entry.set ?? {}));
}

const simScheme = 'sim:';
