/** The console of a board whose output and boot epochs become events of the run. */

import type { Clock } from '../base/clock.ts';
import { encodeConsole } from '../events/console-text.ts';
import type { BoardEvent } from './board-event.ts';
import { Console } from './console.ts';

export function createEventConsole(clock: Clock, emit: (event: BoardEvent) => void): Console {
  return new Console({
    now: () => clock.now(),
    onChunk: (bytes, epoch) => emit({ kind: 'console', epoch, text: encodeConsole(bytes) }),
    onEpoch: (epoch, cause) => emit({ kind: 'boot-epoch', epoch, cause }),
  });
}
