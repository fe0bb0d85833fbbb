/** What follows an image in its file: nothing, padding, or a slot's trailer as `imgtool sign --pad` and `--confirm` write it. */

import { decodeTrailer, decodeTrailerMagic, trailerFields, trailerMagicSize } from './trailer.ts';
import type { Trailer } from './trailer.ts';

export type Remainder =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'padding'; readonly size: number }
  /** The file fills a slot of `maxAlign` bytes of trailer spacing to its end. */
  | { readonly kind: 'trailer'; readonly size: number; readonly maxAlign: number; readonly trailer: Trailer }
  | { readonly kind: 'data'; readonly size: number };

/** The values of `BOOT_MAX_ALIGN` that imgtool offers. */
export const maxAligns: readonly number[] = [8, 16, 32];

/** `rest`: the bytes behind the image. */
export function readRemainder(rest: Uint8Array): Remainder {
  const size = rest.length;
  if (size === 0) return { kind: 'nothing' };
  const erasedValue = rest[0] === 0 ? 0 : 0xff;
  for (const maxAlign of maxAligns) {
    const fields = trailerFields(maxAlign);
    if (size < fields.swapInfo) continue;
    if (decodeTrailerMagic(rest.subarray(size - trailerMagicSize), maxAlign, erasedValue) !== 'good') continue;
    return { kind: 'trailer', size, maxAlign, trailer: decodeTrailer(rest, fields, erasedValue) };
  }
  return { kind: rest.every((byte) => byte === erasedValue) ? 'padding' : 'data', size };
}
