/** Versions that images ask of each other, in devices with several images (mcuboot.md 7). */

import { tlvType } from '../../mcuboot/tlv.ts';
import { compareVersions, readVersion, versionSize } from '../../mcuboot/version.ts';
import type { ImageVersion } from '../../mcuboot/version.ts';
import { attempt } from './region.ts';
import type { ImageState, Session, Slot } from './session.ts';
import { findTlvAreas, walkTlvs } from './tlv-walk.ts';
import type { ImageSource } from './tlv-walk.ts';

/** Where the image will be that ends up running, for each image of the device. */
export type SlotChoice = (image: ImageState) => Slot;

/** Index of the image, three bytes of padding, lowest version. */
const dependencySize = 4 + versionSize;

/** Whether all dependencies of one image hold, given which slot of every image will run. Unreadable ones do not. */
export function dependenciesOf(session: Session, slot: Slot, source: ImageSource, choice: SlotChoice): boolean {
  let met = false;
  attempt(() => {
    const extent = findTlvAreas(source, slot.header);
    if (extent === undefined) return;
    for (const tlv of walkTlvs(source, extent, { protectedOnly: true })) {
      if (tlv.type !== tlvType.dependency) continue;
      if (tlv.length !== dependencySize || !holds(session, source.read(tlv.offset, dependencySize), choice)) return;
    }
    met = true;
  });
  return met;
}

function holds(session: Session, bytes: Uint8Array, choice: SlotChoice): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const target = session.images[view.getUint8(0)];
  return target !== undefined && reaches(session, choice(target).header.version, readVersion(view, 4));
}

function reaches(session: Session, version: ImageVersion, lowest: ImageVersion): boolean {
  return compareVersions(version, lowest, { build: session.config.compareBuild }) >= 0;
}
