/** The bootloader under whatever an application, a bad day and a hostile hand do to its slots. */

import fc from 'fast-check';
import t from 'tap';
import { equalBytes } from '../../src/base/bytes.ts';
import { createRng } from '../../src/base/rng.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { imageFlag } from '../../src/mcuboot/header.ts';
import { bootConfig, bootOnce, setConfirmed, setPending, slotsAreAlike, swapType } from '../../src/sim/bootloader/index.ts';
import type { BootAreas, BootConfig, BootMode, BootResult } from '../../src/sim/bootloader/index.ts';
import { createFlash, flashArea } from '../../src/sim/flash.ts';
import type { Flash, FlashArea } from '../../src/sim/flash.ts';
import { cutPowerAt } from '../../src/sim/flash/hooks.ts';
import type { FlashFate } from '../../src/sim/flash/hooks.ts';

const seed = 20_260_101;
const installing = ['move', 'scratch', 'offset', 'overwrite'] as const satisfies readonly BootMode[];
const modes: readonly BootMode[] = [...installing, 'xip', 'xip-revert', 'ramload', 'ramload-revert', 'single'];
const sector = 1024;
const slotSize = 8 * sector;

const images = [1, 2, 3].map((major) =>
  buildImage({
    version: { major, minor: 0, revision: 0, build: 0 },
    body: createRng(major).bytes(700 * major),
    headerSize: 32,
    flags: imageFlag.ramLoad,
    loadAddress: 0x2000_0000,
  }),
);

type Operation =
  | { readonly do: 'upload'; readonly image: number }
  | { readonly do: 'pending'; readonly permanent: boolean }
  | { readonly do: 'confirm' | 'erase' | 'boot' }
  | { readonly do: 'cut'; readonly at: number; readonly fate: 'cut-before' | 'cut-torn' | 'cut-after' };

type Mischief =
  | Operation
  | { readonly do: 'trailer'; readonly secondary: boolean; readonly fromEnd: number; readonly byte: number }
  | { readonly do: 'flip'; readonly at: number; readonly bit: number }
  | { readonly do: 'fail'; readonly at: number };

const cutFates = fc.constantFrom('cut-before' as const, 'cut-torn' as const, 'cut-after' as const);
const operations = fc.oneof(
  fc.record({ do: fc.constant('upload' as const), image: fc.nat(images.length - 1) }),
  fc.record({ do: fc.constant('pending' as const), permanent: fc.boolean() }),
  fc.record({ do: fc.constantFrom('confirm' as const, 'erase' as const, 'boot' as const) }),
  fc.record({ do: fc.constant('cut' as const), at: fc.nat(80), fate: cutFates }),
);
const mischief = fc.oneof(
  { weight: 3, arbitrary: operations },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('trailer' as const),
      secondary: fc.boolean(),
      fromEnd: fc.integer({ min: 1, max: 200 }),
      byte: fc.constantFrom(0x00, 0x01, 0x02, 0x03, 0x04, 0x10, 0x7f, 0xff),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flip' as const), at: fc.nat(2 * slotSize - 1), bit: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), at: fc.nat(80) }) },
);

/** Two slots and a scratch area on one flash, an image in the primary slot. */
class Bench {
  readonly flash: Flash;
  readonly areas: BootAreas;
  readonly config: BootConfig;
  readonly primary: FlashArea;
  readonly secondary: FlashArea;
  readonly #offset: number;

  constructor(mode: BootMode, eraseRequired = true) {
    this.flash = createFlash({ name: 'flash', sectors: [[sector, 17]], writeSize: 4, strict: false, eraseRequired });
    this.primary = flashArea(this.flash, { name: 'primary', offset: 0, size: slotSize });
    this.secondary = flashArea(this.flash, { name: 'secondary', offset: slotSize, size: slotSize });
    const scratch = flashArea(this.flash, { name: 'scratch', offset: 2 * slotSize, size: sector });
    this.areas = { images: [{ primary: this.primary, secondary: this.secondary }], scratch };
    this.config = bootConfig({ mode, maxSectors: 16, knowsNoErase: true, directXipLibrary: slotsAreAlike(mode) });
    this.#offset = mode === 'offset' ? sector : 0;
    this.primary.load(0, images[0]!);
  }

