/** Keeps a board that floods its console from flooding the event log: one bad board must not fill the disk of a night. */

import { formatSize } from '../base/quantities.ts';
import type { BoardEvent } from '../device/board-event.ts';
import { createBoundedText } from '../base/bounded-text.ts';
import { consoleTailMax } from '../events/console-text.ts';

export interface ConsoleLimit {
  on(event: BoardEvent): void;
  /** No more events follow: tells how it ended. */
  end(): void;
}

/** Of one board in one attempt, in characters. Reports show far less, and `console.log` beside them has more. */
const charactersMax = 1024 * 1024;

/** Console text beyond the limit waits, and its end is told when the attempt is over. `full` is told once. */
export function limitConsole(to: { readonly emit: (event: BoardEvent) => void; readonly full: (text: string) => void }): ConsoleLimit {
  const rest = createBoundedText({ headMax: 0, tailMax: consoleTailMax });
  let told = 0;
  let waiting: Extract<BoardEvent, { kind: 'console' }> | undefined;
  return {
    on: (event) => {
      if (event.kind !== 'console' || told < charactersMax) {
        if (event.kind === 'console') told += event.text.length;
        to.emit(event);
        return;
      }
      if (waiting === undefined) to.full(`the console said more than ${formatSize(charactersMax)}: of the rest, the log has the end`);
      waiting = event;
      rest.append(event.text);
    },
    end: () => {
      if (waiting !== undefined) to.emit({ ...waiting, text: rest.text() });
    },
  };
}
