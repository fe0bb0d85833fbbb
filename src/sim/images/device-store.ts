/** The image store of a running application, over the slots of its device. */

import { digestSizes } from '../../mcuboot/hash.ts';
import { tlvType } from '../../mcuboot/tlv.ts';
import { setNext, slotsAreAlike, swapType } from '../bootloader/index.ts';
import { trailerFieldsOf } from '../bootloader/session.ts';
import { emptyTrailer } from '../bootloader/swap-type.ts';
import { readTrailer } from '../bootloader/trailer-access.ts';
import { assert } from '../../base/assert.ts';
import { FlashFailure } from '../flash/errors.ts';
import type { FlashArea } from '../flash.ts';
import type { Hardware } from '../hardware.ts';
import type { ImageStore } from './store.ts';
import type { UploadMemory } from './upload-memory.ts';

export interface DeviceStoreOptions {
  readonly hardware: Hardware;
  /** The slot that the bootloader started image 0 from; it only matters where both slots are alike. */
  readonly bootedSlot: 'primary' | 'secondary';
  /** The firmware loader runs, from the secondary slot: it sees the application's slot and not its own. */
  readonly loader: boolean;
  readonly memory: UploadMemory;
  readonly damage: ImageStore['damage'];
}

export function createDeviceStore({ hardware, bootedSlot, loader, memory, damage }: DeviceStoreOptions): ImageStore {
  const { areas, config } = hardware;
  const fields = trailerFieldsOf(config);
  const fromEither = slotsAreAlike(config.mode) || loader;
  const visible = (slot: number): FlashArea | undefined => {
    const area = hardware.slot(slot);
    return area === areas.networkCore || (loader && slot === 1) ? undefined : area;
  };
  return {
    mode: config.mode,
    downgradePrevention: config.downgradePrevention !== 'none',
    hash: { tlvType: tlvType[config.hash], size: digestSizes[config.hash] },
    maxAlign: config.maxAlign,
    memory,
    count: areas.images.length,
    area: visible,
    activeSlot: (image) => image * 2 + (fromEither && image === 0 && bootedSlot === 'secondary' ? 1 : 0),
    swapType: (image) =>
      areas.images[image]?.secondary === undefined ? 'none' : unlessUnreadable(() => swapType(areas, config, image), 'none'),
    trailer: (slot) => {
      const area = hardware.slot(slot);
      assert(area !== undefined, `no slot ${slot}`);
      return unlessUnreadable(() => readTrailer(area, fields), emptyTrailer);
    },
    setNext: (slot, options) => {
      const area = hardware.slot(slot);
      return area === undefined ? 1 : setNext(area, config, { ...options, image: slot >> 1 });
    },
    damage,
    uploaded: () => 0,
  };
}

/** Zephyr's image management takes a slot whose trailer it cannot read for one without requests. */
function unlessUnreadable<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof FlashFailure) return otherwise;
    throw thrown;
  }
}
