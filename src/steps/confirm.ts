/** `confirm`: keeps an image for good; without a name the running one. */

import { writeImageState } from '../device/image-state.ts';
import { shortMs } from './step.ts';
import type { StepHandler } from './step.ts';

export const confirm: StepHandler<'confirm'> = {
  timeoutMs: shortMs,
  run: async ({ image }, context) => {
    await writeImageState(context, { image, confirm: true });
    return {};
  },
};
