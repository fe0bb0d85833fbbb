/** `mark-pending`: asks the bootloader to boot an image on trial; the SMP image state write without confirm. */

import { writeImageState } from '../device/image-state.ts';
import { shortMs } from './step.ts';
import type { StepHandler } from './step.ts';

export const markPending: StepHandler<'mark-pending'> = {
  timeoutMs: shortMs,
  run: async ({ image }, context) => {
    await writeImageState(context, { image, confirm: false });
    return {};
  },
};
