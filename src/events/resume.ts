/** What the events before a resumption are worth after it. */

import type { RunEvent } from './event.ts';

/** The events without what a resumption made void, so that folds may rely on one end of each cell, and of the run. */
export function withoutVoid(events: readonly RunEvent[]): readonly RunEvent[] {
  const last = events.findLastIndex(({ kind }) => kind === 'run-resume');
  return last < 0 ? events : [...forResumption(events.slice(0, last)), ...events.slice(last)];
}

/** What still counts of an unfinished run when it goes on. */
export function forResumption(events: readonly RunEvent[]): readonly RunEvent[] {
  return events.filter((event) => !isVoid(event));
}

function isVoid(event: RunEvent): boolean {
  switch (event.kind) {
    case 'run-end':
      return true;
    case 'cell-end':
      return event.outcome === 'not-run' || event.outcome === 'aborted';
    case 'note':
      // About the run as a whole: conclusions from all of its cells.
      return event.cell === undefined && event.board === undefined;
    default:
      return false;
  }
}
