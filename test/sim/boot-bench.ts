/** Devices of random geometry for the properties of the bootloader: slots, images that fit them, and what may become of both. */

import fc from 'fast-check';
import { equalBytes } from '../../src/base/bytes.ts';
import { createRng } from '../../src/base/rng.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { imageFlag } from '../../src/mcuboot/header.ts';
import { bootConfig, bootOnce, setConfirmed, setPending, slotsAreAlike, swapType } from '../../src/sim/bootloader/index.ts';
import { mcubootReleases } from '../../src/sim/bootloader/index.ts';
import type { BootAreas, BootConfig, BootMode, BootResult } from '../../src/sim/bootloader/index.ts';
import { trailerFieldsOf } from '../../src/sim/bootloader/session.ts';
import { readTrailer } from '../../src/sim/bootloader/trailer-access.ts';
import { createFlash, flashArea } from '../../src/sim/flash.ts';
import type { Flash, FlashArea } from '../../src/sim/flash.ts';
import { cutPowerAt } from '../../src/sim/flash/hooks.ts';
import type { FlashFate } from '../../src/sim/flash/hooks.ts';

/** Modes that install images into the primary slot. */
export const installing = ['move', 'scratch', 'offset', 'overwrite'] as const satisfies readonly BootMode[];
export const allModes: readonly BootMode[] = [...installing, 'xip', 'xip-revert', 'ramload', 'ramload-revert', 'single', 'firmware-loader'];

export interface Geometry {
  readonly mode: BootMode;
  readonly release: BootConfig['release'];
  /** Size of a sector; that of the larger ones where they differ. */
  readonly sector: number;
  /** The first sectors of the primary slot are half as large (scratch and overwrite mode only). */
  readonly uneven: boolean;
  /** Sectors of a slot beyond those of its trailer. */
  readonly spare: number;
  readonly writeSize: number;
  readonly erasedValue: 0xff | 0x00;
  readonly eraseRequired: boolean;
  /** The bootloader's table has more entries than the slots have sectors. */
  readonly extraSectors: number;
  readonly validatePrimary: boolean;
  /** Pairs of slots, to all of which everything is done. */
  readonly pairs: 1 | 2;
}

/** Erase-type flash is what all modes are sound on; memory without erase has weak spots of its own (mcuboot.md 4.5). */
export function geometries(modes: readonly BootMode[], options: { readonly noErase: boolean; readonly pairs?: 2 }): fc.Arbitrary<Geometry> {
  return fc.record({
    mode: fc.constantFrom(...modes),
    // Before v1.10 images were not limited in size, and before v1.7.99 padded ones could not confirm themselves.
    release: fc.constantFrom(...mcubootReleases.slice(mcubootReleases.indexOf('v1.10.0'))),
    sector: fc.constantFrom(256, 512, 1024, 4096),
    uneven: fc.boolean(),
    spare: fc.integer({ min: 4, max: 9 }),
    writeSize: fc.constantFrom(1, 2, 4, 8, 16, 32),
    erasedValue: fc.constantFrom(0xff as const, 0x00 as const),
    eraseRequired: options.noErase ? fc.boolean() : fc.constant(true),
    extraSectors: fc.nat(6),
    validatePrimary: fc.constant(true),
    pairs: fc.constant(options.pairs ?? 1),
  });
}

export type Operation =
  | { readonly do: 'upload'; readonly image: number }
  | { readonly do: 'pending'; readonly permanent: boolean }
  | { readonly do: 'confirm' | 'erase' | 'boot' }
  | { readonly do: 'cut'; readonly at: number; readonly fate: 'cut-before' | 'cut-torn' | 'cut-after' };

export type Mischief =
  | Operation
  | { readonly do: 'trailer'; readonly secondary: boolean; readonly fromEnd: number; readonly byte: number }
  | { readonly do: 'flip'; readonly at: number; readonly bit: number }
  | { readonly do: 'fail'; readonly at: number };

export const imageCount = 3;

/** What trailers say, as far as decisions go by it. */
export interface Trailers {
  readonly primary: { readonly magic: string; readonly copyDone: string; readonly imageOk: string };
  readonly secondary: { readonly magic: string; readonly copyDone: string; readonly imageOk: string };
  readonly type: string;
}

/** Pairs of slots and a scratch area, an image in each primary slot. */
export class BootBench {
  readonly flash: Flash;
  readonly areas: BootAreas;
  readonly config: BootConfig;
  readonly pairs: readonly { readonly primary: FlashArea; readonly secondary: FlashArea }[];
  readonly images: readonly Uint8Array[];
  readonly slotSize: number;
  readonly #offset: number;

  constructor(geometry: Geometry) {
    const { mode, release, sector, writeSize, erasedValue, eraseRequired, validatePrimary, pairs } = geometry;
    const uneven = geometry.uneven && (mode === 'scratch' || mode === 'overwrite');
    const maxAlign = Math.max(8, writeSize);
    const { count, maxSectors, room } = layoutOf(geometry, uneven);
    this.slotSize = count * sector;
    const runs = uneven
      ? ([
          [sector / 2, 4],
          [sector, (2 * pairs - 1) * count - 2 + count + 1],
        ] as const)
      : ([[sector, 2 * pairs * count + 1]] as const);
    this.flash = createFlash({ name: 'flash', sectors: runs, writeSize, strict: false, eraseRequired, erasedValue });
    const area = (name: string, slot: number): FlashArea =>
      flashArea(this.flash, { name, offset: slot * this.slotSize, size: name === 'scratch' ? sector : this.slotSize });
    this.pairs = Array.from({ length: pairs }, (_, pair) => ({
      primary: area('primary', 2 * pair),
      secondary: area('secondary', 2 * pair + 1),
    }));
    this.areas = { images: this.pairs, scratch: area('scratch', 2 * pairs) };
    const options = { mode, release, maxSectors, maxAlign, validatePrimary };
    this.config = bootConfig({ ...options, knowsNoErase: true, directXipLibrary: slotsAreAlike(mode) });
    this.#offset = mode === 'offset' ? sector : 0;
    // Swap using offset loses the header of an image of one sector when the power fails: a defect of the original (see the test of it).
    this.images = imagesFor(room, mode === 'offset' ? sector + 1 : 100);
    for (const { primary } of this.pairs) primary.load(0, this.images[0]!);
  }

