/** The main flow of direct-xip and RAM load: the newer of two valid images is started where it is, or from RAM (mcuboot.md 6.1 to 6.3). */

import { imageFlag } from '../../mcuboot/header.ts';
import { compareVersions } from '../../mcuboot/version.ts';
import type { ImageVersion } from '../../mcuboot/version.ts';
import { loadsToRam } from './config.ts';
import { dependenciesOf } from './dependencies.ts';
import { readHeaderAt } from './header.ts';
import { loadImage, removeFromRam } from './ram-load.ts';
import type { LoadedImage } from './ram-load.ts';
import { attempt, scrambleRegion, scrambleSlot } from './region.ts';
import { raiseForRunning } from './security-counter.ts';
import type { ImageState, Session, Slot } from './session.ts';
import { checkSlot, isHeaderPlausible, slotSource } from './slot-check.ts';
import { readTrailer, writeCopyDone } from './trailer-access.ts';

/** What is known of one image while slots are being tried. */
export interface Candidate {
  readonly image: ImageState;
  /** Slots that have not been ruled out. */
  readonly slots: Slot[];
  active: Slot | undefined;
  /** In the RAM load modes. */
  loaded: LoadedImage | undefined;
  /** In direct-xip with revert: the active image had been confirmed before this boot. */
  confirmed: boolean;
}

/** Chooses a slot for every image; undefined when one of them has none. */
export function selectAll(session: Session): readonly Candidate[] | undefined {
  if (!session.images.every((image) => readHeaders(session, image))) return undefined;
  const candidates = session.images.map((image) => survey(session, image));
  const doomed = tripsOverVersions(session, candidates);
  do {
    for (const candidate of candidates) if (!settle(session, candidate, candidates)) return undefined;
  } while (!allDependenciesMet(session, candidates));
  for (const candidate of candidates) if (!raiseCounter(session, candidate)) return undefined;
  for (const { image, active } of candidates) announce(session, image, active!);
  return doomed ? undefined : candidates;
}

/** A secondary slot that cannot be read counts as empty. */
function readHeaders(session: Session, image: ImageState): boolean {
  const read = (slot: Slot): boolean => attempt(() => void (slot.header = readHeaderAt(slot.area, 0)));
  const readable = read(image.primary);
  if (readable) read(image.secondary);
  else session.log.warn('Failed reading image headers.');
  return readable;
}

/** Prints what the headers say. */
function survey(session: Session, image: ImageState): Candidate {
  const slots = [image.primary, image.secondary].filter((slot) => {
    const found = isHeaderPlausible(session, slot.header, slot.area.size);
    if (found) session.log.info(`${titleOf(slot).padEnd(9)} slot: version=${versionText(slot.header.version)}`);
    else reportMissing(session, image, slot);
    return found;
  });
  return { image, slots, active: undefined, loaded: undefined, confirmed: false };
}

/** In old releases the order of two different versions was taken for an error code in the end. */
function tripsOverVersions({ config, features }: Session, candidates: readonly Candidate[]): boolean {
  if (config.mode !== 'xip' || features.survivesVersionOrder) return false;
  return candidates.some(
    ({ slots: [a, b] }) => a !== undefined && b !== undefined && compareVersions(a.header.version, b.header.version) !== 0,
  );
}

/** Tries slots, the newest image first, until one can be used. */
function settle(session: Session, candidate: Candidate, all: readonly Candidate[]): boolean {
  while (candidate.active === undefined) {
    const slot = newest(session, candidate.slots);
    if (slot === undefined) {
      if (session.features.logsMissingSlot) session.log.info(`No slot to load for image ${candidate.image.index}`);
      return false;
    }
    if (isUsable(session, candidate, slot, all)) candidate.active = slot;
    else ruleOut(candidate, slot);
  }
  return true;
}

/** The first slot wins a tie. */
function newest(session: Session, slots: readonly Slot[]): Slot | undefined {
  const build = session.config.compareBuild;
  return slots.reduce<Slot | undefined>(
    (best, slot) => (best !== undefined && compareVersions(slot.header.version, best.header.version, { build }) <= 0 ? best : slot),
    undefined,
  );
}

