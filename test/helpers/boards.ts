/** Simulated boards for tests, made without a bench. */

import type { Board } from '../../src/device/board.ts';
import { localBoard } from '../../src/device/local-board.ts';
import { createSource } from '../../src/language/source.ts';
import { slotsAreAlike } from '../../src/sim/bootloader/index.ts';
import { defaultProfile } from '../../src/sim/profile.ts';
import type { SimProfile } from '../../src/sim/profile.ts';

export type BootloaderConfig = SimProfile['bootloader']['config'];

const kib = 1024;

/** A small device, quick to simulate: two slots of eight sectors, and a scratch area. */
export function profileOf(config: BootloaderConfig): SimProfile {
  const kit = defaultProfile;
  const slot = (index: number): SimProfile['images'][number]['primary'] => ({
    flash: 'internal',
    offset: index * 32 * kib,
    size: 32 * kib,
  });
  return {
    ...kit,
    flash: [{ ...kit.flash[0]!, sectors: [[4 * kib, 34]] }],
    images: [{ primary: slot(0), ...(config.mode === 'single' ? {} : { secondary: slot(1) }) }],
    scratch: { flash: 'internal', offset: 128 * kib, size: 4 * kib },
    storage: { flash: 'internal', offset: 132 * kib, size: 4 * kib },
    bootloader: { ...kit.bootloader, key: 'none', config: { maxSectors: 8, directXipLibrary: slotsAreAlike(config.mode), ...config } },
  };
}

export function boardOf(profile: SimProfile, transport: 'udp' | 'serial' = 'udp'): Board {
  const span = { source: createSource('the bench of this test', ''), start: 0, end: 0 };
  const transports = new Map([[transport, 'sim']]);
  return localBoard(
    { name: 'sim', labels: [], facts: {}, transports, reset: {}, power: {}, reserve: {}, locks: [], span, locate: () => span },
    profile,
  );
}
