/** Image upload: the state machine of smp.md 4.5, with its checks in their order. */

import { createHash } from 'node:crypto';
import { equalBytes } from '../../../base/bytes.ts';
import { compareVersions } from '../../../mcuboot/version.ts';
import { coreCodes, groupCodes } from '../../../smp/codes.ts';
import { decodeRawHeader, imageFlag, imageHeaderSize, imageMagic } from '../../bootloader/header.ts';
import { readImageInfo } from '../../images/info.ts';
import { runningImage, uploadOffset } from '../../images/store.ts';
import { answerMap, fail, refuse } from '../answer.ts';
import { createBlockWriter } from './block-writer.ts';
import { eraseForUpload, flashWorks } from './erase.ts';
import { freeSlot } from './free-slot.ts';
import type { ImageStore } from '../../images/store.ts';
import type { Answer, GroupError } from '../answer.ts';
import type { FieldReader, Fields } from '../fields.ts';
import type { ImageFeatures } from '../profile.ts';
import type { Upload } from '../../images/upload-memory.ts';

const error = groupCodes.image;
const requestFields = { image: 'uint32', data: 'bytes', len: 'uint32', off: 'uint32', sha: 'bytes', upgrade: 'bool' } as const;
const shaMax = 32;

/** Why a request is refused, with the text that version 0 answers carry. */
interface Refused {
  readonly error: GroupError;
  readonly reason?: string;
}

export interface Uploader {
  handle(readFields: FieldReader): Answer;
  /** Forgets the upload that is going on. */
  end(): void;
}

export function createUploader(store: ImageStore, features: ImageFeatures): Uploader {
  /** What a continuation is told while there is no upload. */
  let idleOffset = 0;

  const refused = ({ error: reason, reason: text }: Refused): Answer => {
    if (features.refusalEndsUpload) store.memory.upload = undefined;
    return fail(reason, text);
  };

  const first = (request: Fields<typeof requestFields>, data: Uint8Array): Answer => {
    const checked = checkFirst(request, data, store.memory.upload);
    if (checked === 'resume') return answerMap(['off', store.memory.upload?.off ?? 0]);
    if ('error' in checked) return refused(checked);
    const target = chooseTarget(request, data, store, features);
    if ('error' in target) return refused(target);
    const { slot } = target;
    if (features.imageCheck && checked.sha.length === shaMax && slotHolds(store, slot, checked)) {
      store.memory.upload = undefined;
      return answerMap(['off', checked.size], ['match', true]);
    }
    const started = start(store, slot, { ...checked, features });
    if ('error' in started) return refused(started);
    store.memory.upload = started;
    return append(started, data);
  };

  const next = (off: number, data: Uint8Array): Answer => {
    const { upload } = store.memory;
    const expected = upload?.off ?? idleOffset;
    if (off !== expected) return answerMap(['off', expected]);
    if (upload === undefined) return refused({ error: error.FLASH_OPEN_FAILED, reason: 'fa open fail' });
    if (features.overrunCheck && off + data.length > upload.size) {
      return refused({ error: error.INVALID_IMAGE_DATA_OVERRUN, reason: 'data overrun' });
    }
    return append(upload, data);
  };

  const append = (current: Upload, data: Uint8Array): Answer => {
    const last = data.length > 0 && current.off + data.length === current.size;
    const taken = current.off + data.length >= current.size ? data : cut(data, store, current.slot, features);
    if (!flashWorks(() => current.writer.write(store.damage(taken, { slot: current.slot, offset: current.off }), last))) {
      store.memory.upload = undefined;
      return fail(error.FLASH_WRITE_FAILED, 'fa write fail');
    }
    current.off += taken.length;
    const off = ['off', current.off] as const;
    if (!last) return answerMap(off);
    store.memory.upload = undefined;
    idleOffset = features.idleOffset === 'size' ? current.size : 0;
    const status = store.uploaded(current.slot);
    if (status !== 0) return refuse(status);
    return features.imageCheck ? answerMap(off, ['match', slotHolds(store, current.slot, current)]) : answerMap(off);
  };

  return {
    handle: (readFields) => {
      const request = readFields(requestFields);
      const data = request?.data ?? new Uint8Array();
      if (request === undefined) return refuse(coreCodes.EINVAL);
      if (request.off === undefined) return refused({ error: error.INVALID_OFFSET, reason: 'header malformed' });
      return request.off === 0 ? first(request, data) : next(request.off, data);
    },
    end: () => {
      store.memory.upload = undefined;
      idleOffset = 0;
    },
  };
}

