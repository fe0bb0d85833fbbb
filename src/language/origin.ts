/** Where images and packages come from, as pipelines and plans write it. */

import { assert } from '../base/assert.ts';
import { parseSize } from '../base/quantities.ts';
import type { ImageOrigin as ImageOriginFile, PackageOrigin as PackageOriginFile } from './grammar.generated.ts';
import type { ImageOrigin, PackageOrigin } from './model.ts';
import { compact } from './plain.ts';

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
