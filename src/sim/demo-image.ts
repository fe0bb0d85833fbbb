/** What new flash holds, so that a device answers without having been provisioned: a demo image, as boards come from the shop. */

import type { Rng } from '../base/rng.ts';
import { generateBody } from '../mcuboot/body.ts';
import { buildImage } from '../mcuboot/build.ts';
import { demoKey, demoKeyNames } from '../mcuboot/demo-keys.ts';
import { imageFlag } from '../mcuboot/header.ts';
import { defaultHeaderSize } from '../mcuboot/image-spec.ts';
import type { ImageSpec } from '../mcuboot/image-spec.ts';
import type { SigningKey } from '../mcuboot/keys.ts';
import { formatVersion } from '../mcuboot/version.ts';
import { bootConfig } from './bootloader/index.ts';
import type { SimDevice } from './device.ts';
import type { SimProfile } from './profile.ts';

const version = { major: 1, minor: 0, revision: 0, build: 0 };
const bodySize = 16 * 1024;

/** Puts the image, confirmed, into each primary slot of a device that was never on. Returns what was done, as the end of a sentence. */
export function provisionDemoImage(device: SimDevice, rng: Rng): string {
  const { bootloader, images } = device.profile;
  const key = signingKeyFor(bootloader.key);
  if (key === 'unknown') return 'empty, for nobody but you can sign images for this bootloader';
  const bytes = buildImage(
    { version, body: generateBody(bodySize, rng, linkAddress(device)), ...placeOf(device.profile) },
    key === 'none' ? undefined : key,
  );
  const numbers = [...images.map((_, image) => 2 * image), ...(bootloader.config.mode === 'firmware-loader' ? [1] : [])];
  const slots = numbers.map((slot) => ({ slot, content: { kind: 'image', bytes } as const }));
  device.provision({ slots, confirmed: true });
  return `holds a demo image, version ${formatVersion(version)}`;
}

/** Where an image's vector table is when it is linked for the primary slot. */
function linkAddress({ facts }: SimDevice): number {
  return facts.imageAddress + defaultHeaderSize;
}

/** Images that run from RAM say where they are loaded. */
function placeOf({ bootloader }: SimProfile): Pick<ImageSpec, 'flags' | 'loadAddress'> {
  const { executableRam, mode } = bootConfig(bootloader.config);
  return mode.startsWith('ramload') ? { flags: imageFlag.ramLoad, loadAddress: executableRam.start } : {};
}

/** The private half of the key that a profile's bootloader trusts. */
function signingKeyFor(trusted: string): SigningKey | 'none' | 'unknown' {
  if (trusted === 'none') return 'none';
  const name = demoKeyNames.find((candidate) => trusted === `demo:${candidate}`);
  return name === undefined ? 'unknown' : demoKey(name);
}