interface FirstChunk {
  readonly size: number;
  readonly sha: Uint8Array;
}

/**
 * What a first chunk must be, whatever the slots hold. One that comes again while its upload goes on is told how far that
 * is when it names the same hash; without a hash, or with another, it starts anew.
 */
function checkFirst(request: Fields<typeof requestFields>, data: Uint8Array, upload: Upload | undefined): FirstChunk | Refused | 'resume' {
  const { len: size, sha = new Uint8Array() } = request;
  const malformed = 'header malformed';
  if (data.length < imageHeaderSize) return { error: error.INVALID_IMAGE_HEADER, reason: malformed };
  if (size === undefined) return { error: error.INVALID_LENGTH, reason: malformed };
  if (decodeRawHeader(data).magic !== imageMagic) return { error: error.INVALID_IMAGE_HEADER_MAGIC, reason: 'magic mismatch' };
  if (sha.length > shaMax) return { error: error.INVALID_HASH };
  if (sha.length > 0 && upload !== undefined && equalBytes(sha, upload.sha)) return 'resume';
  return { size, sha: sha.slice() };
}

/** The slot that takes the upload, or why none does. */
function chooseTarget(
  request: Fields<typeof requestFields>,
  data: Uint8Array,
  store: ImageStore,
  features: ImageFeatures,
): { readonly slot: number } | Refused {
  const slot = freeSlot(store, request.image ?? 0, features);
  if (slot === undefined) return { error: error.NO_FREE_SLOT, reason: 'no slot' };
  const area = store.area(slot);
  if (area === undefined) return { error: error.FLASH_OPEN_FAILED, reason: 'fa open fail' };
  const size = request.len ?? 0;
  if (features.sizeCheck && size > area.size - (features.footerSize ?? 0)) {
    return { error: error.INVALID_IMAGE_TOO_LARGE, reason: 'img too large' };
  }
  const header = decodeRawHeader(data);
  const fixed = (header.flags & imageFlag.romFixed) !== 0;
  if (features.rejectMismatchedAddress && fixed && header.loadAddress !== area.address) {
    return { error: error.INVALID_FLASH_ADDRESS, reason: 'img addr mismatch' };
  }
  if (request.upgrade !== true) return { slot };
  const running = readImageInfo(store, store.activeSlot(runningImage));
  if (typeof running === 'string') return { error: error.VERSION_GET_FAILED };
  const newer = compareVersions(header.version, running.version, { build: features.compareBuild }) > 0;
  return newer ? { slot } : { error: error.CURRENT_VERSION_IS_NEWER, reason: 'downgrade' };
}

function start(store: ImageStore, slot: number, options: FirstChunk & { readonly features: ImageFeatures }): Upload | Refused {
  const { size, sha, features } = options;
  const area = store.area(slot);
  if (area === undefined) return { error: error.FLASH_OPEN_FAILED, reason: 'fa open fail' };
  if (!features.eraseProgressively && !area.isErased(0, area.size)) {
    const failure = eraseForUpload(store, slot, size);
    if (failure !== undefined) return { error: failure, reason: 'fa erase fail' };
  }
  const offset = uploadOffset(store, slot);
  if (offset > 0 && !area.isErased(0, offset) && !flashWorks(() => area.erase(0, offset))) return { error: error.FLASH_OPEN_FAILED };
  const { blockSize, eraseProgressively } = features;
  return { slot, size, sha, off: 0, writer: createBlockWriter({ area, start: offset, blockSize, eraseProgressively }) };
}

/** Old servers take whole write units only; the client sends the rest again. */
function cut(data: Uint8Array, store: ImageStore, slot: number, features: ImageFeatures): Uint8Array {
  const unit = features.cutsToWriteUnit ? (store.area(slot)?.writeSize ?? 1) : 1;
  return data.subarray(0, data.length - (data.length % unit));
}

/** Whether the slot begins with `size` bytes of that SHA-256, a short one filled up with zeros. */
function slotHolds(store: ImageStore, slot: number, { size, sha }: FirstChunk): boolean {
  const area = store.area(slot);
  const offset = uploadOffset(store, slot);
  if (area === undefined || offset + size > area.size) return false;
  const padded = new Uint8Array(shaMax);
  padded.set(sha);
  return equalBytes(createHash('sha256').update(area.read(offset, size)).digest(), padded);
}
