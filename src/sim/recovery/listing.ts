/** What serial recovery knows of the images in the slots: only those that pass the bootloader's full check are listed (smp.md 6.2). */

import { digestSizes } from '../../mcuboot/hash.ts';
import { tlvType } from '../../mcuboot/tlv.ts';
import { loadsToRam } from '../bootloader/config.ts';
import { imageFlag, imageMagic, readHeaderAt } from '../bootloader/header.ts';
import { checkImage } from '../bootloader/image-check.ts';
import { swapType } from '../bootloader/index.ts';
import { attempt } from '../bootloader/region.ts';
import { createSession } from '../bootloader/session.ts';
import { findTlvAreas, walkTlvs } from '../bootloader/tlv-walk.ts';
import { FlashFailure } from '../flash/errors.ts';
import { listedVersion } from '../images/info.ts';
import { mapOf } from '../server/answer.ts';
import type { RawHeader } from '../bootloader/header.ts';
import type { RequestedSwap } from '../bootloader/swap-type.ts';
import type { ImageSource } from '../bootloader/tlv-walk.ts';
import type { FlashArea } from '../flash.ts';
import type { Entries } from '../server/answer.ts';
import type { RecoveryContext } from './context.ts';

/** An image that passed the check. */
export interface ListedImage {
  readonly image: number;
  readonly slot: 0 | 1;
  readonly area: FlashArea;
  readonly header: RawHeader;
  readonly hash: Uint8Array | undefined;
}

export function listedImages(context: RecoveryContext): readonly ListedImage[] {
  return context.areas.images.flatMap((pair, image) =>
    [pair.primary, pair.secondary].flatMap((area, slot) => {
      const found = area === undefined ? undefined : readImage(context, { image, slot: slot === 0 ? 0 : 1, area });
      return found === undefined ? [] : [found];
    }),
  );
}

/** The answer to an image state read. */
export function imageList(context: RecoveryContext): Entries {
  const entries = listedImages(context).map((listed) => mapOf(...imageEntries(context, listed)));
  return [['images', entries]];
}

function imageEntries(context: RecoveryContext, listed: ListedImage): Entries {
  const { areas, features } = context;
  return [
    ...(areas.images.length > 1 ? [['image', listed.image] as const] : []),
    ...(features.imageState ? flagEntries(context, listed) : []),
    ['slot', listed.slot],
    ...(features.hashes && listed.hash !== undefined ? [['hash', listed.hash] as const] : []),
    ['version', listedVersion(listed.header.version)],
  ];
}

/** Only flags that are set are sent. */
function flagEntries({ areas, config }: RecoveryContext, listed: ListedImage): Entries {
  const type = swapTypeOf(areas.images[listed.image]?.secondary === undefined ? 'none' : swapType(areas, config, listed.image));
  const flags = listed.slot === 0 ? type.primary : type.secondary;
  const bootable = (listed.header.flags & imageFlag.nonBootable) === 0 ? ['bootable'] : [];
  return [...bootable, ...flags].map((flag) => [flag, true] as const);
}

function swapTypeOf(type: RequestedSwap): { primary: readonly string[]; secondary: readonly string[] } {
  switch (type) {
    case 'none':
      return { primary: ['confirmed', 'active'], secondary: [] };
    case 'test':
      return { primary: ['confirmed'], secondary: ['pending'] };
    case 'perm':
      return { primary: ['confirmed'], secondary: ['pending', 'permanent'] };
    case 'revert':
      return { primary: ['active'], secondary: ['confirmed'] };
  }
}

function readImage(context: RecoveryContext, place: { image: number; slot: 0 | 1; area: FlashArea }): ListedImage | undefined {
  const { image, slot, area } = place;
  let found: ListedImage | undefined;
  attempt(() => {
    const start = startOf(context, image, slot, area);
    const header = readHeaderAt(area, start);
    if (header.magic !== imageMagic) return;
    const source = sourceOf(context, area, start);
    const session = createSession(context.areas, context.config);
    if (!checkImage(session, { index: image, header, source, maxSize: () => area.size })) return;
    found = { ...place, header, hash: readHash(context, { source, header, area, start }) };
  });
  return found;
}

function startOf({ areas, config }: RecoveryContext, image: number, slot: 0 | 1, area: FlashArea): number {
  if (config.mode !== 'offset' || slot === 0) return 0;
  return swapType(areas, config, image) === 'revert' ? 0 : area.sectors.at(0).size;
}

/** A RAM-loading bootloader checks what it has in RAM, although it reads the header and the hash that it shows from flash (vector img-state-mid-upload). */
function sourceOf({ config, ram }: RecoveryContext, area: FlashArea, start: number): ImageSource {
  if (!loadsToRam(config.mode)) return { read: (offset, length) => area.read(start + offset, length) };
  return {
    read: (offset, length) => {
      if (ram === undefined || offset + length > ram.length) throw new FlashFailure('nothing in RAM there');
      return ram.subarray(offset, offset + length);
    },
  };
}

function readHash(
  { config }: RecoveryContext,
  options: { source: ImageSource; header: RawHeader; area: FlashArea; start: number },
): Uint8Array | undefined {
  const { source, header, area, start } = options;
  const extent = findTlvAreas(source, header);
  if (extent === undefined) return undefined;
  for (const tlv of walkTlvs(source, extent)) {
    if (tlv.type !== tlvType[config.hash]) continue;
    return tlv.length === digestSizes[config.hash] ? area.read(start + tlv.offset, tlv.length).slice() : undefined;
  }
  return undefined;
}
