/** Brings the flash into a named state, by what would have brought it there on a real device. */

import { BootproofError } from '../base/errors.ts';
import { bootOnce, setConfirmed, setPending, slotsAreAlike } from './bootloader/index.ts';
import { trailerFieldsOf } from './bootloader/session.ts';
import { writeCopyDone, writeImageOk, writeMagic } from './bootloader/trailer-access.ts';
import { uploadStart } from './images/store.ts';
import type { ProvisionOptions, SlotContent } from './device.ts';
import type { FlashArea } from './flash.ts';
import type { Hardware } from './hardware.ts';

/** Which of the slots holds what, by raw number. */
type Contents = ReadonlyMap<number, SlotContent>;

export function provision(hardware: Hardware, options: ProvisionOptions): void {
  if (options.erase === 'all') hardware.eraseAll();
  if (options.erase === 'settings' && hardware.storage !== undefined) blank(hardware.storage);
  const contents: Contents = new Map((options.slots ?? []).map(({ slot, content }) => [slot, content]));
  const state = options.state ?? 'normal';
  if (state === 'revert') return putOnTrial(hardware, contents, options.confirmed ?? false);
  for (const [slot, content] of contents) fill(hardware, slot, content);
  if (options.confirmed !== undefined) markPrimary(hardware, contents, options.confirmed);
  if (state !== 'normal') request(hardware, contents, state === 'permanent');
}

/** The images of the slots named, or image 0. */
function imagesOf(contents: Contents): Set<number> {
  return contents.size === 0 ? new Set([0]) : new Set([...contents.keys()].map((slot) => slot >> 1));
}

function request(hardware: Hardware, contents: Contents, permanent: boolean): void {
  const { areas, config } = hardware;
  for (const image of imagesOf(contents)) {
    const status = setPending(areas, config, { permanent, image });
    if (status !== 0)
      throw provisionError(`image ${image} cannot be marked pending: its trailer is damaged`, 'give its slot new contents, too');
  }
}

/**
 * An image runs on trial after it was swapped in: so the slots are filled the other way round, the request is written, and
 * the bootloader does the rest.
 */
function putOnTrial(hardware: Hardware, contents: Contents, confirmed: boolean): void {
  const { areas, config } = hardware;
  if (slotsAreAlike(config.mode)) {
    for (const [slot, content] of contents) fill(hardware, slot, content);
    return markPrimary(hardware, contents, confirmed);
  }
  for (const image of imagesOf(contents)) {
    const primary = contents.get(image * 2);
    const secondary = contents.get(image * 2 + 1);
    if (primary === undefined || secondary === undefined) continue;
    fill(hardware, image * 2, secondary);
    fill(hardware, image * 2 + 1, primary);
  }
  request(hardware, contents, false);
  bootOnce(areas, config, hardware.host);
  if (confirmed) for (const image of imagesOf(contents)) setConfirmed(areas, config, image);
}

/** A trailer as imgtool's `--confirm` writes it, or as a test swap leaves it. */
function markPrimary(hardware: Hardware, contents: Contents, confirmed: boolean): void {
  const fields = trailerFieldsOf(hardware.config);
  for (const image of imagesOf(contents)) {
    const area = hardware.slot(image * 2);
    if (area === undefined || area === hardware.areas.networkCore || !area.isErased(area.size - fields.swapInfo, fields.swapInfo)) continue;
    writeMagic(area, fields);
    if (confirmed) writeImageOk(area, fields);
    else writeCopyDone(area, fields);
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
