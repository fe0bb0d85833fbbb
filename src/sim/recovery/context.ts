/** What serial recovery works on. */

import type { BootAreas, BootConfig } from '../bootloader/index.ts';
import type { RecoveryFeatures } from './profile.ts';

export interface RecoveryContext {
  readonly areas: BootAreas;
  readonly config: BootConfig;
  readonly features: RecoveryFeatures;
  /** What a RAM-loading bootloader had loaded before recovery took over. */
  readonly ram: Uint8Array | undefined;
  requestReset(delayMs: number): void;
}
