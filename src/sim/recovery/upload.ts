/** Uploads to serial recovery: straight into a slot, unchecked, always from the start (smp.md 6.3). */

import { parseCbor } from '../../smp/cbor-item.ts';
import { coreCodes } from '../../smp/codes.ts';
import { SmpDecodeError } from '../../smp/decode-error.ts';
import { textOf } from '../server/fields.ts';
import { flashWorks } from '../server/image/erase.ts';
import type { FlashArea } from '../flash.ts';
import type { Entries } from '../server/answer.ts';
import type { FieldReader } from '../server/fields.ts';
import type { RecoveryContext } from './context.ts';

const invalid: Entries = [['rc', coreCodes.EINVAL]];

export interface RecoveryUploader {
  handle(payload: Uint8Array, readFields: FieldReader): Entries;
}

export function createRecoveryUploader(context: RecoveryContext): RecoveryUploader {
  const { eraseProgressively, strictUpload, uploadImage } = context.features;
  let image = 0;
  let size = 0;
  let off = 0;
  let erasedTo = 0;

  const accepted = (): Entries => [
    ['rc', 0],
    ['off', off],
  ];

  /** Room for the bytes up to `end`, which may reach beyond the slot: then nothing is erased, and writing fails. */
  const eraseUpTo = (area: FlashArea, end: number): void => {
    while (erasedTo < Math.min(end, area.size)) {
      const sector = area.sectors.at(area.sectors.indexAt(erasedTo));
      area.erase(sector.offset, sector.size);
      erasedTo = sector.offset + sector.size;
    }
  };

  const begin = (area: FlashArea, announced: number): boolean => {
    if (announced > area.size) return false;
    off = 0;
    size = announced;
    erasedTo = 0;
    return eraseProgressively || flashWorks(() => eraseUpTo(area, area.size));
  };

  const write = (area: FlashArea, start: number, data: Uint8Array): Entries => {
    const whole = data.length - (data.length % area.writeSize);
    // The tail of a chunk is left for the next request, unless it is the end of the image.
    const taken = off + data.length < size ? whole : data.length;
    const padded = new Uint8Array(Math.ceil(taken / area.writeSize) * area.writeSize).fill(area.erasedValue);
    padded.set(data.subarray(0, taken));
    const written = flashWorks(() => {
      eraseUpTo(area, start + off + padded.length);
      if (padded.length > 0) area.program(start + off, padded);
      if (off + taken === size && eraseProgressively) eraseTrailer(area, erasedTo);
    });
    if (!written) return invalid;
    off += taken;
    return accepted();
  };

  return {
    handle: (payload, readFields) => {
      const request =
        strictUpload && !isStrict(payload) ? undefined : readFields({ image: 'uint32', data: 'bytes', len: 'uint32', off: 'uint32' });
      if (request?.off === undefined || request.data === undefined) return invalid;
      if (request.off === 0 || uploadImage === 'each-packet') image = request.image ?? 0;
      const target = chooseTarget(context, context.features.imageMap[image] ?? image);
      if (target === undefined) return invalid;
      const { area, start } = target;
      if (request.off === 0) {
        if (!begin(area, request.len ?? Infinity)) return invalid;
      } else if (request.off !== off) return accepted();
      else if (off + request.data.length > size) return invalid;
      return write(area, start, request.data);
    },
  };
}

const strictKeys: readonly (string | undefined)[] = ['image', 'data', 'len', 'off', 'sha'];

/** One map of one to five known members, and nothing behind it. */
function isStrict(payload: Uint8Array): boolean {
  try {
    const { item, end } = parseCbor(payload);
    if (item.kind !== 'map' || end !== payload.length) return false;
    const { length } = item.entries;
    return length >= 1 && length <= strictKeys.length && item.entries.every(({ key }) => strictKeys.includes(textOf(key)));
  } catch (thrown) {
    if (thrown instanceof SmpDecodeError) return false;
    throw thrown;
  }
}

/** Progressive erase leaves an old trailer behind unless it is taken care of. */
function eraseTrailer(area: FlashArea, erasedTo: number): void {
  const last = area.sectors.at(area.sectors.count - 1);
  if (last.offset >= erasedTo) area.erase(last.offset, last.size);
}

/** The primary slot of an image; with direct upload 2, 4, ... are the secondaries. */
function chooseTarget({ areas, config, features }: RecoveryContext, image: number): { area: FlashArea; start: number } | undefined {
  if (!features.directUpload) return atStart(areas.images[image]?.primary);
  const slot = Math.max(0, image - 1);
  const pair = areas.images[slot >> 1];
  if (slot % 2 === 0) return atStart(pair?.primary);
  const area = pair?.secondary;
  return area === undefined ? undefined : { area, start: config.mode === 'offset' ? area.sectors.at(0).size : 0 };
}

function atStart(area: FlashArea | undefined): { area: FlashArea; start: number } | undefined {
  return area === undefined ? undefined : { area, start: 0 };
}
