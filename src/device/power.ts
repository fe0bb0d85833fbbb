/** Power of a board, off and on, on the timeline and with its boot epochs. */

import { sleep } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import type { BoardControl, PowerAction } from './board-control.ts';
import type { StepContext } from './context.ts';
import { passReboot } from './liveness.ts';

export async function powerOff(context: StepContext): Promise<void> {
  await switchPower('off', context);
}

/** Returns when nothing that runs before the boot can answer any more. `cause` names the boot epoch. */
export async function powerOn(context: StepContext, cause = 'power-on'): Promise<void> {
  context.device.console.openEpoch(cause);
  await switchPower('on', context);
  await passReboot(context);
}

/** Long enough for what a board stores in its capacitors. */
const offMs = 1000;

export async function cyclePower(
  context: StepContext,
  { ms = offMs, cause }: { readonly ms?: number; readonly cause?: string },
): Promise<void> {
  await powerOff(context);
  await sleep(context.clock, ms, 'the power is away', context.signal);
  await powerOn(context, cause);
}

async function switchPower(action: Exclude<PowerAction, 'cut'>, { device, signal, tell }: StepContext): Promise<void> {
  const power = powerOf(device.board, device.control);
  tell({ kind: 'power', action });
  await power(action, signal);
}

function powerOf(board: string, { power }: BoardControl): NonNullable<BoardControl['power']> {
  if (power !== undefined) return power;
  throw new BootproofError(`the power of board ${board} cannot be switched`, {
    fault: 'input',
    code: 'power-unavailable',
    hint: 'give the board `power` commands in the bench',
  });
}
