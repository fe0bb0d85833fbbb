/** A watchdog that runs while the bootloader works, which does not feed it. */

import { millisecondsOf } from '../../base/measures.ts';
import type { Knob } from './knob.ts';

export const watchdog: Knob<'boot.watchdog'> = (limit, { device }) => ({
  state: (state) => {
    if (state !== 'booting') return;
    device.after(millisecondsOf(limit), 'watchdog', () => {
      if (device.state === 'booting') device.restart();
    });
  },
});
