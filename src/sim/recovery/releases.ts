/** The serial recoveries that are built in, with the defaults of their releases (smp.md 0, 6). */

import { assert } from '../../base/assert.ts';
import type { RecoveryFeatures, RecoveryProfile } from './profile.ts';

const second: RecoveryFeatures = {
  receiveSize: 1024,
  lineMax: 128,
  echo: 'refused',
  params: false,
  hashes: true,
  imageState: false,
  slotInfo: false,
  directUpload: false,
  imageMap: {},
  storageErase: false,
  eraseProgressively: false,
  decoder: { library: 'zcbor', canonical: false },
  strictUpload: false,
  uploadImage: 'remembered',
  resetDelayMs: 250,
};

const first: RecoveryFeatures = {
  ...second,
  receiveSize: 512,
  echo: 'silent',
  hashes: false,
  strictUpload: true,
  uploadImage: 'each-packet',
};

/** Built-in recoveries by name: `mcuboot-` and the major release. */
export const recoveryProfiles: Readonly<Record<string, RecoveryFeatures>> = { 'mcuboot-2.x': second, 'mcuboot-1.x': first };

export function recoveryFeatures({ profile, overrides }: RecoveryProfile): RecoveryFeatures {
  const base = recoveryProfiles[profile];
  assert(base !== undefined, `no recovery profile "${profile}"`);
  return { ...base, ...overrides };
}
