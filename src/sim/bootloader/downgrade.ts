/** Downgrade prevention of the swap modes: a request for an older image is refused, a revert never is (mcuboot.md 5.2). */

import { compareVersions } from '../../mcuboot/version.ts';
import { readSecurityCounter } from './image-check.ts';
import type { CounterReading } from './image-check.ts';
import { scrambleSlot } from './region.ts';
import type { ImageState, Session, Slot } from './session.ts';
import { slotSource } from './slot-check.ts';

/** Whether the candidate may replace the primary image. One that may not is destroyed. */
export function allowsDowngrade(session: Session, image: ImageState): boolean {
  const { config, features, log } = session;
  if (config.defects.permanentDowngrades === true && image.swapType === 'perm') return true;
  if (config.mode === 'overwrite' || !features.swapDowngradePrevention || !isDowngrade(session, image)) return true;
  log.info(`${features.imageIndexInLog ? `Image ${image.index}` : 'Image'} in slot 1 erased due to downgrade prevention`);
  scrambleSlot(session, image.secondary);
  return false;
}

function isDowngrade(session: Session, image: ImageState): boolean {
  const { downgradePrevention, compareBuild } = session.config;
  const counterOf = (slot: Slot): CounterReading => readSecurityCounter(slotSource(session, image, slot), slot.header);
  switch (downgradePrevention) {
    case 'none':
      return false;
    case 'version':
      return compareVersions(image.secondary.header.version, image.primary.header.version, { build: compareBuild }) < 0;
    case 'security-counter': {
      const running = counterOf(image.primary);
      const candidate = counterOf(image.secondary);
      return running.found && !(candidate.found && candidate.counter >= running.counter);
    }
  }
}
