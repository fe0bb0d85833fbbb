/** One boot: runs the bootloader at once, and spreads what it did over the time that it would have taken. */

import { bootOnce, linesAfterBoot, linesBeforeBoot, linesOfBoot } from './bootloader/index.ts';
import type { BootLogLine, BootResult } from './bootloader/index.ts';
import type { FlashSnapshot } from './flash.ts';
import type { FlashFate, FlashHooks, FlashOperation } from './flash/hooks.ts';
import type { Hardware } from './hardware.ts';

export interface BootRun {
  readonly result: BootResult;
  /** All of the bootloader's lines but its banner. */
  readonly lines: readonly BootLogLine[];
  /** Puts the flash into the state in which a power cut leaves it that comes `us` after the start. */
  cutAt(us: number): void;
}

/** `stay` keeps the bootloader in its recovery although it found an image. */
export function runBootloader(hardware: Hardware, options: { readonly hooks: FlashHooks; readonly stay: boolean }): BootRun {
  const before = hardware.snapshot();
  const startedUs = hardware.elapsedUs();
  const operationsUs: number[] = [];
  hardware.setHooks(recording(options.hooks, () => operationsUs.push(hardware.elapsedUs() - startedUs)));
  const result = bootOnce(hardware.areas, hardware.config, hardware.host);
  hardware.setHooks(options.hooks);
  return {
    result,
    lines: linesOf(hardware, result, options.stay),
    cutAt: (us) => replayWithCut(hardware, before, operationsUs.filter((at) => at <= us).length - 1),
  };
}

/** Runs the boot again, from where it began, up to the operation during which the power went away. */
function replayWithCut(hardware: Hardware, before: readonly FlashSnapshot[], operation: number): void {
  hardware.restore(before);
  let count = -1;
  const write = (): FlashFate => {
    count += 1;
    return count === operation ? 'cut-torn' : 'proceed';
  };
  hardware.setHooks({ write });
  // Nothing was written before the cut when no operation had begun by then.
  if (operation >= 0) bootOnce(hardware.areas, hardware.config, hardware.host);
  hardware.setHooks({});
}

function recording(hooks: FlashHooks, note: () => void): FlashHooks {
  const write = (operation: FlashOperation): FlashFate => {
    note();
    return hooks.write?.(operation) ?? 'proceed';
  };
  return { ...hooks, write };
}

/** A bootloader that is told to stay says nothing about the image that it would have started, or did not find. */
function linesOf({ config }: Hardware, result: BootResult, stay: boolean): BootLogLine[] {
  const first = linesBeforeBoot(config).map((text) => ({ text, atUs: 0 }));
  const last = stay ? [] : linesAfterBoot(config, result).map((text) => ({ text, atUs: result.elapsedUs }));
  return [...first, ...linesOfBoot(result), ...last];
}
