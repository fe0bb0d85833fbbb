/** What serial recovery works on. */

import type { BootAreas, BootConfig } from '../bootloader/index.ts';
import type { FlashArea } from '../flash.ts';
import type { RecoveryFeatures } from './profile.ts';

export interface RecoveryContext {
  readonly areas: BootAreas;
  readonly config: BootConfig;
  readonly features: RecoveryFeatures;
  /** What a RAM-loading bootloader had loaded before recovery took over. */
  readonly ram: Uint8Array | undefined;
  readonly storage: FlashArea | undefined;
  /** The settings in it are gone. */
  storageErased(): void;
  requestReset(delayMs: number): void;
}