function ruleOut(candidate: Candidate, slot: Slot): void {
  candidate.slots.splice(candidate.slots.indexOf(slot), 1);
  candidate.active = undefined;
  candidate.loaded = undefined;
}

function isUsable(session: Session, candidate: Candidate, slot: Slot, all: readonly Candidate[]): boolean {
  const { mode } = session.config;
  const { image } = candidate;
  if (!loadsToRam(mode) && session.features.checksRomAddress && isLinkedElsewhere(session, slot)) return false;
  if ((mode === 'xip-revert' || mode === 'ramload-revert') && !claimSlot(session, candidate, slot)) return false;
  if (!loadsToRam(mode)) return checkSlot(session, image, slot);
  candidate.loaded = loadImage(
    session,
    image,
    slot,
    all.filter((other) => other !== candidate).map((other) => other.loaded),
  );
  if (candidate.loaded === undefined) {
    session.log.info(`Removing image ${image.index} slot ${slot === image.primary ? 0 : 1} from flash`);
    scrambleSlot(session, slot);
    return false;
  }
  if (checkSlot(session, image, slot, { source: candidate.loaded.source })) return true;
  removeFromRam(session, image, candidate.loaded);
  return false;
}

/** An image linked for a fixed address runs only there. */
function isLinkedElsewhere(session: Session, { header, area, name }: Slot): boolean {
  if ((header.flags & imageFlag.romFixed) === 0 || header.loadAddress === area.address) return false;
  const [here, there] = [area.address.toString(16), header.loadAddress.toString(16)];
  session.log.warn(`Image in ${name} slot at 0x${here} has been built for offset 0x${there}, skipping`);
  return true;
}

/**
 * Marks an image as started before it is started for the first time. One that was marked and never confirmed itself,
 * or that was never meant to be started, is destroyed.
 */
function claimSlot(session: Session, candidate: Candidate, { area, name }: Slot): boolean {
  const trailer = readTrailer(area, session.fields);
  if (trailer.magic !== 'good' || (trailer.copyDone === 'set' && trailer.imageOk !== 'set')) {
    scrambleRegion(session, area, { offset: 0, size: area.size });
    return false;
  }
  candidate.confirmed = trailer.imageOk === 'set';
  const marked = trailer.copyDone === 'set' || attempt(() => writeCopyDone(area, session.fields));
  if (!marked) session.log.warn(`Failed to set copy_done flag of the image in the ${name} slot.`);
  return true;
}

/** Rules out the slot of the first image whose dependencies do not hold. */
function allDependenciesMet(session: Session, candidates: readonly Candidate[]): boolean {
  if (candidates.length === 1) return true;
  const choice = (image: ImageState): Slot => candidates[image.index]!.active!;
  const unmet = candidates.find(({ image, active, loaded }) => {
    const source = loaded?.source ?? slotSource(session, image, active!);
    return !dependenciesOf(session, active!, source, choice);
  });
  if (unmet === undefined) return true;
  if (unmet.loaded !== undefined) removeFromRam(session, unmet.image, unmet.loaded);
  ruleOut(unmet, unmet.active!);
  return false;
}

function raiseCounter(session: Session, { image, active, confirmed }: Candidate): boolean {
  const { rollbackCounter, mode } = session.config;
  if (!rollbackCounter || (mode === 'xip-revert' && !confirmed)) return true;
  return raiseForRunning(session, image, active!);
}

function announce(session: Session, image: ImageState, slot: Slot): void {
  const { features, log } = session;
  log.info(
    features.imageNumberInSlotLog ? `Image ${image.index} loaded from the ${slot.name} slot` : `Booting image from the ${slot.name} slot`,
  );
}

function reportMissing(session: Session, image: ImageState, slot: Slot): void {
  const { features, log } = session;
  const title = features.capitalisedErrors ? slot.name : titleOf(slot);
  if (features.imageNumberInSlotLog)
    log.info(`Image ${image.index} ${title} slot: ${features.capitalisedErrors ? 'image' : 'Image'} not found`);
  else log.info(`${titleOf(slot)} slot: Image not found`);
}

function titleOf({ name }: Slot): string {
  return name === 'primary' ? 'Primary' : 'Secondary';
}

function versionText({ major, minor, revision, build }: ImageVersion): string {
  return `${major}.${minor}.${revision}+${build}`;
}
