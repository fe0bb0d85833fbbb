/** `erase`: an image slot, or the settings storage, over SMP. */

import { BootproofError } from '../base/errors.ts';
import { noAnswer } from '../client/errors.ts';
import type { StepContext } from '../device/context.ts';
import type { Device } from '../device/device.ts';
import { basicEraseStorage } from '../smp/groups/basic.ts';
import { imageErase } from '../smp/groups/image.ts';
import type { SmpCommand } from '../smp/message.ts';
import type { StepHandler } from './step.ts';

/** A full slot of slow flash (smp.md 7): more than 10 MB take about two minutes. */
const eraseMs = 180_000;
/** The request ends first, since it knows more than the step. */
const marginMs = 5_000;

export const erase: StepHandler<'erase'> = {
  timeoutMs: (_, device) => limitOf(device) + marginMs,
  run: async ({ slot, storage }, context, { timeoutMs = limitOf(context.device) }) => {
    if (slot !== undefined) await request(imageErase, { slot }, { context, timeoutMs });
    if (storage === true) await request(basicEraseStorage, undefined, { context, timeoutMs });
    return {};
  },
};

function limitOf(device: Device): number {
  return device.eraseMs ?? eraseMs;
}

async function request<Request>(
  command: SmpCommand<Request, void>,
  fields: Request,
  { context: { device, signal }, timeoutMs }: { readonly context: StepContext; readonly timeoutMs: number },
): Promise<void> {
  try {
    await device.request(command, fields, { signal, timeoutMs });
  } catch (thrown) {
    const silent = thrown instanceof BootproofError && thrown.code === 'smp-no-answer';
    throw silent ? noAnswer(command.name, device.link, timeoutMs, hint) : thrown;
  }
}

const hint = 'it may take longer to erase: raise the `timeout` of the step, or `erase-time` of the board in the bench';
