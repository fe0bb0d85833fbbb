/** Where an image comes from, as pipelines and plans write it. */

import { assert } from '../base/assert.ts';
import { parseSize } from '../base/quantities.ts';
import type { ImageOrigin as ImageOriginFile } from './grammar.generated.ts';
import type { ImageOrigin } from './model.ts';
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
