/** Images in place of those that were recorded: same version and size, other contents. */

import { assert } from '../../../src/base/assert.ts';
import { toHex } from '../../../src/base/bytes.ts';
import { buildImage } from '../../../src/mcuboot/build.ts';
import { decodeHeader, headerSizeMin, imageMagic } from '../../../src/mcuboot/header.ts';
import { parseImage } from '../../../src/mcuboot/image.ts';
import type { ImageVersion } from '../../../src/mcuboot/version.ts';

/** What a stand-in takes over from an original. */
export interface ImageShape {
  readonly version: ImageVersion;
  readonly headerSize: number;
  readonly bodySize: number;
  readonly loadAddress: number;
  readonly flags: number;
}

/** The shape of an image whose first bytes were recorded; undefined when they are no image header. */
export function shapeOf(firstBytes: Uint8Array): ImageShape | undefined {
  if (firstBytes.length < headerSizeMin) return undefined;
  const { magic, version, headerSize, imageSize, loadAddress, flags } = decodeHeader(firstBytes);
  if (magic !== imageMagic) return undefined;
  return { version, headerSize, bodySize: imageSize, loadAddress, flags };
}

/** Equal shapes give equal images. `damaged`: a byte of the body is not what it was when the hash was made. */
export function standIn(shape: ImageShape, options: { readonly damaged: boolean }): Uint8Array {
  const { bodySize, ...rest } = shape;
  const image = buildImage({ ...rest, body: new Uint8Array(bodySize).fill(0x5a), erasedValue: 0 });
  if (options.damaged) image[shape.headerSize + (bodySize >> 1)]! ^= 0xff;
  return image;
}

export function hashOf(image: Uint8Array): string {
  const { hash } = parseImage(image);
  assert(hash !== undefined, 'a stand-in has a hash');
  return toHex(hash.digest);
}

/** Which recorded hash is which of the simulated device's, learnt at first sight. */
export class HashBindings {
  readonly #simulated = new Map<string, string>();
  readonly #recorded = new Map<string, string>();

  bind(recorded: string, simulated: string): void {
    this.#simulated.set(recorded, simulated);
    this.#recorded.set(simulated, recorded);
  }

  /** Whether the two can be the same image's, given what was seen before. */
  match(recorded: string, simulated: string): boolean {
    if (recorded === simulated) return true;
    const [known, owner] = [this.#simulated.get(recorded), this.#recorded.get(simulated)];
    if (known === undefined && owner === undefined) this.bind(recorded, simulated);
    return this.#simulated.get(recorded) === simulated;
  }

  simulatedFor(recorded: string): string | undefined {
    return this.#simulated.get(recorded);
  }
}
