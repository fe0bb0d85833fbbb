/** Waiting for lines on a board's console. */

import { abortable } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import { compilePattern } from '../language/pattern.ts';
import type { Console, ConsoleLine } from './console.ts';
import { Failure } from './failure.ts';

export interface ConsoleWait {
  readonly console: Console;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The first line from index `since` on that matches, now or within `ms`; undefined when the time is over. */
export async function findLine(
  { console, clock, signal }: ConsoleWait,
  matches: (line: ConsoleLine) => boolean,
  { since, ms }: { readonly since: number; readonly ms: number },
): Promise<ConsoleLine | undefined> {
  const there = console.since(since).find(matches);
  if (there !== undefined || ms <= 0) return there;
  let stop = (): void => undefined;
  const found = new Promise<ConsoleLine | undefined>((resolve) => {
    const unsubscribe = console.onLine((line) => {
      if (matches(line)) resolve(line);
    });
    const timer = clock.arm(ms, 'a console line', () => resolve(undefined));
    stop = () => {
      unsubscribe();
      timer.cancel();
    };
  });
  try {
    // A prompt without a line end is no completed line, so the end of the wait looks once more.
    return (await abortable(found, signal)) ?? console.since(since).find(matches);
  } finally {
    stop();
  }
}

/** As `findLine` for a pattern of the language, but a line that does not come is a `Failure`. */
export async function awaitLine(
  wait: ConsoleWait,
  pattern: string,
  window: { readonly since: number; readonly ms: number },
): Promise<ConsoleLine> {
  const compiled = compilePattern(pattern);
  const line = await findLine(wait, ({ text }) => compiled.find(text) !== undefined, window);
  if (line !== undefined) return line;
  demandHeard(wait.console);
  throw new Failure(`the console did not say "${pattern}" within ${formatDuration(window.ms)}`, {
    code: 'log-missing',
    wanted: pattern,
    found: consoleTail(wait.console, window.since),
  });
}

/** Silence says nothing about a board that cannot be heard. Throws an infra error where its console is gone. */
export function demandHeard({ away }: Console): void {
  if (away === undefined) return;
  throw new BootproofError(`the console is gone, so that nobody knows what the board said: ${away.message}`, {
    fault: 'infra',
    code: 'console-lost',
    hint: 'check the cable and the port of the console, and whether another program took it',
    cause: away,
  });
}

const tailLines = 8;

/** The last lines of a window: what a person looks at first. */
export function consoleTail(console: Console, since: number): string[] {
  return console
    .since(since)
    .slice(-tailLines)
    .map(({ text }) => text);
}
