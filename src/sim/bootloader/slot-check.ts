/** May the image in a slot be used? Decides, and destroys candidates that may not (mcuboot.md 1.5). */

import { isSwapMode } from '../../mcuboot/trailer.ts';
import { imageFlag, imageMagic } from '../../mcuboot/header.ts';
import type { ImageHeader } from '../../mcuboot/header.ts';
import { compareVersions } from '../../mcuboot/version.ts';
import { algorithmOf } from './algorithms.ts';
import { slotsAreAlike } from './config.ts';
import { readHeaderAt } from './header.ts';
import { checkImage } from './image-check.ts';
import { isFresh, recordsOffset } from './progress.ts';
import type { Progress } from './progress.ts';
import { attempt, scrambleSlot, scrambleTrailer } from './region.ts';
import { runsOnNetworkCore } from './session.ts';
import type { ImageState, Session, Slot, SwapType } from './session.ts';
import { querySwapType } from './swap-type.ts';
import type { ImageSource } from './tlv-walk.ts';

/** What is known beyond the slot itself. */
export interface SlotCheckContext {
  /** The position of the swap, while one is being prepared. */
  readonly progress?: Progress | undefined;
  /** What the candidate was requested for. */
  readonly requested?: SwapType | undefined;
  /** The image to check, when it is not in the slot itself. */
  readonly source?: ImageSource | undefined;
}

/** Whether the slot holds an image that may be installed or started. One that may not is destroyed, unless it is the running one. */
export function checkSlot(session: Session, image: ImageState, slot: Slot, context: SlotCheckContext = {}): boolean {
  const { config, log } = session;
  const candidate = slot === image.secondary;
  if (!candidate && runsOnNetworkCore(session, image)) return true;
  if (isHeaderErased(slot) || (slot.header.flags & imageFlag.nonBootable) !== 0) {
    if (candidate && isSwapMode(config.mode)) cleanEmptyCandidate(session, image, context.progress);
    return false;
  }
  const faults = candidate ? faultsOfCandidate(session, image, context) : faultsOfImage(session, image, slot, context);
  for (const fault of faults) log.error(fault);
  if (faults.length > 0 && (candidate || slotsAreAlike(config.mode))) scrambleSlot(session, slot);
  return faults.length === 0;
}

/** Whether the header that was read is nothing but erased flash. */
export function isHeaderErased({ header, area }: Slot): boolean {
  const erased = area.erasedValue === 0 ? 0 : 0xffff_ffff;
  return header.magic === erased;
}

/** Whether the header's claims are possible and this build can deal with them. */
export function isHeaderPlausible(session: Session, header: ImageHeader, slotSize: number): boolean {
  const { features } = session;
  const size = header.headerSize + header.imageSize + header.protectedTlvSize;
  if (header.magic !== imageMagic || size > 0xffff_ffff || size >= slotSize) return false;
  const unsupported = imageFlag.encryptedAes128 | imageFlag.encryptedAes256 | compressedFlags;
  return !features.refusesUnsupportedFlags || (header.flags & unsupported) === 0;
}

/** An image in a slot, read from where it begins. */
export function slotSource(session: Session, image: ImageState, slot: Slot): ImageSource {
  const base = session.config.mode === 'offset' && slot === image.secondary ? image.secondaryOffset : 0;
  return { read: (offset, length) => slot.area.read(base + offset, length) };
}

const compressedFlags = imageFlag.compressedLzma1 | imageFlag.compressedLzma2 | imageFlag.compressedArmThumb;

/** What is wrong with an image that is to be installed, in the words of the log. */
function faultsOfCandidate(session: Session, image: ImageState, context: SlotCheckContext): string[] {
  const { secondary } = image;
  if (isMisplaced(session, secondary, context)) {
    return ['Secondary header magic detected in first sector, wrong upload address?', invalidLine(secondary)];
  }
  if (isOlder(session, image)) return [`${session.features.capitalisedErrors ? 'I' : 'i'}nsufficient version in secondary slot`];
  const faults = faultsOfImage(session, image, secondary, context);
  if (faults.length > 0 || isMadeForPrimary(session, image)) return faults;
  return [`Binary in secondary slot of image ${image.index} is not designated for the primary slot`, 'Erasing image from secondary slot'];
}

