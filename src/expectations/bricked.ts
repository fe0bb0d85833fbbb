/** `bricked`: whether anything answers SMP over any transport of the device: the application, or serial recovery. */

import { BootproofError } from '../base/errors.ts';
import { SmpRefusal } from '../client/errors.ts';
import type { StepContext } from '../device/context.ts';
import { osEcho } from '../smp/groups/os.ts';
import { met, polled } from './expectation.ts';
import type { Expectation } from './expectation.ts';

/** A device that is seen for the first time after a reset may be swapping. */
const answerMs = 60_000;

const answers = polled<'bricked'>('board-silent', async (_args, context, lookMs) => {
  const { device, signal } = context;
  let silence: unknown;
  for (const transport of device.answering) {
    try {
      await device.over(transport, () => ask(context, lookMs), signal);
      return met;
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof BootproofError) || thrown.fault !== 'infra') throw thrown;
      // What the transport in use has to say tells more than what the others have.
      silence ??= thrown;
    }
  }
  throw silence;
});

async function ask({ device, signal }: StepContext, timeoutMs: number): Promise<void> {
  try {
    await device.request(osEcho, { text: 'bootproof' }, { signal, timeoutMs });
  } catch (thrown) {
    // A server that knows no echo refuses it, and is alive.
    if (!(thrown instanceof SmpRefusal)) throw thrown;
  }
}

export const bricked: Expectation<'bricked'> = {
  verify: (args, context, timing) => answers.verify(args, context, { ...timing, withinMs: timing.withinMs || answerMs }),
};
