/** A device as the lab had it: flash areas, images, the bootloader and the application's API, and what is observed of them. */

import { createHash } from 'node:crypto';
import { assert } from '../../../src/base/assert.ts';
import { equalBytes, toHex } from '../../../src/base/bytes.ts';
import { headerSizeMin } from '../../../src/mcuboot/header.ts';
import { flagSet, trailerFields, trailerMagic } from '../../../src/mcuboot/trailer.ts';
import type { Trailer } from '../../../src/mcuboot/trailer.ts';
import { bootConfig, bootOnce, setConfirmed, setNext, setPending, swapType } from '../../../src/sim/bootloader/index.ts';
import type { BootAreas, BootConfig, BootHost, BootMode, BootResult, McubootRelease } from '../../../src/sim/bootloader/index.ts';
import { readTrailer } from '../../../src/sim/bootloader/trailer-access.ts';
import { createFlash, flashArea } from '../../../src/sim/flash.ts';
import type { Flash, FlashArea, FlashSnapshot } from '../../../src/sim/flash.ts';
import { cutPowerAt } from '../../../src/sim/flash/hooks.ts';
import type { FlashHooks } from '../../../src/sim/flash/hooks.ts';
import { buildRecipe, hexBytes } from './image-recipe.ts';
import { findKeyIn } from './keys.ts';
import type { KeyFinder } from './keys.ts';
import type { BootStep, LabConfig, LabSetup, Step } from './record.ts';

/** One run of the bootloader, as the records describe it. */
export interface Observation {
  readonly outcome: string;
  readonly running: string | null;
  /** Every byte of the image that runs is as it was built. */
  readonly intact: boolean;
  readonly log: readonly string[];
  readonly flash: Readonly<Record<'erases' | 'erase_bytes' | 'writes' | 'write_bytes', number>>;
  readonly violations: Readonly<Record<string, number>>;
  readonly result: BootResult;
}

/** An area as the records describe it. */
export interface AreaState {
  readonly magic: string;
  readonly swap_type: number;
  readonly image_num: number;
  readonly copy_done: string;
  readonly image_ok: string;
  readonly holds: string;
  readonly sha256: string;
}

/** What records leave open. */
export interface LabOptions {
  /** `head` unless given. */
  readonly release?: McubootRelease;
  /** Where the keys of signed images come from; MCUboot's public demo keys unless given. */
  readonly keys?: KeyFinder;
}

/** Everything that survives a power cut. */
export interface LabSnapshot {
  readonly flashes: readonly FlashSnapshot[];
  readonly counters: ReadonlyMap<number, number>;
}

/** A device as the records describe it: its flash, its bootloader, and the steps that can be done to it. */
export class Lab {
  readonly config: BootConfig;
  readonly areas: ReadonlyMap<string, FlashArea>;
  readonly images: ReadonlyMap<string, Uint8Array>;
  readonly #boot: BootAreas;
  readonly #counters = new Map<number, number>();

