/** What an image to be built is made of, and which of that cannot be. */

import { utf8 } from '../base/bytes.ts';
import type { BootproofError } from '../base/errors.ts';
import { softwareTypeMax } from './boot-record.ts';
import { buildError } from './errors.ts';
import type { HashAlgorithm } from './hash.ts';
import { headerSizeMin } from './header.ts';
import { imageSizeMax } from './image.ts';
import type { ImageDependency } from './image.ts';
import { imageHashesOf } from './keys.ts';
import type { KeyKind } from './keys.ts';
import type { SlotPadding } from './slot-padding.ts';
import { isVendorTlv } from './tlv.ts';
import type { TlvContent } from './tlv.ts';
import { formatVersion, versionInRange } from './version.ts';
import type { ImageVersion } from './version.ts';

export interface ImageSpec {
  readonly version: ImageVersion;
  readonly body: Uint8Array;
  /** Offset of the body; `defaultHeaderSize` unless given. */
  readonly headerSize?: number;
  /** Bits of `imageFlag`; none unless given. */
  readonly flags?: number;
  /** 0 unless given. */
  readonly loadAddress?: number;
  readonly securityCounter?: number;
  /** Adds a boot record for software of this type. */
  readonly softwareType?: string;
  readonly dependencies?: readonly ImageDependency[];
  readonly vendorUuid?: Uint8Array;
  readonly classUuid?: Uint8Array;
  /** Vendor TLVs. Like imgtool this puts them into the protected area, the only place where MCUboot accepts them. */
  readonly custom?: readonly TlvContent[];
  /** The usual one for the key unless given. */
  readonly hash?: HashAlgorithm;
  /** Sign the image itself instead of its hash. Ed25519 only. */
  readonly pure?: boolean;
  /** Name the key by its hash (the default) or in full. */
  readonly publicKeyFormat?: 'hash' | 'full';
  /** Fills the space between header and body and the padding, 0xff unless given. */
  readonly erasedValue?: number;
  /** Check that the image fits this slot, and pad it on request. */
  readonly slot?: SlotPadding;
}

/** Zephyr's `ROM_START_OFFSET` on nRF devices. */
export const defaultHeaderSize = 0x200;

/** Throws `BootproofError` (`build-spec`, `build-too-large`) for values that no image can have. */
export function checkSpec(spec: ImageSpec): void {
  checkRange('header size', spec.headerSize, { min: headerSizeMin, max: 0xffff });
  checkRange('flags', spec.flags, { max: 0xffff_ffff });
  checkRange('load address', spec.loadAddress, { max: 0xffff_ffff });
  checkRange('security counter', spec.securityCounter, { max: 0xffff_ffff });
  checkRange('erased value', spec.erasedValue, { max: 0xff });
  checkRange('slot size', spec.slot?.size, { max: imageSizeMax });
  checkVersion(spec.version);
  for (const { image, minimum } of spec.dependencies ?? []) {
    checkRange('image number of a dependency', image, { max: 0xff });
    checkVersion(minimum);
  }
  for (const uuid of [spec.vendorUuid, spec.classUuid]) checkRange('length of a UUID', uuid?.length, { min: 16, max: 16 });
  const softwareType = spec.softwareType === undefined ? undefined : utf8(spec.softwareType);
  checkRange('length of the software type', softwareType?.length, { min: 1, max: softwareTypeMax });
  const wrongTlv = spec.custom?.find(({ type }) => !isVendorTlv(type) || type > 0xffff);
  if (wrongTlv !== undefined) throw specError(`TLV type 0x${wrongTlv.type.toString(16)} is not a vendor's`, 'those end in a0 to ff');
  if (spec.body.length > imageSizeMax) throw tooLarge(spec.body.length);
}

/** The hash algorithm of the image. Throws `BootproofError` (`build-spec`) when it does not go with the key. */
export function chooseHash(spec: ImageSpec, kind: KeyKind | undefined): HashAlgorithm {
  const pure = spec.pure === true;
  if (pure && kind !== 'ed25519') throw specError('pure signatures need an Ed25519 key');
  if (kind === undefined) return spec.hash ?? 'sha256';
  const allowed = pure ? pureHashes : imageHashesOf(kind);
  if (spec.hash === undefined) return allowed[0];
  if (allowed.includes(spec.hash)) return spec.hash;
  throw specError(`${spec.hash} does not go with ${pure ? 'pure' : kind} signatures`, `use ${allowed.join(' or ')}`);
}

/** imgtool allows only this one. */
const pureHashes: readonly [HashAlgorithm] = ['sha512'];

export function tooLarge(size: number): BootproofError {
  return buildError('build-too-large', `an image of ${size} bytes is too large`, `at most ${imageSizeMax} bytes are supported`);
}

function checkVersion(version: ImageVersion): void {
  if (!versionInRange(version)) throw specError(`version ${formatVersion(version)} does not fit its fields of 8, 8, 16 and 32 bits`);
}

function checkRange(what: string, value: number | undefined, { min = 0, max }: { min?: number; max: number }): void {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return;
  throw specError(`the ${what} cannot be ${value}`, min === max ? `it is always ${min}` : `give a number from ${min} to ${max}`);
}

function specError(message: string, hint?: string): BootproofError {
  return buildError('build-spec', message, hint);
}
