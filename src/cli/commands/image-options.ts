/** Parsers for the options of the image commands. They throw commander's `InvalidArgumentError`. */

import { InvalidArgumentError } from 'commander';
import { parseSize } from '../../base/quantities.ts';
import type { ImageDependency } from '../../mcuboot/image.ts';
import { parseVersion } from '../../mcuboot/version.ts';
import type { ImageVersion } from '../../mcuboot/version.ts';

/** A whole number from 0 to 2^32 - 1: decimal, hexadecimal (`0x200`), or a size with its unit (`64 KiB`). */
export function numberOption(text: string): number {
  const value = /^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : parseSize(text);
  if (value === undefined || value > 0xffff_ffff) throw new InvalidArgumentError('Give a number such as 65536, 0x10000 or "64 KiB".');
  return value;
}

export function counterOption(text: string): number | 'auto' {
  return text === 'auto' ? text : numberOption(text);
}

export function versionOption(text: string): ImageVersion {
  const version = parseVersion(text);
  if (version === undefined) throw new InvalidArgumentError('Give a version such as 1.2.3 or 1.2.3+4.');
  return version;
}

/** `1:1.2.3`, or imgtool's `(1, 1.2.3+0)`. */
export function dependencyOption(text: string, earlier: readonly ImageDependency[]): readonly ImageDependency[] {
  const match = /^\(?\s*(\d+)\s*[:,]\s*([^\s)]+)\s*\)?$/.exec(text);
  const minimum = parseVersion(match?.[2] ?? '');
  if (match === null || minimum === undefined) throw new InvalidArgumentError('Give an image number and a version, such as 1:1.2.3.');
  return [...earlier, { image: Number(match[1]), minimum }];
}

/** Collects the values of an option that may be given several times. */
export function repeated(text: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, text];
}
