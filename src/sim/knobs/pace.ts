/** A bootloader that takes another time than its flash does. */

import type { BootResult } from '../bootloader/index.ts';
import type { KnobHooks } from './knob.ts';

/** `concerns` is asked whether a boot that swaps, or one that does not, takes so long. */
export function withPace(concerns: (swapped: boolean) => boolean, ms: number): KnobHooks {
  return {
    bootloader: (bootloader) => ({
      boot: (areas, config, host) => {
        const result = bootloader.boot(areas, config, host);
        return concerns(isSwap(result)) ? stretched(result, ms * 1000) : result;
      },
    }),
  };
}

/** A boot that moves images says so, or takes as long as erasing does. */
export function isSwap({ log }: BootResult): boolean {
  return log.some(({ text }) => /Swap type: (test|perm|revert)/.test(text));
}

function stretched(result: BootResult, elapsedUs: number): BootResult {
  const factor = result.elapsedUs === 0 ? 1 : elapsedUs / result.elapsedUs;
  return { ...result, elapsedUs, log: result.log.map((line) => ({ ...line, atUs: line.atUs * factor })) };
}
