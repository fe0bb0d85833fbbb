/** `log`: what the console said in a window of time, or did not say. */

import { sleep } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { formatDuration, parseDuration } from '../base/quantities.ts';
import { awaitLine, consoleTail, demandHeard, findLine } from '../device/console-wait.ts';
import type { ConsoleLine } from '../device/console.ts';
import type { StepContext } from '../device/context.ts';
import { Failure } from '../device/failure.ts';
import { matches, readImages } from '../device/image-state.ts';
import { resolveImage } from '../device/images.ts';
import { windowStart } from '../device/windows.ts';
import type { LogArgs } from '../language/grammar.generated.ts';
import { compilePattern } from '../language/pattern.ts';
import type { Expectation } from './expectation.ts';

export const log: Expectation<'log'> = {
  verify: async (args, context, { withinMs }) => {
    const since = windowStart(args.since, context).line;
    const { match, none, order } = args.log;
    if (match !== undefined) await awaitLine(consoleOf(context), match, { since, ms: withinMs });
    if (order !== undefined) await comeInOrder(order, context, { since, ms: withinMs });
    if (none !== undefined) await staysAway(none, args, { context, since, limitMs: withinMs });
  },
};

type Watched = { readonly context: StepContext; readonly since: number; readonly limitMs: number };

function consoleOf({ device, clock, signal }: StepContext): Parameters<typeof findLine>[0] {
  return { console: device.console, clock, signal };
}

async function comeInOrder(order: readonly string[], context: StepContext, window: { since: number; ms: number }): Promise<void> {
  const { clock } = context;
  const giveUpAt = clock.now() + window.ms;
  let { since } = window;
  for (const pattern of order) {
    const line = await awaitLine(consoleOf(context), pattern, { since, ms: Math.max(0, giveUpAt - clock.now()) });
    since = line.index + 1;
  }
}

/** How long the end of a window may take when the step has no `within`. */
const untilMs = 60_000;

/** Watches the window up to its end. The forbidden line fails the step as soon as it comes. */
async function staysAway(none: string, { until, for: length }: LogArgs, { context, since, limitMs }: Watched): Promise<void> {
  const pattern = compilePattern(none);
  const forbidden = ({ text }: ConsoleLine): boolean => pattern.find(text) !== undefined;
  const ms = length === undefined ? limitMs || untilMs : (parseDuration(length) ?? 0);
  const ends = until === undefined ? undefined : endOf(until, context);
  const giveUpAt = context.clock.now() + ms;
  for (;;) {
    const closed = await ends?.();
    const left = giveUpAt - context.clock.now();
    const line = await findLine(consoleOf(context), forbidden, { since, ms: closed === true ? 0 : Math.min(left, lookMs) });
    if (line !== undefined) throw forbiddenSaid(none, line);
    if (closed === true || left <= 0) demandHeard(context.device.console);
    if (closed === true || (left <= 0 && ends === undefined)) return;
    if (left <= 0) throw neverEnded(context, since, ms);
  }
}

/** How long the console alone is watched between two looks at the condition that ends the window. */
const lookMs = 250;

/** The condition that ends a window. A board that is silent has not met it yet. */
function endOf({ active, log: pattern }: NonNullable<LogArgs['until']>, context: StepContext): () => Promise<boolean> {
  if (pattern !== undefined) {
    const ends = compilePattern(pattern);
    return () =>
      Promise.resolve(context.device.console.since(context.device.console.epochStart).some(({ text }) => ends.find(text) !== undefined));
  }
  const reference = resolveImage(active ?? '', context.images);
  return async () => {
    try {
      return (await readImages(context, 1000)).some((image) => image.active && matches(image, reference));
    } catch (thrown) {
      if (context.signal.aborted || !(thrown instanceof BootproofError) || thrown.fault !== 'infra') throw thrown;
      await sleep(context.clock, lookMs, 'the next look at the board', context.signal);
      return false;
    }
  };
}

function forbiddenSaid(none: string, { text, at, epoch }: ConsoleLine): Failure {
  return new Failure(`the console said "${text}" in boot epoch ${epoch}, ${formatDuration(at)} after the start`, {
    code: 'log-forbidden',
    wanted: `no line with "${none}"`,
    found: text,
  });
}

function neverEnded({ device }: StepContext, since: number, ms: number): Failure {
  return new Failure(`the end of the window did not come within ${formatDuration(ms)}`, {
    code: 'log-window-open',
    found: consoleTail(device.console, since),
    hint: 'the absence was not seen to the end of the window, so it proves nothing; give the step a longer `within`',
  });
}
