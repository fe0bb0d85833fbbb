/** What can be seen of a device without its bootloader: its shape, and what lies in its slots. */

import { toHex } from '../base/bytes.ts';
import { isSwapMode } from '../mcuboot/trailer.ts';
import { verifyImage } from '../mcuboot/verify.ts';
import type { Verdict } from '../mcuboot/verify.ts';
import { trailerFieldsOf } from './bootloader/session.ts';
import { readTrailer } from './bootloader/trailer-access.ts';
import type { SimFacts, SlotInspection } from './device.ts';
import type { Hardware } from './hardware.ts';
import type { createDeviceStore } from './images/device-store.ts';
import { listedVersion, readImageInfo } from './images/info.ts';
import { startOffset } from './images/store.ts';
import type { SimProfile } from './profile.ts';
import { serverProfile } from './server/releases.ts';

type DeviceStore = ReturnType<typeof createDeviceStore>;

export function inspectSlots(hardware: Hardware, store: DeviceStore): readonly SlotInspection[] {
  const fields = trailerFieldsOf(hardware.config);
  return Array.from({ length: hardware.slotCount }, (_, slot) => slot).flatMap((slot) => {
    const area = hardware.slot(slot);
    if (area === undefined) return [];
    const info = readImageInfo(store, slot);
    const { magic, imageOk, copyDone, swapType } = readTrailer(area, fields);
    const [version, hash] = typeof info === 'string' ? [] : [listedVersion(info.version), toHex(info.hash)];
    return [{ slot, version, hash, trailer: { magic, imageOk, copyDone, swapType } }];
  });
}

/** Checks the image of a slot by other code than the bootloader's, with the keys that the bootloader trusts. */
export function verifySlot(slot: number, hardware: Hardware, store: DeviceStore): Verdict {
  const area = hardware.slot(slot);
  const start = startOffset(store, slot);
  const contents = area?.read(start, area.size - start) ?? new Uint8Array();
  return verifyImage(contents, hardware.config.keys ?? []);
}

export function factsOf(profile: SimProfile, hardware: Hardware): SimFacts {
  const server = profile.server === undefined ? undefined : serverProfile(profile.server.profile, profile.server.overrides);
  const { mode } = hardware.config;
  return {
    profile: profile.name,
    mode,
    swap: isSwapMode(mode),
    images: profile.images.length,
    imageAddress: hardware.areas.images[0]!.primary.address,
    networkCore: hardware.areas.networkCore !== undefined,
    ...(hardware.firstStage && { bootloaderSlots: [hardware.firstStage.slots[0].address, hardware.firstStage.slots[1].address] as const }),
    slotSizes: Array.from({ length: hardware.slotCount }, (_, slot) => hardware.slot(slot)?.size ?? 0),
    groups: server?.groups ?? [],
    bufSize: server?.buffers.size ?? 0,
    bufCount: server?.buffers.count ?? 0,
  };
}
