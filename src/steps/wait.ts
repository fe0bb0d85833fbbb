/** `wait`: lets time pass, or waits for a console line. */

import { sleep } from '../base/clock.ts';
import { parseDuration } from '../base/quantities.ts';
import { awaitLine } from '../device/console-wait.ts';
import { checked } from './step.ts';
import type { StepHandler } from './step.ts';

const untilMs = 60_000;

export const wait: StepHandler<'wait'> = {
  timeoutMs: ({ args }) => durationOf(args.for, 0) + durationOf(args.timeout, untilMs) + 1000,
  run: async (args, { clock, device, signal }) => {
    if (args.for !== undefined) await sleep(clock, durationOf(args.for, 0), 'the wait of a step', signal);
    if (args.until !== undefined) {
      const { log } = args.until;
      await awaitLine({ console: device.console, clock, signal }, log, {
        since: device.console.epochStart,
        ms: durationOf(args.timeout, untilMs),
      });
    }
    return {};
  },
};

function durationOf(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : checked(parseDuration(text));
}
