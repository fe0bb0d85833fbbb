/** Whether a board answers, and the care that a reset needs. */

import { sleep } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import { osEcho } from '../smp/groups/os.ts';
import { consoleTail } from './console-wait.ts';
import type { StepContext } from './context.ts';

type Asking = Pick<StepContext, 'device' | 'clock' | 'signal'>;

/**
 * After the answer to a reset the old firmware goes on answering for 250 ms (CONFIG_MCUMGR_GRP_OS_RESET_MS), and some
 * UARTs hang for good when bytes reach them while the chip reboots (real-servers.md 4.10). So nothing is sent for
 * this long: what answers afterwards has booted anew.
 */
const quietMs = 500;

export async function passReboot({ clock, device, signal }: Asking): Promise<void> {
  await device.rebooted();
  await sleep(clock, quietMs, 'the silence after a reset', signal);
}

const askMs = 1000;

/** Returns once the board answers an echo. Throws an infra error when it does not within `ms`. */
export async function awaitAnswer(context: Asking, ms: number): Promise<void> {
  const { clock, device, signal } = context;
  const giveUpAt = clock.now() + ms;
  for (;;) {
    const askedAt = clock.now();
    try {
      await device.request(osEcho, { text: 'bootproof' }, { signal, timeoutMs: askMs });
      return;
    } catch (thrown) {
      if (signal.aborted || (thrown instanceof BootproofError && thrown.fault === 'product')) throw thrown;
      if (clock.now() >= giveUpAt) throw silent(context, ms, thrown);
    }
    await sleep(clock, Math.max(0, askMs / 4 - (clock.now() - askedAt)), 'the next echo', signal);
  }
}

function silent({ device }: Asking, ms: number, cause: unknown): BootproofError {
  const tail = consoleTail(device.console, device.console.epochStart).at(-1);
  const said = tail === undefined ? 'its console is silent' : `its console says: ${tail}`;
  return new BootproofError(`${device.board} does not answer over ${device.link} after ${formatDuration(ms)}; ${said}`, {
    fault: 'infra',
    code: 'board-silent',
    hint: 'check that the image has an SMP server on this transport and that the bootloader accepts its key',
    cause,
  });
}
