/** `power`: off, on, off and on, or away at a moment. */

import { abortable, sleep } from '../base/clock.ts';
import { millisecondsOf, millisecondsOr } from '../base/measures.ts';
import type { StepContext } from '../device/context.ts';
import { awaitMoment } from '../device/fault-trigger.ts';
import { withFault } from '../device/faults.ts';
import { cyclePower, powerOff, powerOn } from '../device/power.ts';
import type { PowerArgs } from '../language/grammar.generated.ts';
import type { StepHandler } from './step.ts';

/** Programs that switch power take seconds. */
const switchMs = 60_000;
/** Swaps of large images in slow flash take minutes. */
const momentMs = 15 * 60_000;

export const power: StepHandler<'power'> = {
  timeoutMs: ({ args: { cut, for: away } }) =>
    (cut?.at === undefined ? switchMs : momentMs) + millisecondsOr(cut?.after, 0) + millisecondsOr(away, 0),
  run: async (args, context) => {
    const { off, on, cycle, cut, for: away } = args;
    if (off === true) await powerOff(context);
    if (on === true) await powerOn(context);
    if (cycle === true) await cyclePower(context, away === undefined ? {} : { ms: millisecondsOf(away) });
    if (cut !== undefined) await cutPower(cut, away, context);
    return {};
  },
};

/** The fault `power-cut`, in a step that does nothing but wait for its moment. */
async function cutPower({ at, after }: NonNullable<PowerArgs['cut']>, away: string | undefined, context: StepContext): Promise<void> {
  const { clock, device, signal } = context;
  await sleep(clock, millisecondsOr(after, 0), 'the moment of the power cut', signal);
  const fault = { do: 'power-cut', ...(at === undefined ? {} : { at }), ...(away === undefined ? {} : { for: away }) } as const;
  await withFault(fault, context, () => reached(at, device, signal));
}

async function reached(at: NonNullable<PowerArgs['cut']>['at'], device: StepContext['device'], signal: AbortSignal): Promise<void> {
  let stop = (): void => undefined;
  const moment = new Promise<void>((resolve) => (stop = awaitMoment(at, device, resolve)));
  await abortable(moment, signal).finally(() => stop());
}
