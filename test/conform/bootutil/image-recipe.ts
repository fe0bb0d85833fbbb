/** Makes the images of the vectors from their recipes. Signatures are not made again but taken from the record. */

import { createHash } from 'node:crypto';
import { concatBytes, fromHex, toHex } from '../../../src/base/bytes.ts';
import { assert } from '../../../src/base/assert.ts';
import type { ImageRecipe, TlvRecipe } from './record.ts';

/** Makes an image; throws when it is not the one that the record was made with. */
export function buildRecipe(recipe: ImageRecipe): Uint8Array {
  const protectedTlvs = protectedArea(recipe.prot_tlvs ?? []);
  const image = concatBytes([header(recipe, protectedTlvs.length), body(recipe), protectedTlvs, hexBytes(recipe.built.tlv_area_hex)]);
  for (const { off, xor, hex } of recipe.mutate ?? []) {
    const at = off < 0 ? image.length + off : off;
    if (hex === undefined) image[at]! ^= xor ?? 0;
    else image.set(hexBytes(hex), at);
  }
  assert(toHex(createHash('sha256').update(image).digest()) === recipe.built.file_sha256, 'an image that is not the one of the record');
  return image;
}

/** Bytes of a hex string of a record. */
export function hexBytes(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  assert(bytes !== undefined, `no hex: ${hex}`);
  return bytes;
}

function body({ body_len, seed, vector }: ImageRecipe): Uint8Array {
  const bytes = new Uint8Array(body_len);
  // A loop, because this is most of the work of a replay.
  for (let index = 0; index < body_len; index += 1) bytes[index] = seed + 7 * index + 13 * (index >> 8);
  if (vector !== undefined) {
    const view = new DataView(bytes.buffer);
    view.setUint32(0, vector[0], true);
    view.setUint32(4, vector[1], true);
  }
  return bytes;
}

function header(recipe: ImageRecipe, protectedSize: number): Uint8Array {
  const size = recipe.hdr_size ?? 32;
  const bytes = new Uint8Array(size).fill(recipe.hdr_fill ?? 0);
  const view = new DataView(bytes.buffer);
  const [numbers = '', build = '0'] = recipe.version.split('+');
  const [major = 0, minor = 0, revision = 0] = numbers.split('.').map(Number);
  view.setUint32(0, recipe.magic ?? 0x96f3_b83d, true);
  view.setUint32(4, recipe.load_addr ?? 0, true);
  view.setUint16(8, size, true);
  view.setUint16(10, recipe.hdr_prot_size ?? protectedSize, true);
  view.setUint32(12, recipe.hdr_img_size ?? recipe.body_len, true);
  view.setUint32(16, recipe.flags ?? 0, true);
  view.setUint8(20, major);
  view.setUint8(21, minor);
  view.setUint16(22, revision, true);
  view.setUint32(24, Number(build), true);
  view.setUint32(28, 0, true);
  return bytes;
}

function protectedArea(tlvs: readonly TlvRecipe[]): Uint8Array {
  if (tlvs.length === 0) return new Uint8Array(0);
  const entries = concatBytes(tlvs.map(({ type, hex }) => tlv(type, hexBytes(hex))));
  return concatBytes([shorts(0x6908, entries.length + 4), entries]);
}

function tlv(type: number, value: Uint8Array): Uint8Array {
  return concatBytes([shorts(type, value.length), value]);
}

function shorts(first: number, second: number): Uint8Array {
  const bytes = new Uint8Array(4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, first, true);
  view.setUint16(2, second, true);
  return bytes;
}
