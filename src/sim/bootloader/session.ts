/** What one run of the bootloader works on. It lives in RAM: nothing of it survives the run. */

import { assert } from '../../base/assert.ts';
import type { ImageHeader } from '../../mcuboot/header.ts';
import { swapTrailerFields } from '../../mcuboot/trailer.ts';
import type { SwapTrailerFields } from '../../mcuboot/trailer.ts';
import { createFlash, flashArea } from '../flash.ts';
import type { FlashArea } from '../flash.ts';
import { plainHost } from './config.ts';
import type { BootAreas, BootConfig, BootHost } from './config.ts';
import { blankHeader } from './header.ts';
import { BootLog } from './log.ts';
import { featuresOf } from './release.ts';
import type { ReleaseFeatures } from './release.ts';

/** What is to be done with an image. `fail`: the request that was found turned out bad; `unknown`: swap_info holds a number without meaning. */
export type SwapType = 'none' | 'test' | 'perm' | 'revert' | 'fail' | 'unknown';

/** A slot by its part in updates; where images run from either slot, by its order. */
export type SlotName = 'primary' | 'secondary';

/** One slot with the header that was last read for it; during a swap the header may come from elsewhere. */
export interface Slot {
  readonly name: SlotName;
  readonly area: FlashArea;
  header: ImageHeader;
}

/** What a run knows about one image pair. */
export interface ImageState {
  readonly index: number;
  readonly primary: Slot;
  readonly secondary: Slot;
  swapType: SwapType;
  /** Offset mode: where in the secondary slot the image begins. */
  secondaryOffset: number;
  /** Offset mode with bootstrap: `secondaryOffset` has been found. */
  secondaryOffsetKnown: boolean;
  /** Offset mode: sizes of the unprotected TLV areas, known while the images are whole. */
  readonly tlvSizes: { primary: number; secondary: number };
}

/** One run of the bootloader. */
export interface Session {
  readonly config: BootConfig;
  readonly features: ReleaseFeatures;
  readonly fields: SwapTrailerFields;
  readonly host: BootHost;
  readonly log: BootLog;
  readonly images: readonly ImageState[];
  /** The other copy of the bootloader, which is updated like one more image after the others, from the secondary slot of the first. */
  readonly own: ImageState | undefined;
  readonly bootloader: BootAreas['bootloader'];
  readonly networkCore: FlashArea | undefined;
  readonly scratch: FlashArea | undefined;
  /** Progress records that could not be written. */
  statusFailures: number;
}

/** Starts a run: time is counted from here on. */
export function createSession(areas: BootAreas, config: BootConfig, host: BootHost = plainHost): Session {
  const all = areas.images.flatMap((pair) => [pair.primary, pair.secondary ?? pair.primary]);
  if (areas.scratch !== undefined) all.push(areas.scratch);
  if (areas.bootloader !== undefined) all.push(areas.bootloader.inactive);
  if (areas.networkCore !== undefined) all.push(areas.networkCore);
  assert(all.length > 0, 'a bootloader without slots');
  return {
    config,
    features: featuresOf(config.release),
    fields: trailerFieldsOf(config),
    host,
    log: new BootLog(all.map((area) => area.flash)),
    images: areas.images.map((pair, index) => imageState(pair, index, config)),
    own: ownImage(areas, config),
    bootloader: areas.bootloader,
    networkCore: areas.networkCore,
    scratch: areas.scratch,
    statusFailures: 0,
  };
}

/** The trailer layout that a build of this configuration has. Modes that never swap are built with that of scratch. */
export function trailerFieldsOf(config: BootConfig): SwapTrailerFields {
  const { mode, maxAlign, maxSectors, release } = config;
  const layout = mode === 'move' || mode === 'offset' ? mode : 'scratch';
  return swapTrailerFields(layout, { maxAlign, maxSectors, tlvSizes: layout === 'offset' && featuresOf(release).storesTlvSizes });
}

/** The scratch area; asking for it in a mode without one is a mistake of ours. */
export function scratchOf(session: Session): FlashArea {
  assert(session.scratch !== undefined, 'no scratch area');
  return session.scratch;
}

/** The unit of progress records: the larger of the write sizes of primary slot and scratch area (BOOT_WRITE_SZ). */
export function statusUnit(session: Session, image: ImageState): number {
  const scratch = session.config.mode === 'scratch' ? scratchOf(session).writeSize : 0;
  return Math.max(image.primary.area.writeSize, scratch);
}

/** How many sectors of an area the bootloader knows of: none when they are more than its table can hold. */
export function tableCount(session: Session, { sectors }: FlashArea): number {
  return sectors.count > session.config.maxSectors ? 0 : sectors.count;
}

/** Whether this build erases the area before writing to it. */
export function erases(session: Session, area: FlashArea): boolean {
  return area.eraseRequired || !session.config.knowsNoErase;
}

function ownImage({ images, bootloader }: BootAreas, config: BootConfig): ImageState | undefined {
  if (bootloader === undefined) return undefined;
  return imageState({ primary: bootloader.inactive, secondary: images[0]?.secondary }, images.length, config);
}

/** Whether the primary slot of an image is that of the network core, which the bootloader can write and not read. */
export function runsOnNetworkCore({ networkCore }: Session, { primary }: ImageState): boolean {
  return primary.area === networkCore;
}

function imageState(pair: BootAreas['images'][number], index: number, { defects }: BootConfig): ImageState {
  const secondary = pair.secondary ?? pair.primary;
  return {
    index,
    primary: { name: 'primary', area: pair.primary, header: blankHeader },
    secondary: { name: 'secondary', area: defects.blind === true ? emptyPlace(secondary) : secondary, header: blankHeader },
    swapType: 'none',
    secondaryOffset: 0,
    secondaryOffsetKnown: false,
    tlvSizes: { primary: 0, secondary: 0 },
  };
}

/** Flash of the same kind as that of an area, in which nothing was ever written. */
function emptyPlace({ name, flash, sectors, size, address }: FlashArea): FlashArea {
  const { writeSize, eraseRequired } = flash;
  const runs = Array.from({ length: sectors.count }, (_, index) => [sectors.at(index).size, 1] as const);
  const erasedValue = flash.erasedValue === 0 ? 0x00 : 0xff;
  return flashArea(createFlash({ name, sectors: runs, writeSize, erasedValue, eraseRequired }), { name, offset: 0, size, address });
}
