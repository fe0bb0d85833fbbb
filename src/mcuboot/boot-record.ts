/** The boot record of measured boot: a small CBOR map that imgtool writes and MCUboot hands on. */

import { concatBytes, utf8 } from '../base/bytes.ts';
import { digestSizes } from './hash.ts';
import type { HashAlgorithm } from './hash.ts';
import { formatVersion } from './version.ts';
import type { ImageVersion } from './version.ts';

/** The longest software type that imgtool takes, in bytes. */
export const softwareTypeMax = 12;

export interface BootRecord {
  /** What the software is to the verifier, such as `APP`. */
  readonly softwareType: string;
  readonly version: ImageVersion;
  readonly signerId: Uint8Array;
  readonly hash: HashAlgorithm;
}

/** The content of the BOOT_RECORD TLV (vector `boot-record.bin`). The measurement stays zero: the bootloader fills it in. */
export function encodeBootRecord(record: BootRecord): Uint8Array {
  const version = formatVersion({ ...record.version, build: 0 });
  const entries = [
    [1, text(record.softwareType)],
    [4, text(version)],
    [5, byteString(record.signerId)],
    [6, text(record.hash.toUpperCase())],
    [2, byteString(new Uint8Array(digestSizes[record.hash]))],
  ] as const;
  const map = 0xa0 + entries.length;
  return concatBytes([Uint8Array.of(map), ...entries.flatMap(([key, value]) => [Uint8Array.of(key), value])]);
}

function text(value: string): Uint8Array {
  const bytes = utf8(value);
  return concatBytes([cborHead(3, bytes.length), bytes]);
}

function byteString(bytes: Uint8Array): Uint8Array {
  return concatBytes([cborHead(2, bytes.length), bytes]);
}

/** Lengths up to 255, which none of the entries exceeds. */
function cborHead(majorType: number, length: number): Uint8Array {
  return length < 24 ? Uint8Array.of((majorType << 5) | length) : Uint8Array.of((majorType << 5) | 24, length);
}
