/** What the moves of a strategy do on a board. */

import { sleep } from '../../base/clock.ts';
import { SmpRefusal } from '../../client/errors.ts';
import { awaitComeback } from '../../device/comeback.ts';
import { Failure } from '../../device/failure.ts';
import { describeImages, readImages, writeImageState } from '../../device/image-state.ts';
import type { ListedImage, InputImage } from '../../device/images.ts';
import { sendImage } from '../../device/send-image.ts';
import { basicEraseStorage } from '../../smp/groups/basic.ts';
import { osBootloaderInfo, osParameters } from '../../smp/groups/os.ts';
import { restart } from '../reset.ts';
import type { FindMove, ListMove, MarkMove, Move, Strategy } from './strategy.ts';
import type { StepContext } from '../../device/context.ts';
import type { UpgradeMode } from '../../language/upgrade-clients.ts';

/** An image of an update, and what is still to be done for it. */
export interface UpgradeImage extends InputImage {
  /** The image number. */
  readonly target: number;
  needs: { readonly upload: boolean; readonly test: boolean; readonly confirm: boolean };
}

export interface Upgrade {
  readonly strategy: Strategy;
  readonly mode: UpgradeMode;
  readonly images: readonly UpgradeImage[];
  readonly eraseSettings: boolean;
  readonly swapMs: number;
  readonly context: StepContext;
  readonly tally: UpgradeTally;
}

/** What has been done so far: readable also when a move failed. */
export interface UpgradeTally {
  readonly done: string[];
  /** The last thing that the client printed. */
  text: string;
  bytes: number;
  uploadSeconds: number;
  /** Clock time at which the board was reset, in ms. */
  resetAt: number;
}

/** Serial recovery that checks signatures takes seconds per slot. */
const listMs = 40_000;
/** As the Nordic libraries wait for it (dfu-clients.md 1.1). */
const eraseMs = 75_000;

/** Rejects with a refusal of the board, with a `Failure` when the client misses something, and with infra errors. */
export async function perform(move: Move, upgrade: Upgrade): Promise<void> {
  switch (move.do) {
    case 'ask-params':
      return ask(move.do, upgrade, ({ device, signal }) => device.request(osParameters, undefined, { signal }));
    case 'ask-bootloader':
      return ask(move.do, upgrade, ({ device, signal }) => device.request(osBootloaderInfo, {}, { signal }));
    case 'list':
      return list(move, upgrade);
    case 'upload':
      return upload(upgrade);
    case 'test':
    case 'confirm':
      return mark(move, upgrade);
    case 'erase-settings':
      return eraseSettings(upgrade);
    case 'reset':
      return reset(upgrade);
    case 'wait-for-swap':
      return waitForSwap(upgrade);
    case 'find':
      return find(move, upgrade);
  }
}

/** What a board does not tell, clients do without. */
async function ask(what: string, { context, tally }: Upgrade, request: (context: Upgrade['context']) => Promise<unknown>): Promise<void> {
  tally.done.push(what);
  try {
    await request(context);
  } catch (thrown) {
    if (!(thrown instanceof SmpRefusal)) throw thrown;
  }
}

async function list(move: ListMove, upgrade: Upgrade): Promise<void> {
  const { context, images, strategy } = upgrade;
  for (let round = 0; ; round += 1) {
    upgrade.tally.done.push('list');
    const slots = await readImages(context, listMs);
    for (const image of images) image.needs = needsOf(image, slots, { move, upgrade });
    const others = images.flatMap((image) => (image.needs.upload ? slotsInTheWay(image, slots) : []));
    const held = others.filter(({ pending, confirmed }) => !pending && confirmed);
    if (move.revert !== 'reset') for (const slot of held) await confirmInstead(move.revert, slot, upgrade);
    const isReset = others.some(({ pending }) => pending) || (move.revert === 'reset' && held.length > 0);
    if (!isReset) return;
    if (round > 0 && round >= move.looksAgain) throw stillInTheWay(slots);
    await reset(upgrade);
    if (move.looksAgain === 0) return;
    await awaitComeback(context, strategy.patienceMs);
  }
}

/** Clients tell images by the hashes that are listed, although these are read from the image and not computed (dfu-clients.md 1.4). */
function needsOf(
  image: UpgradeImage,
  slots: readonly ListedImage[],
  { move, upgrade: { mode } }: { readonly move: ListMove; readonly upgrade: Upgrade },
): UpgradeImage['needs'] {
  const found = slots.find((slot) => slot.image === image.target && slot.hash === image.hash);
  const isThere = found !== undefined && (found.active || move.skips === 'listed');
  if (!isThere) return everything;
  const marks = mode !== 'upload-only';
  return { upload: false, test: marks && !found.active && !found.pending, confirm: marks && !(found.active && found.confirmed) };
}

