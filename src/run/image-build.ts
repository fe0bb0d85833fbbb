/** Images that inputs have built, for the board that they are for. */

import { assert } from '../base/assert.ts';
import type { Rng } from '../base/rng.ts';
import type { ImageBuild } from '../language/model.ts';
import { generateBody } from '../mcuboot/body.ts';
import { buildBootloader } from '../mcuboot/bootloader-build.ts';
import { buildImage } from '../mcuboot/build.ts';
import { demoKey } from '../mcuboot/demo-keys.ts';
import { defaultHeaderSize } from '../mcuboot/image-spec.ts';
import type { ImageSpec } from '../mcuboot/image-spec.ts';
import { parseVersion } from '../mcuboot/version.ts';
import type { ImageVersion } from '../mcuboot/version.ts';
import { inputError } from './input-error.ts';

export type LinkedBuild = ImageBuild & { readonly address: number };

/** The build with the address of its slot, which the facts of the board know when nobody states it. */
export function linkedFor(name: string, build: ImageBuild, facts: Readonly<Record<string, unknown>>): LinkedBuild {
  const { bootloader = {} } = facts as { readonly bootloader?: Readonly<Record<string, unknown>> };
  const known = build.bootloader === undefined ? bootloader['image-address'] : bootloader[build.bootloader.slot];
  if (build.address !== undefined) return { ...build, address: build.address };
  if (typeof known === 'number') return { ...build, address: known };
  if (build.bootloader === undefined) return { ...build, address: anyAddress };
  const hint = 'state the facts `bootloader.s0` and `bootloader.s1` in the bench, and let the pipeline require them';
  throw inputError(name, `cannot be built: nobody knows where the board has its slot ${build.bootloader.slot}`, hint);
}

/** Of an nRF52840's primary slot; most bootloaders do not look. */
const anyAddress = 0xc000;

export function buildInput(build: LinkedBuild, rng: Rng): Uint8Array {
  const { key, hash, pure, securityCounter, dependencies = [], bootloader } = build;
  const spec: ImageSpec = {
    version: versionOf(build.version),
    body: bodyOf(build, rng),
    dependencies: dependencies.map(({ image, version }) => ({ image, minimum: versionOf(version) })),
    ...(hash !== undefined && { hash }),
    ...(pure !== undefined && { pure }),
    ...(securityCounter !== undefined && { securityCounter }),
    ...(bootloader !== undefined && { loadAddress: build.address + defaultHeaderSize }),
  };
  return buildImage(spec, key === 'none' ? undefined : demoKey(key));
}

function bodyOf({ size, address, bootloader }: LinkedBuild, rng: Rng): Uint8Array {
  const start = address + defaultHeaderSize;
  if (bootloader === undefined) return generateBody(size, rng, start);
  const banner = [`*** Booting MCUboot ${bootloader.release} ***`];
  return buildBootloader({ size, version: bootloader.firmwareVersion, address: start, banner, rng }, demoKey('ecdsa-p256'));
}

function versionOf(text: string): ImageVersion {
  const version = parseVersion(text);
  assert(version !== undefined, `the schema lets "${text}" through as a version`);
  return version;
}
