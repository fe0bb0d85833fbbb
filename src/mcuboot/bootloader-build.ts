/** Builds of MCUboot for one of the two slots of an immutable first stage: stand-ins that carry the metadata and the banners of one. */

import { concatBytes, utf8 } from '../base/bytes.ts';
import type { Rng } from '../base/rng.ts';
import { generateBody } from './body.ts';
import { encodeFwInfo, encodeValidationInfo, fwInfoOffset, fwInfoSize } from './fw-info.ts';
import { hash } from './hash.ts';
import type { SigningKey } from './keys.ts';
import { rawPublicKey, signRaw } from './raw-ecdsa.ts';
import { assert } from '../base/assert.ts';

export interface BootloaderBuild {
  /** Bytes of the program; what is too small for its metadata is made large enough. */
  readonly size: number;
  /** The first stage starts the higher one of two. */
  readonly version: number;
  /** Where its vector table is: behind the image header in its slot. */
  readonly address: number;
  /** Lines that it prints first, such as `*** Booting MCUboot v2.2.0 ***`. */
  readonly banner: readonly string[];
  readonly rng: Rng;
}

/** The program, signed for the first stage. The key is one of P-256. */
export function buildBootloader({ size, version, address, banner, rng }: BootloaderBuild, key: SigningKey): Uint8Array {
  const publicKey = rawPublicKey(key.publicKey);
  assert(publicKey !== undefined, 'first stages take keys of P-256');
  const texts = concatBytes(banner.map((line) => utf8(`${line}\n\0`)));
  const textAt = fwInfoOffset + fwInfoSize;
  const program = generateBody(alignUp(Math.max(size, textAt + texts.length)), rng, address);
  program.set(encodeFwInfo({ size: program.length, version, address }), fwInfoOffset);
  program.set(texts, textAt);
  const validation = { address, digest: hash('sha256', program), publicKey, signature: signRaw(key, program) };
  return concatBytes([program, encodeValidationInfo(validation)]);
}

/** The banners in a program, which every Zephyr build has among its texts. */
export function bannersIn(program: Uint8Array): string[] {
  const text = Buffer.from(program.buffer, program.byteOffset, program.length).toString('latin1');
  return [...text.matchAll(/\*\*\* (?:Booting|Using) [ -~]{1,100}? \*\*\*/g)].map(([banner]) => banner);
}

function alignUp(size: number): number {
  return Math.ceil(size / 4) * 4;
}
