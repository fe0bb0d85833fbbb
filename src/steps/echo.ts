/** `echo`: the text must come back as it was sent. */

import { Failure } from '../device/failure.ts';
import { osEcho } from '../smp/groups/os.ts';
import { shortMs } from './step.ts';
import type { StepHandler } from './step.ts';

export const echo: StepHandler<'echo'> = {
  timeoutMs: shortMs,
  run: async ({ d }, { device, signal }) => {
    const { text } = await device.request(osEcho, { text: d }, { signal });
    if (text !== d) throw new Failure('the echo came back changed', { code: 'echo-differs', wanted: d, found: text });
    return { r: text };
  },
};
