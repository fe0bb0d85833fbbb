/** The chips of a simulated device and the areas on them, made from its profile. */

import { assert } from '../base/assert.ts';
import { concatBytes } from '../base/bytes.ts';
import { demoKey, demoKeyNames } from '../mcuboot/demo-keys.ts';
import { rawPublicKey } from '../mcuboot/raw-ecdsa.ts';
import { loadPublicKey } from '../mcuboot/keys.ts';
import { bootConfig } from './bootloader/index.ts';
import { createFlash, flashArea } from './flash.ts';
import type { PublicKey } from '../mcuboot/keys.ts';
import type { BootAreas, BootConfig, BootHost } from './bootloader/index.ts';
import type { Flash, FlashArea, FlashSnapshot } from './flash.ts';
import type { FlashHooks } from './flash/hooks.ts';
import { installFactoryBootloader } from './first-stage/factory.ts';
import type { FirstStage } from './first-stage/first-stage.ts';
import type { AreaProfile, BootloaderProfile, SimProfile } from './profile.ts';

export interface Hardware {
  readonly areas: BootAreas;
  readonly config: BootConfig;
  /** Puts another build of the bootloader in place. */
  build(bootloader: BootloaderProfile): void;
  /** Security counters: they outlive everything. */
  readonly host: BootHost;
  readonly firstStage: FirstStage | undefined;
  readonly storage: FlashArea | undefined;
  /** The area of a slot by its raw number (2 * image + slot). */
  slot(slot: number): FlashArea | undefined;
  /** Number of raw slots, missing secondaries included. */
  readonly slotCount: number;
  setHooks(hooks: FlashHooks): void;
  /** Time that flash work took since the last call. */
  takeElapsedUs(): number;
  /** Time that all flash work took so far. */
  elapsedUs(): number;
  snapshot(): HardwareSnapshot;
  restore(snapshot: HardwareSnapshot): void;
  /** Contents of all chips in the profile's order. */
  contents(): Uint8Array;
  eraseAll(): void;
}

/** Everything that outlives a loss of power. */
export interface HardwareSnapshot {
  readonly flashes: readonly FlashSnapshot[];
  readonly counters: ReadonlyMap<string, number>;
}

/** `contents` as an earlier `contents()` gave them; erased chips when undefined. */
export function createHardware(profile: SimProfile, contents?: Uint8Array): Hardware {
  const flashes = new Map(profile.flash.map((chip) => [chip.name, createFlash(chip)]));
  const all = [...flashes.values()];
  const counters = new Map<string, number>();
  if (contents !== undefined) load(all, contents);
  const area = (spec: AreaProfile, name: string): FlashArea => {
    const flash = flashes.get(spec.flash);
    assert(flash !== undefined, `profile ${profile.name}: no flash "${spec.flash}"`);
    return flashArea(flash, { ...spec, name });
  };
  const optional = (spec: AreaProfile | undefined, name: string): FlashArea | undefined =>
    spec === undefined ? undefined : area(spec, name);
  const pairs = profile.images.map((pair, index) => ({
    primary: area(pair.primary, `image ${index} primary`),
    secondary: optional(pair.secondary, `image ${index} secondary`),
  }));
  const areas: BootAreas = {
    images: pairs,
    scratch: optional(profile.scratch, 'scratch'),
    networkCore: networkCoreOf(profile, pairs) ?? optional(profile.networkCore, 'network core'),
  };
  const firstStage = firstStageOf(profile, { area, counters });
  const factory = (): void => {
    if (firstStage !== undefined) installFactoryBootloader(firstStage, profile);
  };
  factory();
  let config = configOf(profile.bootloader);
  return {
    areas,
    firstStage,
    get config() {
      return config;
    },
    build: (bootloader) => (config = configOf(bootloader)),
    host: securityCounters(counters),
    storage: optional(profile.storage, 'storage'),
    slot: (slot) => (slot % 2 === 0 ? areas.images[slot >> 1]?.primary : areas.images[slot >> 1]?.secondary),
    slotCount: areas.images.length * 2,
    setHooks: (hooks) => all.forEach((flash) => flash.setHooks(hooks)),
    takeElapsedUs: () => all.reduce((total, flash) => total + flash.takeElapsedUs(), 0),
    elapsedUs: () => all.reduce((total, flash) => total + flash.elapsedUs, 0),
    snapshot: () => ({ flashes: all.map((flash) => flash.snapshot()), counters: new Map(counters) }),
    restore: (snapshot) => {
      all.forEach((flash, index) => flash.restore(snapshot.flashes[index]!));
      counters.clear();
      for (const [image, value] of snapshot.counters) counters.set(image, value);
    },
    contents: () => concatBytes(all.map((flash) => flash.read(0, flash.size))),
    eraseAll: () => {
      for (const flash of all) flash.load(0, new Uint8Array(flash.size).fill(flash.erasedValue));
      factory();
    },
  };
}

function load(flashes: readonly Flash[], contents: Uint8Array): void {
  const total = flashes.reduce((sum, flash) => sum + flash.size, 0);
  assert(contents.length === total, `flash contents of ${contents.length} bytes for chips of ${total} bytes`);
  let at = 0;
  for (const flash of flashes) {
    flash.load(0, contents.subarray(at, at + flash.size));
    at += flash.size;
  }
}

function configOf({ config, key }: BootloaderProfile): BootConfig {
  return bootConfig({ ...config, keys: trustedKeys(key) });
}

const demoPrefix = 'demo:';

/** Undefined: the hash alone decides. */
function trustedKeys(key: string): readonly PublicKey[] | undefined {
  if (key === 'none') return undefined;
  if (!key.startsWith(demoPrefix)) return [loadPublicKey(key)];
  const name = demoKeyNames.find((candidate) => candidate === key.slice(demoPrefix.length));
  assert(name !== undefined, `no demo key "${key}"`);
  return [demoKey(name).publicKey];
}

function networkCoreOf({ images }: SimProfile, pairs: readonly { readonly primary: FlashArea }[]): FlashArea | undefined {
  const index = images.findIndex(({ core }) => core === 'network');
  return index < 0 ? undefined : pairs[index]?.primary;
}

const monotonicCounter = 'first stage';

function firstStageOf(
  { name, firstStage }: SimProfile,
  { area, counters }: { area: (spec: AreaProfile, name: string) => FlashArea; counters: Map<string, number> },
): FirstStage | undefined {
  if (firstStage === undefined) return undefined;
  const { s0, s1, key, logLevels } = firstStage;
  const point = trustedKeys(key)?.map(rawPublicKey)[0];
  assert(point !== undefined, `profile ${name}: a first stage needs a key of P-256`);
  return {
    slots: [area(s0, 'S0'), area(s1, 'S1')],
    point,
    logs: logLevels,
    counter: {
      get value() {
        return counters.get(monotonicCounter) ?? 0;
      },
      raise: (version) => void counters.set(monotonicCounter, version),
    },
  };
}

function securityCounters(counters: Map<string, number>): BootHost {
  return {
    readSecurityCounter: (image) => counters.get(`image ${image}`) ?? 0,
    writeSecurityCounter: (image, value) => void counters.set(`image ${image}`, value),
  };
}
