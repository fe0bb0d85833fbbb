/** MCUboot as the factory puts it into S0, version 1, so that a new device boots. */

import { createRng } from '../../base/rng.ts';
import { buildBootloader } from '../../mcuboot/bootloader-build.ts';
import { buildImage } from '../../mcuboot/build.ts';
import { demoKey } from '../../mcuboot/demo-keys.ts';
import type { SimProfile } from '../profile.ts';
import { firmwareOffset } from './first-stage.ts';
import type { FirstStage } from './first-stage.ts';

const size = 16 * 1024;

/** Does nothing when something is there, or when only somebody else can sign for this device. */
export function installFactoryBootloader({ slots: [s0] }: FirstStage, { bootloader, firstStage }: SimProfile): void {
  if (firstStage?.key !== 'demo:ecdsa-p256' || !s0.isErased(0, s0.size)) return;
  const build = { size, version: 1, address: s0.address + firmwareOffset, banner: bootloader.banner, rng: createRng(0).fork('S0') };
  const body = buildBootloader(build, demoKey('ecdsa-p256'));
  const version = { major: 0, minor: 0, revision: 0, build: 1 };
  s0.load(0, buildImage({ version, body, headerSize: firmwareOffset }));
}
