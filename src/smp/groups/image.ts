/** Commands of the image group (smp.md 3.2 and 4). */

import type { CborMap } from '../cbor.ts';
import { groupNumbers } from '../codes.ts';
import { boolean, byteString, count, flag, integer, listOf, map, nothing, optional, required, text } from '../fields.ts';
import type { SmpCommand } from '../message.ts';

const group = groupNumbers.image;

/** One slot with a valid image in it. Absent flags are false: frugal lists and serial recovery leave them out. */
export interface ImageSlot {
  readonly image: number;
  /** 0 primary, 1 secondary of that image. */
  readonly slot: number;
  /** As the server writes it: `1.2.3`, or `1.2.3.4` with a build number. */
  readonly version: string;
  /** The hash TLV of the image: 32, 48 or 64 bytes. Recovery of MCUboot 1.x sends none. */
  readonly hash: Uint8Array | undefined;
  readonly bootable: boolean;
  readonly pending: boolean;
  readonly confirmed: boolean;
  readonly active: boolean;
  readonly permanent: boolean;
}

export interface ImageState {
  readonly slots: readonly ImageSlot[];
  readonly splitStatus: number | undefined;
}

export const imageStateRead: SmpCommand<void, ImageState> = {
  name: 'image state read',
  group,
  command: 0,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: readState,
};

export interface ImageStateRequest {
  /** The image's hash TLV; absent for the running image. */
  readonly hash?: Uint8Array | undefined;
  /** False marks the image pending for one boot, true makes it permanent. */
  readonly confirm?: boolean | undefined;
}

/** A repeated request finds the state it asked for and succeeds (smp.md 4.4). */
export const imageStateWrite: SmpCommand<ImageStateRequest, ImageState> = {
  name: 'image state write',
  group,
  command: 0,
  op: 'write',
  idempotent: true,
  encode: (request) => ({ hash: request.hash, confirm: request.confirm }),
  decode: readState,
};

function readState(reply: CborMap): ImageState {
  return {
    slots: required(reply, 'images', listOf(map)).map(readSlot),
    splitStatus: optional(reply, 'splitStatus', integer),
  };
}

function readSlot(entry: CborMap): ImageSlot {
  return {
    image: optional(entry, 'image', count) ?? 0,
    slot: required(entry, 'slot', count),
    version: required(entry, 'version', text),
    hash: optional(entry, 'hash', byteString),
    bootable: flag(entry, 'bootable'),
    pending: flag(entry, 'pending'),
    confirmed: flag(entry, 'confirmed'),
    active: flag(entry, 'active'),
    permanent: flag(entry, 'permanent'),
  };
}

export interface ImageUploadRequest {
  /** The image number; a raw slot + 1 on servers with direct upload (smp.md 4.6). */
  readonly image?: number | undefined;
  /** Bytes of the whole image; the first chunk must have it. */
  readonly length?: number | undefined;
  readonly offset: number;
  /** SHA-256 of the whole file, not the image's hash TLV: the key under which an upload is resumed. */
  readonly sha?: Uint8Array | undefined;
  readonly data: Uint8Array;
  /** Refuse images that are not newer than the running one. */
  readonly upgrade?: boolean | undefined;
}

export interface ImageUploadReply {
  /** Where the server wants the next chunk; 0 also when it knows of no upload. */
  readonly offset: number;
  /** Only in the last reply of servers that check the image: whether it has the announced SHA-256. */
  readonly match: boolean | undefined;
}

export const imageUpload: SmpCommand<ImageUploadRequest, ImageUploadReply> = {
  name: 'image upload',
  group,
  command: 1,
  op: 'write',
  idempotent: true,
  encode: (request) => ({
    image: request.image,
    len: request.length,
    off: request.offset,
    sha: request.sha,
    data: request.data,
    upgrade: request.upgrade,
  }),
  decode: (reply) => ({ offset: required(reply, 'off', count), match: optional(reply, 'match', boolean) }),
};

/** `slot` is the raw slot, 2 * image + slot; absent for the one opposite the running image. */
export const imageErase: SmpCommand<{ readonly slot?: number | undefined }, void> = {
  name: 'image erase',
  group,
  command: 5,
  op: 'write',
  idempotent: true,
  encode: (request) => ({ slot: request.slot }),
  decode: nothing,
};

export interface SlotInfo {
  readonly slot: number;
  /** Bytes; undefined for a slot that could not be opened. */
  readonly size: number | undefined;
  /** What `image` of an upload must be to reach this slot; undefined where it cannot be uploaded to. */
  readonly uploadImage: number | undefined;
  /** Why the slot could not be opened. */
  readonly error: number | undefined;
}

export interface ImageSlots {
  readonly image: number;
  readonly slots: readonly SlotInfo[];
  /** Bytes that an image may have at most, where the server knows the size of trailers. */
  readonly imageSizeMax: number | undefined;
}

export const imageSlotInfo: SmpCommand<void, { readonly images: readonly ImageSlots[] }> = {
  name: 'image slot info',
  group,
  command: 6,
  op: 'read',
  idempotent: true,
  encode: () => ({}),
  decode: (reply) => ({ images: required(reply, 'images', listOf(map)).map(readImageSlots) }),
};

function readImageSlots(entry: CborMap): ImageSlots {
  return {
    image: optional(entry, 'image', count) ?? 0,
    slots: required(entry, 'slots', listOf(map)).map(readSlotInfo),
    imageSizeMax: optional(entry, 'max_image_size', count),
  };
}

function readSlotInfo(entry: CborMap): SlotInfo {
  return {
    slot: required(entry, 'slot', count),
    size: optional(entry, 'size', count),
    uploadImage: optional(entry, 'upload_image_id', count),
    error: optional(entry, 'rc', integer),
  };
}
