/** Where images and packages come from, as pipelines and plans write it. */

import { assert } from '../base/assert.ts';
import { parseSize } from '../base/quantities.ts';
import type { ImageOrigin as ImageOriginFile, PackageOrigin as PackageOriginFile } from './grammar.generated.ts';
import type { ImageOrigin, PackageOrigin } from './model.ts';
import { compact } from './plain.ts';

/** Inputs that are files, or are built. */
export type ArtifactType = 'image' | 'package';

/** Each as a word with its article. */
export const artifactWords = { image: 'an image', package: 'a package' } as const satisfies Readonly<Record<ArtifactType, string>>;

export const artifactTypes = Object.keys(artifactWords) as readonly ArtifactType[];

export function isArtifact(type: string): type is ArtifactType {
  return Object.hasOwn(artifactWords, type);
}

export function imageOrigin({ file, build }: ImageOriginFile): ImageOrigin {
  if (file !== undefined) return { from: 'file', file };
  if (build === undefined) return { from: 'set' };
  const size = parseSize(build.size);
  assert(size !== undefined, 'the schema checks sizes');
  const { version, key = 'ed25519', bootloader, 'security-counter': securityCounter, ...options } = build;
  const own = bootloader && { slot: bootloader.slot, firmwareVersion: bootloader['firmware-version'], release: bootloader.release };
  return compact<ImageOrigin>({ from: 'build', ...options, version, size, key, securityCounter, bootloader: own });
}

export function packageOrigin({ file }: PackageOriginFile): PackageOrigin {
  return file === undefined ? { from: 'set' } : { from: 'file', file };
}
