/** Whether a board comes back after its last reset, where no step looks. */

import { sleep } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import { SmpRefusal } from '../client/errors.ts';
import { consoleTail } from './console-wait.ts';
import type { StepContext } from './context.ts';
import { Failure } from './failure.ts';
import { readImages } from './image-state.ts';

/** The longest swap of a full slot in slow flash takes a minute. */
const comebackMs = 120_000;
const lookMs = 2500;
const pauseMs = 500;

/** Returns once the board has answered an image list, if only with a refusal. One that stays silent on a good link is a `Failure`. */
export async function awaitComeback(context: Pick<StepContext, 'device' | 'clock' | 'signal' | 'images'>, ms = comebackMs): Promise<void> {
  const { clock, device, signal } = context;
  const giveUpAt = clock.now() + ms;
  for (;;) {
    try {
      await readImages(context, lookMs);
      return;
    } catch (thrown) {
      if (thrown instanceof SmpRefusal) return;
      if (signal.aborted || !(thrown instanceof BootproofError) || thrown.fault !== 'infra') throw thrown;
      if (clock.now() >= giveUpAt) throw thrown.code === 'smp-no-answer' ? bricked(device, ms) : thrown;
    }
    await sleep(clock, pauseMs, 'the next look at the board', signal);
  }
}

function bricked(device: StepContext['device'], ms: number): Failure {
  const said = consoleTail(device.console, device.console.epochStart);
  return new Failure(`the board was reset, and did not answer for ${formatDuration(ms)}`, {
    code: 'oracle-bricked',
    wanted: 'an answer to an image list',
    found: said.length === 0 ? 'its console is silent' : said,
    hint: 'look at its console; a pipeline that leaves the board silent on purpose ends with an `expect` that says so',
  });
}
