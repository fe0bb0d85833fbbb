/** One run of the bootloader, from reset to the jump into the application. */

import { PowerCut, FlashFailure } from '../flash/errors.ts';
import { loadsToRam, plainHost, slotsAreAlike } from './config.ts';
import type { BootAreas, BootConfig, BootEnding, BootHost, BootResult, BootedImage } from './config.ts';
import { BootPanic } from './panic.ts';
import { selectAll } from './select.ts';
import { createSession } from './session.ts';
import type { Session, Slot } from './session.ts';
import { bootSingle } from './single.ts';
import { updateAll } from './update.ts';

/**
 * Runs the bootloader over the given slots. Synchronous; time passes only as flash operations cost it. Whatever the slots
 * hold, this returns: assertions, faults and endless loops of the original are outcomes, and so is a power cut.
 */
export function bootOnce(areas: BootAreas, config: BootConfig, host: BootHost = plainHost): BootResult {
  const session = createSession(areas, config, host);
  const ending = endingOf(session);
  return { ...ending, log: session.log.lines, elapsedUs: session.log.elapsedUs };
}

function endingOf(session: Session): BootEnding {
  try {
    const image = run(session);
    return image === undefined ? { outcome: 'no-image' } : { outcome: 'boot', image };
  } catch (thrown) {
    if (thrown instanceof PowerCut) return { outcome: 'power-cut' };
    if (thrown instanceof BootPanic) return { outcome: 'panic', panic: thrown.panic, why: thrown.message };
    // The original asserts that every flash operation of an update succeeds.
    if (thrown instanceof FlashFailure) return { outcome: 'panic', panic: 'assert', why: thrown.message };
    throw thrown;
  }
}

function run(session: Session): BootedImage | undefined {
  const { mode } = session.config;
  const first = session.images[0]!;
  if (mode === 'single') return bootSingle(session) ? booted(first.primary) : undefined;
  if (!slotsAreAlike(mode)) return updateAll(session) ? booted(first.primary) : undefined;
  const slot = selectAll(session)?.[0]?.active;
  if (slot === undefined) return undefined;
  return loadsToRam(mode) ? { ...booted(slot), loadAddress: slot.header.loadAddress } : booted(slot);
}

function booted({ name, area, header }: Slot): BootedImage {
  return { slot: name, offset: area.address, version: header.version };
}
