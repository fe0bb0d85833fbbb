/** `connect`: opens the link, over another transport where one is named. */

import { millisecondsOr } from '../base/measures.ts';
import type { StepHandler } from './step.ts';

export const linkMs = 15_000;
/** The last try may take as long as any opening does. */
const lastTryMs = 30_000;

export const connect: StepHandler<'connect'> = {
  timeoutMs: ({ args: { timeout } }) => millisecondsOr(timeout, linkMs) + lastTryMs,
  run: async ({ transport, timeout }, { device, signal }) => {
    await device.connect({ transport, ms: millisecondsOr(timeout, linkMs), signal });
    return {};
  },
};