  boot(): BootResult {
    return bootOnce(this.areas, this.config);
  }

  do(operation: Mischief): BootResult | undefined {
    switch (operation.do) {
      case 'upload':
        this.#blank();
        this.secondary.load(this.#offset, images[operation.image]!);
        return undefined;
      case 'pending':
        setPending(this.areas, this.config, operation);
        return undefined;
      case 'confirm':
        setConfirmed(this.areas, this.config);
        return undefined;
      case 'erase':
        this.#blank();
        return undefined;
      case 'boot':
        return this.boot();
      case 'cut':
        return this.#bootWith(operation.at, operation.fate);
      case 'fail':
        return this.#bootWith(operation.at, 'fail');
      case 'trailer':
        (operation.secondary ? this.secondary : this.primary).load(slotSize - operation.fromEnd, Uint8Array.of(operation.byte));
        return undefined;
      case 'flip':
        this.flash.flipBits(operation.at, 1 << operation.bit);
        return undefined;
    }
  }

  /** Number of the image that lies whole in an area. */
  imageIn(area: FlashArea, offset = 0): number | undefined {
    const found = images.findIndex((image) => equalBytes(area.read(offset, image.length), image));
    return found < 0 ? undefined : found;
  }

  /** The image that would be installed now. */
  candidate(type: string): number | undefined {
    return this.imageIn(this.secondary, type === 'revert' ? 0 : this.#offset);
  }

  #blank(): void {
    this.secondary.load(0, new Uint8Array(slotSize).fill(0xff));
  }

  #bootWith(at: number, fate: FlashFate): BootResult {
    let count = 0;
    this.flash.setHooks(fate === 'fail' ? { write: () => (count++ === at ? 'fail' : 'proceed') } : cutPowerAt(at, fate as 'cut-before'));
    const result = this.boot();
    this.flash.setHooks({});
    return result;
  }
}

void t.test('nothing in flash makes the bootloader misbehave', async (t) => {
  for (const mode of modes) {
    for (const eraseRequired of [true, false]) {
      const property = fc.property(fc.array(mischief, { maxLength: 14 }), (sequence) => {
        const bench = new Bench(mode, eraseRequired);
        for (const operation of [...sequence, { do: 'boot' as const }]) {
          const result = bench.do(operation);
          if (result?.outcome !== 'boot') continue;
          const slot = result.image.slot === 'primary' ? bench.primary : bench.secondary;
          if (bench.imageIn(slot) === undefined) return false;
        }
        return true;
      });
      const what = `${mode} on ${eraseRequired ? 'flash' : 'memory without erase'}: every boot ends, and only whole images are started`;
      t.doesNotThrow(() => fc.assert(property, { seed, numRuns: eraseRequired ? 300 : 40 }), what);
    }
  }
});

void t.test('what runs is what the trailers asked for, however often the power fails', async (t) => {
  for (const mode of installing) {
    const property = fc.property(fc.array(operations, { maxLength: 12 }), (sequence) => {
      const bench = new Bench(mode);
      for (const operation of sequence) {
        // An image that is uploaded in offset mode while another one awaits its confirmation bricks the device (mcuboot.md 5).
        if (mode === 'offset' && operation.do === 'upload' && swapType(bench.areas, bench.config) === 'revert') continue;
        if (operation.do !== 'boot' && operation.do !== 'cut') {
          bench.do(operation);
          continue;
        }
        const wanted = expected(bench);
        const result = bench.do(operation);
        const settled = result?.outcome === 'power-cut' ? bench.boot() : result;
        if (settled?.outcome !== 'boot' || bench.imageIn(bench.primary) !== wanted) return false;
      }
      return true;
    });
    t.doesNotThrow(() => fc.assert(property, { seed, numRuns: 1000 }), mode);
  }
});

/** The image that must run after the next boot: the requested one if it is whole and where it belongs, else the one that is there. */
function expected(bench: Bench): number | undefined {
  const type = swapType(bench.areas, bench.config);
  const present = bench.imageIn(bench.primary);
  return type === 'none' ? present : (bench.candidate(type) ?? present);
}
