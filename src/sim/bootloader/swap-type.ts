/** What the trailers of an image ask for: the decision that bootloader and application share (mcuboot.md 3.1). */

import { swapTypeCode } from '../../mcuboot/trailer.ts';
import type { Trailer, TrailerFlag, TrailerMagic } from '../../mcuboot/trailer.ts';
import { attempt } from './region.ts';
import { runsOnNetworkCore } from './session.ts';
import type { ImageState, Session } from './session.ts';
import { readTrailer } from './trailer-access.ts';

/** What two sound trailers can ask for. */
export type RequestedSwap = 'none' | 'test' | 'perm' | 'revert';

interface SwapRule {
  readonly primaryMagic?: TrailerMagic;
  readonly primaryImageOk?: TrailerFlag;
  readonly primaryCopyDone?: TrailerFlag;
  readonly secondaryMagic?: TrailerMagic;
  readonly secondaryImageOk?: TrailerFlag;
  readonly secondaryCopyDone?: TrailerFlag;
  readonly result: RequestedSwap;
}

/** The first rule that matches wins; a field that is not named may be anything. */
const swapRules: readonly SwapRule[] = [
  { secondaryMagic: 'good', secondaryImageOk: 'unset', result: 'test' },
  { secondaryMagic: 'good', secondaryImageOk: 'set', result: 'perm' },
  { primaryMagic: 'good', primaryImageOk: 'unset', primaryCopyDone: 'set', result: 'revert' },
];

/** Offset mode marks a revert that has begun in the secondary trailer. */
const offsetSwapRules: readonly SwapRule[] = [
  { secondaryMagic: 'good', secondaryImageOk: 'unset', secondaryCopyDone: 'set', result: 'revert' },
  ...swapRules,
];

/** What an erased slot says. */
export const emptyTrailer: Trailer = { magic: 'unset', swapType: swapTypeCode.none, imageNumber: 0, copyDone: 'unset', imageOk: 'unset' };

/** What the trailers of both slots ask for together (mcuboot.md 3.1; vectors of kind truth_table). */
export function decideSwapType(primary: Trailer, secondary: Trailer, options: { readonly offset: boolean }): RequestedSwap {
  const rules = options.offset ? offsetSwapRules : swapRules;
  const rule = rules.find(
    (candidate) =>
      matches(candidate.primaryMagic, primary.magic) &&
      matches(candidate.primaryImageOk, primary.imageOk) &&
      matches(candidate.primaryCopyDone, primary.copyDone) &&
      matches(candidate.secondaryMagic, secondary.magic) &&
      matches(candidate.secondaryImageOk, secondary.imageOk) &&
      matches(candidate.secondaryCopyDone, secondary.copyDone),
  );
  return rule?.result ?? 'none';
}

/** The bootloader's own query, which prints what it finds every time it is asked. */
export function querySwapType(session: Session, image: ImageState): RequestedSwap {
  const { fields, config, features, log } = session;
  const primary = runsOnNetworkCore(session, image) ? emptyTrailer : readTrailer(image.primary.area, fields);
  const secondary = readSecondaryTrailer(session, image);
  const type = decideSwapType(primary, secondary, { offset: config.mode === 'offset' });
  log.info(features.imageIndexInLog ? `Image index: ${image.index}, Swap type: ${type}` : `Swap type: ${type}`);
  return type;
}

function readSecondaryTrailer(session: Session, image: ImageState): Trailer {
  let trailer = emptyTrailer;
  const readable = attempt(() => void (trailer = readTrailer(image.secondary.area, session.fields)));
  if (!readable) session.log.info(`Secondary image of image pair (${image.index}.) is unreachable. Treat it as empty`);
  return trailer;
}

function matches<T>(wanted: T | undefined, found: T): boolean {
  return wanted === undefined || wanted === found;
}