function faultsOfImage(session: Session, image: ImageState, slot: Slot, { source }: SlotCheckContext): string[] {
  const candidate = {
    index: image.index,
    header: slot.header,
    source: source ?? slotSource(session, image, slot),
    maxSize: () => maxImageSize(session, image, slot),
  };
  const sound = isHeaderPlausible(session, slot.header, slot.area.size) && checkImage(session, candidate);
  return sound ? [] : [invalidLine(slot)];
}

function invalidLine({ name }: Slot): string {
  return `Image in the ${name} slot is not valid!`;
}

/** The largest end of the TLVs that this bootloader takes. */
function maxImageSize(session: Session, image: ImageState, slot: Slot): number {
  const { imageSizeMax = Number.POSITIVE_INFINITY } = session.config.defects;
  const built = sizeLimitOf(session, image, slot);
  return slot === image.secondary ? Math.min(built, imageSizeMax) : built;
}

function sizeLimitOf(session: Session, image: ImageState, { area }: Slot): number {
  const { features, fields, config } = session;
  const algorithm = algorithmOf(config.mode);
  // The first stage puts no trailer into the slots of bootloaders.
  if (image === session.own) return image.primary.area.size;
  if (!features.limitsSize) return Number.POSITIVE_INFINITY;
  if (algorithm === undefined) return area.size - fields.swapInfo;
  if (features.limitsSizeToSwap) return algorithm.maxImageSize(session, image);
  const records = recordsOffset(session, area);
  if (config.mode === 'scratch') return records;
  const lastSector = area.sectors.at(area.sectors.indexAt(records)).offset;
  return area === image.secondary.area ? lastSector - image.secondaryOffset : lastSector;
}

/** A request for an empty slot is withdrawn. In move mode a revert that has lost its image is given up as well. */
function cleanEmptyCandidate(session: Session, image: ImageState, progress: Progress | undefined): void {
  attempt(() => scrambleTrailer(session, image, image.secondary.area));
  if (session.config.mode !== 'move' || !session.features.clearsStuckRevert) return;
  if (progress?.swapType !== 'revert' && querySwapType(session, image) !== 'revert') return;
  if (!attempt(() => scrambleTrailer(session, image, image.primary.area))) return;
  session.log.info(`Cleared image ${image.index} primary slot trailer due to stuck revert`);
}

/** Offset mode: an update at the first sector would be swapped into nonsense. */
function isMisplaced(session: Session, slot: Slot, { progress, requested }: SlotCheckContext): boolean {
  if (session.config.mode !== 'offset' || progress === undefined || !isFresh(session, progress)) return false;
  if (requested !== 'test' && requested !== 'perm') return false;
  return readHeaderAt(slot.area, 0).magic === imageMagic;
}

function isOlder(session: Session, image: ImageState): boolean {
  const { mode, downgradePrevention, compareBuild } = session.config;
  if (mode !== 'overwrite' || downgradePrevention === 'none' || isHeaderErased(image.primary)) return false;
  return compareVersions(image.secondary.header.version, image.primary.header.version, { build: compareBuild }) < 0;
}

/** Whether the candidate was linked for the primary slot, judged by its reset vector or its load address. */
function isMadeForPrimary(session: Session, { primary, secondary }: ImageState): boolean {
  const { addressCheck } = session.config;
  if (addressCheck === 'none') return true;
  const address = addressCheck === 'load-address' ? secondary.header.loadAddress : resetVector(secondary);
  return address >= primary.area.address && address < primary.area.address + primary.area.size;
}

/** Counted from the start of the slot even in offset mode, where no update begins there (vectors `offset/.../vector-inside`). */
function resetVector({ area, header }: Slot): number {
  const bytes = area.read(header.headerSize + 4, 4);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}
