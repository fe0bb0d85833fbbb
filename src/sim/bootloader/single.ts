/** Devices that install nothing: the image is checked and started where it is (mcuboot.md 6.4 and 6.5). */

import { imageFlag, imageMagic } from '../../mcuboot/header.ts';
import { readHeaderAt } from './header.ts';
import { checkImage } from './image-check.ts';
import { attempt } from './region.ts';
import type { Session, Slot } from './session.ts';
import { slotSource } from './slot-check.ts';

/** The slot to start in firmware loader mode: the application's, unless the loader is asked for or must step in. */
export function chooseFirmware(session: Session): Slot | undefined {
  const { primary, secondary } = session.images[0]!;
  const { request, noApplication } = session.config.loaderEntry;
  const asked = request && session.host.loaderRequested === true;
  const order = [...(asked ? [secondary] : []), primary, ...(noApplication ? [secondary] : [])];
  return order.find((slot) => startable(session, slot));
}

/** True when the image in the slot can be started. */
export function startable(session: Session, slot: Slot): boolean {
  const image = session.images[0]!;
  if (!readSingleHeader(session, slot)) return false;
  if (!session.config.validatePrimary) return true;
  const { area, header } = slot;
  const maxSize = (): number => area.size - session.fields.infoSize;
  return checkImage(session, { index: image.index, header, source: slotSource(session, image, slot), maxSize });
}

function readSingleHeader({ log }: Session, slot: Slot): boolean {
  if (!attempt(() => void (slot.header = readHeaderAt(slot.area, 0)))) {
    log.error('Failed reading image header');
    return false;
  }
  const { magic, flags, headerSize, imageSize } = slot.header;
  const size = headerSize + imageSize;
  if (magic !== imageMagic) log.error(`Bad image magic 0x${magic.toString(16)}`);
  else if ((flags & imageFlag.nonBootable) !== 0) log.error('Image not bootable');
  else if (size > 0xffff_ffff || size >= slot.area.size) log.error(`Image size bigger than designated area: ${size} > ${slot.area.size}`);
  else return true;
  return false;
}
