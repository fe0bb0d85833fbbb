/** Which MCUboot the first stage starts, and what is known of it from its program. */

import { bannersIn } from '../../mcuboot/bootloader-build.ts';
import { mcubootReleases } from '../bootloader/release.ts';
import type { McubootRelease } from '../bootloader/release.ts';
import type { FlashArea } from '../flash.ts';
import { runFirstStage } from './first-stage.ts';
import type { FirstStage } from './first-stage.ts';

export interface McubootStart {
  readonly lines: readonly string[];
  readonly running: RunningMcuboot | undefined;
}

interface RunningMcuboot {
  readonly slots: { readonly active: FlashArea; readonly inactive: FlashArea };
  readonly banner: readonly string[];
  /** As its banner says; undefined for one that is not known. */
  readonly release: McubootRelease | undefined;
}

export function startMcuboot(stage: FirstStage): McubootStart {
  const { slot, lines } = runFirstStage(stage);
  if (slot === undefined) return { lines, running: undefined };
  const [active, inactive] = [stage.slots[slot], stage.slots[1 - slot]!];
  const banner = bannersIn(active.read(0, active.size));
  return { lines, running: { slots: { active, inactive }, banner, release: releaseIn(banner) } };
}

/** `v2.2.0-rc1` and `v2.2.0-dev-0123` are taken for `v2.2.0`. */
function releaseIn(banner: readonly string[]): McubootRelease | undefined {
  const named = /MCUboot (v[0-9]+\.[0-9]+\.[0-9]+(?:-ncs[0-9]+)?)/.exec(banner.join('\n'))?.[1];
  return mcubootReleases.find((release) => release === named) ?? mcubootReleases.find((release) => release === named?.replace(/-.*/, ''));
}