  /** Those of the first image. */
  get primary(): FlashArea {
    return this.pairs[0]!.primary;
  }

  get secondary(): FlashArea {
    return this.pairs[0]!.secondary;
  }

  /** Number of the image that lies whole in every primary slot. */
  running(): number | undefined {
    const [first, ...others] = this.pairs.map(({ primary }) => this.imageIn(primary));
    return others.every((other) => other === first) ? first : undefined;
  }

  boot(): BootResult {
    return bootOnce(this.areas, this.config);
  }

  do(operation: Mischief): BootResult | undefined {
    switch (operation.do) {
      case 'upload':
        this.#blank();
        for (const { secondary } of this.pairs) secondary.load(this.#offset, this.images[operation.image]!);
        return undefined;
      case 'pending':
        for (const image of this.pairs.keys()) setPending(this.areas, this.config, { ...operation, image });
        return undefined;
      case 'confirm':
        for (const image of this.pairs.keys()) setConfirmed(this.areas, this.config, image);
        return undefined;
      case 'erase':
        this.#blank();
        return undefined;
      case 'boot':
        return this.boot();
      case 'cut':
        return this.bootWith(operation.at, operation.fate);
      case 'fail':
        return this.bootWith(operation.at, 'fail');
      case 'trailer':
        (operation.secondary ? this.secondary : this.primary).load(this.slotSize - operation.fromEnd, Uint8Array.of(operation.byte));
        return undefined;
      case 'flip':
        this.flash.flipBits(operation.at % this.flash.size, 1 << operation.bit);
        return undefined;
    }
  }

  bootWith(at: number, fate: FlashFate): BootResult {
    let count = 0;
    this.flash.setHooks(fate === 'fail' ? { write: () => (count++ === at ? 'fail' : 'proceed') } : cutPowerAt(at, fate as 'cut-before'));
    const result = this.boot();
    this.flash.setHooks({});
    return result;
  }

  /** Number of the image that lies whole in an area. */
  imageIn(area: FlashArea, offset = 0): number | undefined {
    const found = this.images.findIndex(
      (image) => offset + image.length <= area.size && equalBytes(area.read(offset, image.length), image),
    );
    return found < 0 ? undefined : found;
  }

  /** The same, but for what the hash does not cover: the length of the TLV area may claim more than there is, and the original goes on. */
  coveredImageIn(area: FlashArea): number | undefined {
    const found = this.images.map((image) => image.subarray(0, image.length - tlvBytes));
    const index = found.findIndex((covered) => equalBytes(area.read(0, covered.length), covered));
    return index < 0 ? undefined : index;
  }

  /** The image that would be installed now. */
  candidate(type: string): number | undefined {
    return this.imageIn(this.secondary, type === 'revert' ? 0 : this.#offset);
  }

  /** The image that must run after the next boot: the requested one if it is whole and where it belongs, else the one that is there. */
  expected(): number | undefined {
    const type = this.type();
    const present = this.imageIn(this.primary);
    return type === 'none' ? present : (this.candidate(type) ?? present);
  }

  type(): string {
    return swapType(this.areas, this.config);
  }

  trailers(): Trailers {
    const fields = trailerFieldsOf(this.config);
    const [primary, secondary] = [readTrailer(this.primary, fields), readTrailer(this.secondary, fields)];
    return { primary, secondary, type: this.type() };
  }

  #blank(): void {
    for (const { secondary } of this.pairs) secondary.load(0, new Uint8Array(this.slotSize).fill(this.flash.erasedValue));
  }
}

/** So many sectors that the trailer and the sectors that swaps keep free leave room for images. */
function layoutOf(
  { sector, spare, writeSize, extraSectors }: Geometry,
  uneven: boolean,
): { count: number; maxSectors: number; room: number } {
  const maxAlign = Math.max(8, writeSize);
  const trailer = (count: number): number => Math.ceil(((count + 2 + extraSectors) * 3 * writeSize + 8 * maxAlign + 32) / sector);
  let count = spare + 2;
  while (count - trailer(count) < spare) count += 1;
  return { count, maxSectors: count + (uneven ? 2 : 0) + extraSectors, room: (count - trailer(count) - 2) * sector };
}

const headerBytes = 32;
/** The head of the area, and one TLV with a SHA-256. */
const tlvBytes = 4 + 4 + 32;

const cache = new Map<string, readonly Uint8Array[]>();

/** One that hardly fills a sector, one in between, one that takes all the room there is. */
function imagesFor(room: number, smallest: number): readonly Uint8Array[] {
  const key = `${room} ${smallest}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const overhead = headerBytes + tlvBytes;
  const made = [0.3, 1, 0.6].map((share, index) =>
    buildImage({
      version: { major: index + 1, minor: 0, revision: 0, build: 0 },
      body: createRng(index).bytes(Math.max(smallest - overhead, Math.floor((room - overhead) * share))),
      headerSize: headerBytes,
      flags: imageFlag.ramLoad,
      loadAddress: 0x2000_0000,
    }),
  );
  cache.set(key, made);
  return made;
}
