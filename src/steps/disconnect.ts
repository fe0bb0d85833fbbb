/** `disconnect`: closes the link, which stays closed until a `connect`. */

import { abortable } from '../base/clock.ts';
import { millisecondsOf } from '../base/measures.ts';
import { linkMs } from './connect.ts';
import type { StepHandler } from './step.ts';

export const disconnect: StepHandler<'disconnect'> = {
  timeoutMs: ({ args: { timeout } }) => (timeout === undefined ? linkMs : millisecondsOf(timeout)),
  run: async (_args, { device, signal }) => {
    await abortable(device.part(), signal);
    return {};
  },
};
