/** How large is the image in a slot? */

import { bootAssert } from './panic.ts';
import type { ImageState, Session, Slot } from './session.ts';
import { slotSource } from './slot-check.ts';
import { findTlvAreas } from './tlv-walk.ts';

/** Size with header and TLVs. The image has been checked before, so one without sound TLV areas is more than the bootloader can take. */
export function imageSizeOf(session: Session, image: ImageState, slot: Slot): number {
  const extent = findTlvAreas(slotSource(session, image, slot), slot.header);
  bootAssert(extent !== undefined, `TLV areas of the ${slot.name} image`);
  image.tlvSizes[slot.name] = extent.unprotectedSize;
  return extent.end;
}
