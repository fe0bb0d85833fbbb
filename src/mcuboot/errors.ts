/** The errors of reading and of making MCUboot images. */

import { BootproofError } from '../base/errors.ts';

/** What is wrong with an image. Codes are stable: documentation and tests key on them. */
export type ImageErrorCode =
  | 'image-empty'
  | 'image-magic'
  | 'image-header'
  | 'image-size'
  | 'image-truncated'
  | 'image-too-large'
  | 'image-tlv'
  | 'image-hash-missing'
  | 'image-hash-duplicate'
  | 'image-hash'
  | 'image-encrypted'
  | 'image-unsigned'
  | 'image-key-unknown'
  | 'image-signature';

/** An image that cannot be read or not be trusted. Always the fault of the input. */
export class ImageError extends BootproofError {
  override readonly name = 'ImageError';
  declare readonly code: ImageErrorCode;
  declare readonly hint: string;

  constructor(code: ImageErrorCode, message: string, hint: string) {
    super(message, { fault: 'input', code, hint });
  }
}

/** The advice for bytes that imgtool never wrote that way. */
export const damagedHint = 'the file is damaged or was cut; copy it or sign it again';

/** Why an image cannot be built as asked: an impossible value, a size beyond what is supported, a slot that cannot hold it. */
export type BuildErrorCode = 'build-spec' | 'build-too-large' | 'build-slot-too-small';

/** An image that cannot be made, because of what was asked for. */
export function buildError(code: BuildErrorCode, message: string, hint?: string): BootproofError {
  return new BootproofError(message, hint === undefined ? { fault: 'input', code } : { fault: 'input', code, hint });
}
