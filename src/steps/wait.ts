/** `wait`: lets time pass, or waits until something happens. */

import { sleep } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { millisecondsOf, millisecondsOr } from '../base/measures.ts';
import { formatDuration } from '../base/quantities.ts';
import { awaitLine } from '../device/console-wait.ts';
import type { StepContext } from '../device/context.ts';
import { Failure } from '../device/failure.ts';
import type { WaitArgs } from '../language/grammar.generated.ts';
import type { StepHandler } from './step.ts';

const untilMs = 60_000;
/** An opening that hangs ends by its own limit. */
const lookMs = 30_000;

export const wait: StepHandler<'wait'> = {
  timeoutMs: ({ args }) => millisecondsOr(args.for, 0) + millisecondsOr(args.timeout, untilMs) + lookMs,
  run: async ({ for: time, until, timeout }, context) => {
    if (time !== undefined) await sleep(context.clock, millisecondsOf(time), 'the wait of a step', context.signal);
    if (until !== undefined) await awaitEvent(until, millisecondsOr(timeout, untilMs), context);
    return {};
  },
};

async function awaitEvent(
  { log, port, advertising, disconnect }: NonNullable<WaitArgs['until']>,
  ms: number,
  { clock, device, signal }: StepContext,
): Promise<void> {
  if (log !== undefined) await awaitLine({ console: device.console, clock, signal }, log, { since: device.console.epochStart, ms });
  if (port !== undefined) {
    const look = (): Promise<boolean> => device.reaches(port, signal);
    await awaitTrue(look, { clock, signal, ms }, { code: 'port-missing', message: `the port of ${port} did not come` });
  }
  if (advertising !== undefined) await device.hear(advertising, ms, signal).catch((thrown: unknown) => notHeard(thrown, advertising));
  if (disconnect === true) {
    const look = (): boolean => !device.linked;
    await awaitTrue(look, { clock, signal, ms }, { code: 'link-stays', message: `the link ${device.link} did not break` });
  }
}

/** Silence is the board's; that nobody could listen is the lab's. */
function notHeard(thrown: unknown, transport: string): never {
  if (!(thrown instanceof BootproofError) || thrown.code !== 'device-not-found') throw thrown;
  const { message, hint = '' } = thrown;
  throw new Failure(`the board does not advertise on ${transport}: ${message}`, { code: 'advertising-missing', hint });
}

const pauseMs = 100;

async function awaitTrue(
  look: () => Promise<boolean> | boolean,
  { clock, signal, ms }: Pick<StepContext, 'clock' | 'signal'> & { readonly ms: number },
  { code, message }: { readonly code: string; readonly message: string },
): Promise<void> {
  const giveUpAt = clock.now() + ms;
  while (!(await look())) {
    if (clock.now() >= giveUpAt) throw new Failure(`${message} within ${formatDuration(ms)}`, { code });
    await sleep(clock, pauseMs, 'the next look of a wait', signal);
  }
}
