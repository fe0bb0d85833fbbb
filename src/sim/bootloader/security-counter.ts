/** The hardware rollback counter: raised to that of an image as soon as there is no way back from it (mcuboot.md 5.3). */

import type { ImageHeader } from '../../mcuboot/header.ts';
import { readSecurityCounter } from './image-check.ts';
import { BootPanic } from './panic.ts';
import type { ImageState, Session, Slot } from './session.ts';
import { slotSource } from './slot-check.ts';

/** Raises the counter to that of the image that is about to run; prints an error. True when the image may run. */
export function raiseForRunning(session: Session, image: ImageState, slot: Slot): boolean {
  const error = raiseSecurityCounter(session, image, slot, slot.header);
  if (error !== 0) session.log.error(`Security counter update failed after image ${image.index} validation: ${error}`);
  return error === 0;
}

/** Raises it to that of an image that was just installed for good, of which the secondary slot still has the header. */
export function raiseForInstalled(session: Session, image: ImageState): void {
  const error = raiseSecurityCounter(session, image, image.primary, image.secondary.header);
  if (error === 0) return;
  session.log.error(`Security counter update failed after image upgrade: ${error}`);
  throw new BootPanic('assert', 'the installed image has no security counter');
}

/** Raises the stored counter to that of the image in `slot`, whose header is given. Returns the original's error number, 0 for none. */
function raiseSecurityCounter(session: Session, image: ImageState, slot: Slot, header: ImageHeader): number {
  const reading = readSecurityCounter(slotSource(session, image, slot), header);
  if (!reading.found) return reading.error;
  if (reading.counter > session.host.readSecurityCounter(image.index)) session.host.writeSecurityCounter(image.index, reading.counter);
  return 0;
}
