/** Brings the flash into a named state, by what would have brought it there on a real device: slots are filled, a boot, a request. */

import { BootproofError } from '../base/errors.ts';
import { setConfirmed, setPending, slotsAreAlike } from './bootloader/index.ts';
import { trailerFieldsOf } from './bootloader/session.ts';
import { writeCopyDone, writeImageOk, writeMagic } from './bootloader/trailer-access.ts';
import { uploadStart } from './images/store.ts';
import type { ProvisionOptions, SlotContent } from './device.ts';
import type { FlashArea } from './flash.ts';
import type { Hardware } from './hardware.ts';

/** Which of the slots holds what, by raw number. */
type Contents = ReadonlyMap<number, SlotContent>;

/** What is done before the boot that starts what has to run. An image on trial is one that this boot swaps in, where there is one to go back to. */
export function prepare(hardware: Hardware, options: ProvisionOptions): void {
  const { erase, confirmed } = options;
  if (erase === 'all') hardware.eraseAll();
  if (erase === 'settings' && hardware.storage !== undefined) blank(hardware.storage);
  const contents = contentsOf(options);
  const isAlike = slotsAreAlike(hardware.config.mode);
  const isWhole = (image: number): boolean => contents.has(image * 2) && contents.has(image * 2 + 1);
  const swapped = isTrial(options) && !isAlike ? imagesOf(contents).filter(isWhole) : [];
  for (const [slot, content] of contents) fill(hardware, swapped.includes(slot >> 1) ? slot ^ 1 : slot, content);
  request(hardware, swapped, false);
  const isKept = confirmed === true && options.state !== 'revert';
  // Where nothing is swapped, what is not confirmed would be taken for a trial that failed.
  if (isKept || (isTrial(options) && isAlike)) mark(hardware, primariesOf(contents), 'confirmed');
  if (isTrial(options) && isAlike) mark(hardware, secondaryImagesOf(contents), 'confirmed');
}

/** What is done after that boot, for the next one. */
export function complete(hardware: Hardware, options: ProvisionOptions): void {
  const { state, confirmed } = options;
  const contents = contentsOf(options);
  const images = imagesOf(contents);
  if (state === 'test' || state === 'permanent') request(hardware, images, state === 'permanent');
  else if (isTrial(options)) {
    if (slotsAreAlike(hardware.config.mode)) unmark(hardware, primariesOf(contents));
    mark(hardware, primariesOf(contents), 'on-trial');
  }
  if (state === 'revert' && confirmed === true) for (const image of images) setConfirmed(hardware.areas, hardware.config, image);
}

/** Whether the image that runs is to be on trial. */
export function isTrial({ state = 'normal', confirmed }: ProvisionOptions): boolean {
  return state === 'revert' || (state === 'normal' && confirmed === false);
}

function contentsOf({ slots = [] }: ProvisionOptions): Contents {
  return new Map(slots.map(({ slot, content }) => [slot, content]));
}

/** The images of the slots named, or image 0. */
function imagesOf(contents: Contents): readonly number[] {
  return contents.size === 0 ? [0] : [...new Set([...contents.keys()].map((slot) => slot >> 1))];
}

function primariesOf(contents: Contents): readonly number[] {
  return imagesOf(contents).map((image) => image * 2);
}

/** What an image on trial has replaced. */
function secondaryImagesOf(contents: Contents): readonly number[] {
  return [...contents].flatMap(([slot, { kind }]) => (slot % 2 === 1 && kind === 'image' ? [slot] : []));
}

function request({ areas, config }: Hardware, images: readonly number[], permanent: boolean): void {
  for (const image of images) {
    const status = setPending(areas, config, { permanent, image });
    if (status !== 0)
      throw provisionError(`image ${image} cannot be marked pending: its trailer is damaged`, 'give its slot new contents, too');
  }
}

/** A trailer as imgtool's `--confirm` writes it, or as the first boot of an image on trial leaves it. One that is there stays. */
function mark(hardware: Hardware, slots: readonly number[], as: 'confirmed' | 'on-trial'): void {
  const fields = trailerFieldsOf(hardware.config);
  for (const slot of slots) {
    const area = hardware.slot(slot);
    if (area === undefined || area === hardware.areas.networkCore || !area.isErased(area.size - fields.swapInfo, fields.swapInfo)) continue;
    writeMagic(area, fields);
    if (as === 'confirmed') writeImageOk(area, fields);
    else writeCopyDone(area, fields);
  }
}

function unmark(hardware: Hardware, slots: readonly number[]): void {
  const { swapInfo } = trailerFieldsOf(hardware.config);
  for (const slot of slots) {
    const area = hardware.slot(slot);
    area?.load(area.size - swapInfo, new Uint8Array(swapInfo).fill(area.erasedValue));
  }
}

/** An image lies where an upload would have put it, in an otherwise erased slot. */
function fill(hardware: Hardware, slot: number, content: SlotContent): void {
  const area = hardware.slot(slot);
  if (area === undefined) {
    if (content.kind === 'empty') return;
    throw provisionError(`the device has no slot ${slot}`, 'an image has the slots 2n (primary) and 2n + 1 (secondary)');
  }
  switch (content.kind) {
    case 'empty':
      return blank(area);
    case 'image':
      blank(area);
      return area.load(uploadStart(hardware.config.mode, slot, area), content.bytes);
    case 'raw':
      return area.load(content.offset ?? 0, content.bytes);
  }
}

function blank(area: FlashArea): void {
  for (let index = 0; index < area.sectors.count; index += 1) {
    const { offset, size } = area.sectors.at(index);
    if (!area.isErased(offset, size)) area.load(offset, new Uint8Array(size).fill(area.erasedValue));
  }
}

function provisionError(message: string, hint: string): BootproofError {
  return new BootproofError(message, { fault: 'input', code: 'provision-impossible', hint });
}
