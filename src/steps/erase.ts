/** `erase`: an image slot, or the settings storage, over SMP. */

import { basicEraseStorage } from '../smp/groups/basic.ts';
import { imageErase } from '../smp/groups/image.ts';
import type { StepHandler } from './step.ts';

/** A full slot of slow flash (smp.md 7): more than 10 MB take about two minutes. */
const eraseMs = 180_000;

export const erase: StepHandler<'erase'> = {
  timeoutMs: () => eraseMs,
  run: async ({ slot, storage }, { device, signal }) => {
    if (slot !== undefined) await device.request(imageErase, { slot }, { signal, timeoutMs: eraseMs });
    if (storage === true) await device.request(basicEraseStorage, undefined, { signal, timeoutMs: eraseMs });
    return {};
  },
};
