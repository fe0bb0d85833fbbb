/** One run of the bootloader, from reset to the jump into the application. */

import { PowerCut, FlashFailure } from '../flash/errors.ts';
import { loadsToRam, plainHost, slotsAreAlike } from './config.ts';
import type { BootAreas, BootConfig, BootEnding, BootHost, BootResult } from './config.ts';
import { BootPanic } from './panic.ts';
import { selectAll } from './select.ts';
import { createSession } from './session.ts';
import type { Session, Slot } from './session.ts';
import { chooseFirmware, startable } from './single.ts';
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
    return run(session);
  } catch (thrown) {
    if (thrown instanceof PowerCut) return { outcome: 'power-cut' };
    if (thrown instanceof BootPanic) return { outcome: 'panic', panic: thrown.panic, why: thrown.message };
    // The original asserts that every flash operation of an update succeeds.
    if (thrown instanceof FlashFailure) return { outcome: 'panic', panic: 'assert', why: thrown.message };
    throw thrown;
  }
}

function run(session: Session): BootEnding {
  const { mode } = session.config;
  const { primary } = session.images[0]!;
  if (mode === 'single') return started(startable(session, primary) ? primary : undefined);
  if (mode === 'firmware-loader') return started(chooseFirmware(session));
  if (slotsAreAlike(mode)) return started(selectAll(session)?.[0]?.active, loadsToRam(mode));
  const outcome = updateAll(session);
  return outcome === 'boot' ? started(primary) : { outcome };
}

function started(slot: Slot | undefined, fromRam = false): BootEnding {
  if (slot === undefined) return { outcome: 'no-image' };
  const { name, area, header } = slot;
  const image = { slot: name, offset: area.address, version: header.version };
  return { outcome: 'boot', image: fromRam ? { ...image, loadAddress: header.loadAddress } : image };
}