  constructor(setup: LabSetup, options: LabOptions = {}) {
    this.config = configOf(setup, options);
    this.areas = new Map(Object.entries(setup.geometry.areas).map(([name, area]) => [name, createArea(name, area)]));
    this.images = new Map(Object.entries(setup.images).map(([name, recipe]) => [name, buildRecipe(recipe)]));
    this.#boot = {
      images: Array.from({ length: setup.config.images }, (_, image) => ({
        primary: this.area(slotName('primary', image)),
        secondary: this.area(slotName('secondary', image)),
      })),
      scratch: this.areas.get('scratch'),
    };
  }

  area(name: string): FlashArea {
    const area = this.areas.get(name);
    assert(area !== undefined, `no area ${name}`);
    return area;
  }

  get flashes(): readonly Flash[] {
    return [...this.areas.values()].map(({ flash }) => flash);
  }

  snapshot(): LabSnapshot {
    return { flashes: this.flashes.map((flash) => flash.snapshot()), counters: new Map(this.#counters) };
  }

  restore({ flashes, counters }: LabSnapshot): void {
    this.flashes.forEach((flash, index) => flash.restore(flashes[index]!));
    this.#counters.clear();
    for (const [image, value] of counters) this.#counters.set(image, value);
  }

  /** Executes anything but a boot; returns the API's return value where there is one. */
  perform(step: Exclude<Step, BootStep>): number | undefined {
    switch (step.op) {
      case 'program':
        this.#program(step);
        return undefined;
      case 'write': {
        const area = this.area(step.area);
        area.load(step.off ?? area.size - (step.from_end ?? 0), hexBytes(step.hex));
        return undefined;
      }
      case 'erase': {
        const area = this.area(step.area);
        area.load(0, new Uint8Array(area.size).fill(area.erasedValue));
        return undefined;
      }
      case 'counter':
        this.#counters.set(0, step.value);
        this.#counters.set(1, step.value);
        return undefined;
      case 'set_pending':
        return setPending(this.#boot, this.config, { permanent: step.permanent !== 0, image: step.image ?? 0 });
      case 'set_confirmed':
        return setConfirmed(this.#boot, this.config, step.image ?? 0);
      case 'set_next':
        return setNext(this.#slotOf(step.slot), this.config, { active: step.active, confirm: step.confirm });
    }
  }

  /** Runs the bootloader once, with the power cut where the step or the hooks say. */
  boot(step: BootStep, hooks: FlashHooks = cutHooks(step)): Observation {
    for (const flash of this.flashes) {
      flash.takeCounters();
      flash.setHooks(hooks);
    }
    const result = bootOnce(this.#boot, this.config, this.#host());
    for (const flash of this.flashes) flash.setHooks({});
    const counters = this.flashes.map((flash) => flash.takeCounters());
    const sum = (pick: (of: (typeof counters)[number]) => number): number => counters.reduce((total, one) => total + pick(one), 0);
    const violations: Record<string, number> = {};
    for (const one of counters)
      for (const [kind, count] of Object.entries(one.violations)) violations[kind] = (violations[kind] ?? 0) + count;
    return {
      outcome: outcomeOf(result),
      ...this.#running(result),
      log: result.log.map(({ text }) => text),
      flash: {
        erases: sum((one) => one.erases),
        erase_bytes: sum((one) => one.eraseBytes),
        writes: sum((one) => one.programs),
        write_bytes: sum((one) => one.programBytes),
      },
      violations,
      result,
    };
  }

  /** What `boot_swap_type_multi` answers the application. */
  swapType(image = 0): string {
    return swapType(this.#boot, this.config, image);
  }

  trailer(area: string): Trailer {
    return readTrailer(this.area(area), trailerFields(this.config.maxAlign));
  }

  /** The state of every area. */
  states(): Record<string, AreaState> {
    return Object.fromEntries([...this.areas.keys()].map((name) => [name, this.#state(name)]));
  }

  counter(): number {
    return this.#counters.get(0) ?? 0;
  }

  sha256(area: string): string {
    const { flash, size } = this.area(area);
    return toHex(createHash('sha256').update(flash.read(0, size)).digest());
  }

  /** Which image lies in an area: `B`, `B@0x1000` at the second sector of a secondary slot, `erased` or `other`. */
  holds(name: string): string {
    const area = this.area(name);
    const bytes = area.read(0, area.size);
    const offsets = name.startsWith('secondary') ? [0, area.sectors.at(0).size] : [0];
    for (const offset of offsets) {
      for (const [image, content] of this.images) {
        const found = offset + content.length <= bytes.length && equalBytes(bytes.subarray(offset, offset + content.length), content);
        if (found) return offset === 0 ? image : `${image}@0x${offset.toString(16)}`;
      }
    }
    return area.isErased(0, area.size) ? 'erased' : 'other';
  }

  /** Which image was started. One that is not whole any more is known by its header. */
  #running(result: BootResult): { readonly running: string | null; readonly intact: boolean } {
    if (result.outcome !== 'boot') return { running: null, intact: false };
    const { slot } = result.image;
    const held = this.holds(slot);
    if (this.images.has(held)) return { running: held, intact: true };
    const header = this.area(slot).read(0, headerSizeMin);
    const named = [...this.images].find(([, content]) => equalBytes(content.subarray(0, headerSizeMin), header));
    return { running: named?.[0] ?? null, intact: false };
  }

  #state(name: string): AreaState {
    const { magic, swapType, imageNumber, copyDone, imageOk } = this.trailer(name);
    const trailer = { magic, swap_type: swapType, image_num: imageNumber, copy_done: copyDone, image_ok: imageOk };
    return { ...trailer, holds: this.holds(name), sha256: this.sha256(name) };
  }

  #host(): BootHost {
    return {
      readSecurityCounter: (image) => this.#counters.get(image) ?? 0,
      writeSecurityCounter: (image, value) => void this.#counters.set(image, value),
    };
  }

  #slotOf(slot: number | string): FlashArea {
    return this.area(typeof slot === 'string' ? slot : slotName(slot % 2 === 0 ? 'primary' : 'secondary', slot >> 1));
  }

  #program({ slot, image, at = 0, trailer = 'none' }: Extract<Step, { op: 'program' }>): void {
    const area = this.area(slot);
    const content = this.images.get(image);
    assert(content !== undefined, `no image ${image}`);
    const bytes = new Uint8Array(area.size).fill(0xff);
    bytes.set(content.subarray(0, Math.max(0, area.size - at)), at);
    const fields = trailerFields(this.config.maxAlign);
    if (trailer !== 'none') bytes.set(trailerMagic(this.config.maxAlign), area.size - fields.magic);
    if (trailer === 'pad-confirm') bytes[area.size - fields.imageOk] = flagSet;
    area.load(0, bytes);
  }
}

/** The version of the image that was started; undefined if none was. */
export function startedVersion(result: BootResult): string | undefined {
  if (result.outcome !== 'boot') return undefined;
  const { major, minor, revision, build } = result.image.version;
  return `${major}.${minor}.${revision}+${build}`;
}

function cutHooks({ cut_after, torn }: BootStep): FlashHooks {
  return cut_after === undefined ? {} : cutPowerAt(cut_after, torn === true ? 'cut-torn' : 'cut-before');
}

function outcomeOf(result: BootResult): string {
  switch (result.outcome) {
    case 'boot':
      return 'boot';
    case 'no-image':
      return 'no_image';
    case 'restart':
      return 'restart';
    case 'power-cut':
      return 'power_cut';
    case 'panic':
      return result.panic;
  }
}

function createArea(name: string, { off, align, erase_required, sectors }: LabSetup['geometry']['areas'][string]): FlashArea {
  const flash = createFlash({ name, sectors, writeSize: align, eraseRequired: erase_required, strict: false });
  return flashArea(flash, { offset: 0, size: flash.size, address: off });
}

const labModes: readonly BootMode[] = ['scratch', 'move', 'offset', 'overwrite', 'xip', 'xip-revert', 'ramload', 'ramload-revert'];

function configOf({ mode: name, config }: LabSetup, { release = 'head', keys = findKeyIn([]) }: LabOptions): BootConfig {
  const mode = labModes.find((known) => known === name);
  assert(mode !== undefined, `an unknown mode: ${name}`);
  return bootConfig({
    mode,
    release,
    maxSectors: config.max_sectors,
    maxAlign: config.max_align,
    validatePrimary: config.validate !== 0,
    downgradePrevention: downgradeOf(config),
    bootstrap: config.bootstrap !== 0,
    keys: config.sig === 'none' ? undefined : [keys(config.sig)],
    rollbackCounter: config.hw_rollback !== 0,
    addressCheck: config.check_load_addr !== 0 ? 'load-address' : config.verify_addr !== 0 ? 'reset-vector' : 'none',
    compareBuild: config.cmp_build !== 0,
    tlvAllowList: config.allow_list !== 0,
    minimalScramble: config.minimal_scramble !== 0,
    knowsNoErase: config.both_erase !== 0,
    directXipLibrary: config.lib_xip !== 0,
  });
}

function downgradeOf({ downgrade, downgrade_seccnt }: LabConfig): BootConfig['downgradePrevention'] {
  if (downgrade === 0) return 'none';
  return downgrade_seccnt === 0 ? 'version' : 'security-counter';
}

function slotName(slot: 'primary' | 'secondary', image: number): string {
  return image === 0 ? slot : `${slot}${image}`;
}
