/** Devices with one slot per image: the image is checked and started, nothing else (mcuboot.md 6.4). */

import { imageFlag, imageMagic } from '../../mcuboot/header.ts';
import { readHeaderAt } from './header.ts';
import { checkImage } from './image-check.ts';
import { attempt } from './region.ts';
import type { Session, Slot } from './session.ts';
import { slotSource } from './slot-check.ts';

/** True when the image in the slot can be started. */
export function bootSingle(session: Session): boolean {
  const image = session.images[0]!;
  const { primary } = image;
  if (!readSingleHeader(session, primary)) return false;
  if (!session.config.validatePrimary) return true;
  const { area, header } = primary;
  const maxSize = (): number => area.size - session.fields.infoSize;
  return checkImage(session, { index: image.index, header, source: slotSource(session, image, primary), maxSize });
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
