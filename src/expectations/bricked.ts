/** `bricked`: whether anything answers SMP on the device's link: the application, or serial recovery. */

import { SmpRefusal } from '../client/errors.ts';
import { osEcho } from '../smp/groups/os.ts';
import { met, polled } from './expectation.ts';
import type { Expectation } from './expectation.ts';

/** A device that is seen for the first time after a reset may be swapping. */
const answerMs = 60_000;

const answers = polled<'bricked'>('board-silent', async (_args, { device, signal }, timeoutMs) => {
  try {
    await device.request(osEcho, { text: 'bootproof' }, { signal, timeoutMs });
  } catch (thrown) {
    // A server that knows no echo refuses it, and is alive.
    if (!(thrown instanceof SmpRefusal)) throw thrown;
  }
  return met;
});

export const bricked: Expectation<'bricked'> = {
  verify: (args, context, timing) => answers.verify(args, context, { ...timing, withinMs: timing.withinMs || answerMs }),
};
