/** `disconnect`: closes the link, which stays closed until a `connect`. */

import { abortable } from '../base/clock.ts';
import { millisecondsOr } from '../base/measures.ts';
import { linkMs } from './connect.ts';
import type { StepHandler } from './step.ts';

export const disconnect: StepHandler<'disconnect'> = {
  timeoutMs: ({ args: { timeout } }) => millisecondsOr(timeout, linkMs),
  run: async (_args, { device, signal }) => {
    await abortable(device.part(), signal);
    return {};
  },
};
