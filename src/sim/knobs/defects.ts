/** For knobs that are defects of the bootloader: which they are is the bootloader's business. */

import type { BootDefects } from '../bootloader/defects.ts';
import type { KnobHooks } from './knob.ts';

export function withDefects(defects: BootDefects): KnobHooks {
  return {
    bootloader: (bootloader) => ({
      boot: (areas, config, host) => bootloader.boot(areas, { ...config, defects: { ...config.defects, ...defects } }, host),
    }),
  };
}
