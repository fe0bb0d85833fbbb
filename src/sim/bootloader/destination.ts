/**
 * What a candidate is meant for, where one secondary slot serves several purposes (mcuboot.md 10; nRF Connect SDK's patch of
 * `boot_validated_swap_type`): judged by its reset vector, in recent releases by the load address in its header.
 */

import { imageMagic } from '../../mcuboot/header.ts';
import type { FlashArea } from '../flash.ts';
import { runsOnNetworkCore } from './session.ts';
import type { ImageState, Session } from './session.ts';
import { slotSource } from './slot-check.ts';

/** `other-bootloader`: the copy that does not run; `running-bootloader`: linked for the one that does; `nothing`: no place that is known. */
export type Destination = 'image' | 'other-bootloader' | 'running-bootloader' | 'network-core' | 'nothing';

/** Where the candidate of an image belongs. One without a header belongs to the image. */
export function destinationOf(session: Session, image: ImageState): Destination {
  const { bootloader, networkCore } = session;
  if (bootloader === undefined && networkCore === undefined) return 'image';
  if (image.secondary.header.magic !== imageMagic || runsOnNetworkCore(session, image)) return 'image';
  const address = addressOf(session, image);
  if (networkCore !== undefined && contains(networkCore, address)) return 'network-core';
  if (bootloader === undefined) return 'image';
  if (contains(bootloader.inactive, address)) return 'other-bootloader';
  if (contains(bootloader.active, address)) return 'running-bootloader';
  return image === session.own || contains(image.primary.area, address) ? 'image' : 'nothing';
}

function addressOf(session: Session, image: ImageState): number {
  const { header } = image.secondary;
  if (session.features.assignsByLoadAddress) return header.loadAddress;
  const bytes = slotSource(session, image, image.secondary).read(header.headerSize + 4, 4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

/** The end is part of it, as in the original. */
function contains({ address, size }: FlashArea, place: number): boolean {
  return place >= address && place <= address + size;
}
