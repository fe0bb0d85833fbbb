/** `connect`: opens the link, over another transport where one is named. */

import { millisecondsOf } from '../base/measures.ts';
import type { StepHandler } from './step.ts';

export const linkMs = 15_000;
/** The last try may take as long as any opening does. */
const lastTryMs = 30_000;

export const connect: StepHandler<'connect'> = {
  timeoutMs: ({ args: { timeout } }) => limitOf(timeout) + lastTryMs,
  run: async ({ transport, timeout }, { device, signal }) => {
    await device.connect({ transport, ms: limitOf(timeout), signal });
    return {};
  },
};

function limitOf(timeout: string | undefined): number {
  return timeout === undefined ? linkMs : millisecondsOf(timeout);
}
