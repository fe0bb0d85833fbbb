/** The image list: what `image state` reads, and what a successful state write answers (smp.md 3.2, 4.3). */

import { imageFlag } from '../../bootloader/header.ts';
import { listedVersion, readImageInfo } from '../../images/info.ts';
import { answerMap, mapOf } from '../answer.ts';
import { slotFlags } from './slot-flags.ts';
import type { ImageStore } from '../../images/store.ts';
import type { Answer, Entries } from '../answer.ts';
import type { ImageFeatures } from '../profile.ts';

export function listImages(store: ImageStore, features: ImageFeatures): Answer {
  const entries = Array.from({ length: store.count }, (_, image) => imageEntries(store, features, image)).flat();
  const images = ['images', entries] as const;
  return features.frugalList ? answerMap(images) : answerMap(images, ['splitStatus', 0]);
}

function imageEntries(store: ImageStore, features: ImageFeatures, image: number): Entries[number][1][] {
  return [image * 2, image * 2 + 1].flatMap((slot) => {
    const entry = slotEntry(store, slot, features);
    return entry === undefined ? [] : [entry];
  });
}

function slotEntry(store: ImageStore, slot: number, features: ImageFeatures): Entries[number][1] | undefined {
  const info = readImageInfo(store, slot);
  if (typeof info === 'string') return undefined;
  const flags = slotFlags(store, slot, features);
  const allFlags: readonly (readonly [string, boolean])[] = [
    ['bootable', (info.flags & imageFlag.nonBootable) === 0],
    ['pending', flags.pending],
    ['confirmed', flags.confirmed],
    ['active', flags.active],
    ['permanent', flags.permanent],
  ];
  return mapOf(
    ...(store.count > 1 ? [['image', slot >> 1] as const] : []),
    ['slot', slot % 2],
    ['version', listedVersion(info.version)],
    ['hash', info.hash],
    ...allFlags.filter(([, set]) => set || !features.frugalList),
  );
}
