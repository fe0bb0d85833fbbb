/** Damages real images at random and checks that reading and verifying them is safe. */

import { concatBytes, equalBytes } from '../../src/base/bytes.ts';
import { createRng } from '../../src/base/rng.ts';
import type { Rng } from '../../src/base/rng.ts';
import { parseImage } from '../../src/mcuboot/image.ts';
import { verifyImage } from '../../src/mcuboot/verify.ts';
import { keysOf, soundEntries, vectorFile } from './vector-images.ts';

export interface FuzzCounts {
  /** Damaged images that still verify, since nothing was hit that hash or signature cover. */
  verified: number;
  /** Refused images by code. */
  readonly refused: Record<string, number>;
}

/** Larger images only make it slower. */
const sizeMax = 70_000;

/**
 * Throws what `verifyImage` throws (it must not throw at all), and throws if an image verifies although bytes changed that hash or
 * signature cover. The same seed repeats the same sequence.
 */
export function fuzzImages(count: number, seed: number): FuzzCounts {
  const originals = soundEntries
    .filter(({ size }) => size <= sizeMax)
    .map((entry) => ({ file: vectorFile(entry.file), keys: keysOf(entry), covered: parseImage(vectorFile(entry.file)).covered }));
  const counts: FuzzCounts = { verified: 0, refused: {} };
  const rng = createRng(seed);
  for (let round = 0; round < count; round += 1) {
    const original = originals[rng.below(originals.length)]!;
    const verdict = verifyImage(damage(original.file, rng), original.keys);
    if (!verdict.valid) {
      counts.refused[verdict.code] = (counts.refused[verdict.code] ?? 0) + 1;
    } else if (equalBytes(verdict.image.covered, original.covered)) {
      counts.verified += 1;
    } else {
      throw new Error(`seed ${seed}, round ${round}: a forged image was accepted`);
    }
  }
  return counts;
}

function damage(file: Uint8Array, rng: Rng): Uint8Array {
  const at = damagedPlace(file, rng);
  switch (rng.below(6)) {
    case 0:
      return file.subarray(0, at);
    case 1:
      return concatBytes([file.subarray(0, at), rng.bytes(1 + rng.below(40)), file.subarray(at)]);
    case 2:
      return concatBytes([file.subarray(0, at), file.subarray(at + 1 + rng.below(40))]);
    default:
      return overwrite(file, at, rng);
  }
}

/** Mostly in the header or among the TLVs, where the decisions are made. */
function damagedPlace(file: Uint8Array, rng: Rng): number {
  const { header, end } = parseImage(file);
  const bodyEnd = header.headerSize + header.imageSize;
  const place = rng.below(10);
  if (place < 4) return rng.below(32);
  return place < 9 ? bodyEnd + rng.below(end - bodyEnd) : rng.below(file.length);
}

const tellingBytes = [0x00, 0x01, 0x07, 0x08, 0x10, 0x25, 0x69, 0x7f, 0x80, 0xff];

function overwrite(file: Uint8Array, at: number, rng: Rng): Uint8Array {
  const copy = file.slice();
  const length = 1 + rng.below(4);
  for (let offset = at; offset < Math.min(at + length, copy.length); offset += 1) {
    copy[offset] = rng.below(2) === 0 ? tellingBytes[rng.below(tellingBytes.length)]! : copy[offset]! ^ (1 << rng.below(8));
  }
  return copy;
}