export const everything: UpgradeImage['needs'] = { upload: true, test: true, confirm: true };

/** Another image in the secondary slot that is pending, or confirmed because the running one is on trial. */
function slotsInTheWay({ target, hash }: UpgradeImage, slots: readonly ListedImage[]): readonly ListedImage[] {
  return slots.filter((slot) => slot.image === target && !slot.active && slot.hash !== hash && (slot.pending || slot.confirmed));
}

function stillInTheWay(slots: readonly ListedImage[]): Failure {
  return new Failure('another image is still pending after resets of the board', { code: 'upgrade-blocked', found: describeImages(slots) });
}

async function confirmInstead(
  whom: 'confirm-running' | 'confirm-secondary',
  slot: ListedImage,
  { context, tally }: Upgrade,
): Promise<void> {
  tally.done.push(whom);
  await writeImageState(context, { image: whom === 'confirm-secondary' ? slot.hash : undefined, confirm: true });
}

async function upload({ strategy, context, images, tally }: Upgrade): Promise<void> {
  const { window, chunk, firstChunkMs, chunkMs, lastChunkMs, reconnects } = strategy.upload;
  const { device, signal } = context;
  for (const image of images.filter(({ needs }) => needs.upload)) {
    tally.done.push('upload');
    const { bytes, seconds } = await sendImage(context, image, {
      image: image.target === 0 ? undefined : image.target,
      chunk,
      firstChunkMs: firstChunkMs ?? device.eraseMs,
      chunkMs,
      lastChunkMs,
      window: window === 'growing' ? undefined : window,
      reconnect: reconnects ? () => device.client(signal) : undefined,
    });
    tally.bytes += bytes;
    tally.uploadSeconds += seconds;
  }
}

async function mark(move: MarkMove, { context, images, tally }: Upgrade): Promise<void> {
  const confirm = move.do === 'confirm';
  for (const image of images) {
    if (!image.needs[move.do] || (move.which === 'targets-above-0' && image.target === 0)) continue;
    tally.done.push(move.do);
    const slots = await writeImageState(context, { image: image.hash, confirm });
    const isFlagged = slots.some(
      ({ hash, pending, permanent, confirmed }) => hash === image.hash && (confirm ? permanent || confirmed : pending),
    );
    if (move.unlessFlagged !== undefined && !isFlagged) throw missed(move.unlessFlagged, image, slots);
  }
}

async function eraseSettings({ context: { device, signal }, eraseSettings: wanted, tally }: Upgrade): Promise<void> {
  if (!wanted) return;
  tally.done.push('erase-settings');
  await device.request(basicEraseStorage, undefined, { signal, timeoutMs: eraseMs });
}

async function reset({ context, tally }: Upgrade): Promise<void> {
  tally.done.push('reset');
  await restart({}, context);
  tally.resetAt = context.clock.now();
}

/** The time counts from the reset, and what else was done since is part of it. */
async function waitForSwap({ context: { clock, signal }, swapMs, tally }: Upgrade): Promise<void> {
  const left = tally.resetAt + swapMs - clock.now();
  if (left > 0) await sleep(clock, left, 'the estimated swap time', signal);
}

async function find({ demands, otherwise }: FindMove, upgrade: Upgrade): Promise<void> {
  const { context, strategy, images, tally } = upgrade;
  tally.done.push('find');
  await awaitComeback(context, strategy.patienceMs);
  const slots = await readImages(context, listMs);
  for (const image of images) {
    const isMet = slots.some((slot) => slot.hash === image.hash && slot.image === image.target && meets[demands](slot));
    if (!isMet) throw missed(otherwise, image, slots);
  }
}

const meets: Readonly<Record<FindMove['demands'], (slot: ListedImage) => boolean>> = {
  listed: () => true,
  running: ({ active }) => active,
  confirmed: ({ active, confirmed }) => active && confirmed,
};

function missed(text: string, { name, version, target }: UpgradeImage, slots: readonly ListedImage[]): Failure {
  const wanted = `${name} (${version}) of image ${target}`;
  return new Failure(text, { code: 'upgrade-failed', wanted, found: describeImages(slots) });
}
