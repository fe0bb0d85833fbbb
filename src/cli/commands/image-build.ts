/** `bootproof image build`: a signed image from a body, or from nothing but a size. */

import { toHex } from '../../base/bytes.ts';
import { BootproofError } from '../../base/errors.ts';
import { createRng } from '../../base/rng.ts';
import { generateBody } from '../../mcuboot/body.ts';
import { buildImage } from '../../mcuboot/build.ts';
import { demoKey } from '../../mcuboot/demo-keys.ts';
import type { DemoKeyName } from '../../mcuboot/demo-keys.ts';
import { hash } from '../../mcuboot/hash.ts';
import type { HashAlgorithm } from '../../mcuboot/hash.ts';
import { imageFlag } from '../../mcuboot/header.ts';
import type { ImageSpec } from '../../mcuboot/image-spec.ts';
import { imageSizeMax, parseImage } from '../../mcuboot/image.ts';
import type { ImageDependency } from '../../mcuboot/image.ts';
import { loadPrivateKey } from '../../mcuboot/keys.ts';
import type { SigningKey } from '../../mcuboot/keys.ts';
import type { SlotPadding } from '../../mcuboot/slot-padding.ts';
import { formatVersion } from '../../mcuboot/version.ts';
import type { ImageVersion } from '../../mcuboot/version.ts';
import type { CliIo } from '../io.ts';
import { readInput, withFile, writeOutput } from './image-run.ts';

/** As commander hands them over, parsed. */
export interface BuildOptions {
  readonly version: ImageVersion;
  readonly size?: number;
  readonly body?: string;
  readonly seed: number;
  readonly key?: string;
  readonly demoKey?: DemoKeyName;
  readonly hash?: HashAlgorithm;
  readonly pure?: boolean;
  readonly headerSize: number;
  readonly loadAddr?: number;
  readonly romFixed?: number;
  readonly nonBootable?: boolean;
  readonly securityCounter?: number | 'auto';
  readonly dependency: readonly ImageDependency[];
  readonly slotSize?: number;
  readonly align: number;
  readonly maxAlign?: number;
  readonly maxSectors: number;
  readonly overwriteOnly?: boolean;
  readonly pad?: boolean;
  readonly confirm?: boolean;
  readonly out?: string;
}

/** Writes the image and says what it is called by. */
export function buildImageFile(io: CliIo, options: BuildOptions): number {
  const key = chooseKey(io, options);
  const file = buildImage(specOf(io, options), key);
  const path = options.out ?? `image-${formatVersion(options.version)}.bin`;
  writeOutput(io, path, file);
  if (options.demoKey !== undefined) io.stderr('warning: this image is signed with a public demo key; it must never ship\n');
  const signed = key === undefined ? 'not signed' : `signed with ${key.publicKey.kind}`;
  io.stdout(`${path}: version ${formatVersion(options.version)}, ${file.length} bytes, ${signed}\n`);
  io.stdout(`image hash    ${toHex(parseImage(file).hash?.digest ?? new Uint8Array(0))}  (what SMP lists)\n`);
  io.stdout(`file SHA-256  ${toHex(hash('sha256', file))}  (what the upload's sha field carries)\n`);
  return 0;
}

function chooseKey(io: CliIo, options: BuildOptions): SigningKey | undefined {
  if (options.demoKey !== undefined) return demoKey(options.demoKey);
  if (options.key === undefined) return undefined;
  return withFile(io, options.key, (bytes) => loadPrivateKey(new TextDecoder().decode(bytes)));
}

function specOf(io: CliIo, options: BuildOptions): ImageSpec {
  const { version, hash: algorithm, securityCounter } = options;
  const slot = slotOf(options);
  return {
    version,
    body: bodyOf(io, options),
    headerSize: options.headerSize,
    flags: flagsOf(options),
    loadAddress: options.loadAddr ?? options.romFixed ?? 0,
    dependencies: options.dependency,
    pure: options.pure === true,
    ...(algorithm === undefined ? {} : { hash: algorithm }),
    ...(securityCounter === undefined ? {} : { securityCounter: securityCounter === 'auto' ? counterOf(version) : securityCounter }),
    ...(slot === undefined ? {} : { slot }),
  };
}

/** The same size, version and seed always give the same body, and other versions another one. */
function bodyOf(io: CliIo, options: BuildOptions): Uint8Array {
  if (options.body !== undefined) return readInput(io, options.body);
  if (options.size === undefined) throw usageError('neither --size nor --body is given', 'say what the image shall contain');
  if (options.size > imageSizeMax) throw usageError(`--size ${options.size} is too large`, `at most ${imageSizeMax} bytes`);
  const address = (options.romFixed ?? 0) + options.headerSize;
  return generateBody(options.size, createRng(options.seed).fork(formatVersion(options.version)), address);
}

function flagsOf({ loadAddr, romFixed, nonBootable }: BuildOptions): number {
  return (
    (loadAddr === undefined ? 0 : imageFlag.ramLoad) |
    (romFixed === undefined ? 0 : imageFlag.romFixed) |
    (nonBootable === true ? imageFlag.nonBootable : 0)
  );
}

/** As `imgtool sign --security-counter auto`. */
function counterOf({ major, minor, revision }: ImageVersion): number {
  return major * 2 ** 24 + minor * 2 ** 16 + revision;
}

function slotOf({ slotSize, align, maxAlign, maxSectors, overwriteOnly, pad, confirm }: BuildOptions): SlotPadding | undefined {
  if (slotSize === undefined) {
    if (pad !== true && confirm !== true) return undefined;
    throw usageError('--pad and --confirm need --slot-size', 'the trailer lies at the end of the slot');
  }
  return {
    size: slotSize,
    align,
    maxSectors,
    overwriteOnly: overwriteOnly === true,
    pad: confirm === true ? 'confirmed' : pad === true ? 'pending' : 'no',
    ...(maxAlign === undefined ? {} : { maxAlign }),
  };
}

function usageError(message: string, hint: string): BootproofError {
  return new BootproofError(message, { fault: 'input', code: 'usage', hint });
}
