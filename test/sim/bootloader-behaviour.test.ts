/** What the bootutil vectors do not show: trailer layouts, console lines of the Zephyr port, single-slot devices, failing flash, flash time. */

import t from 'tap';
import { buildImage } from '../../src/mcuboot/build.ts';
import { imageFlag } from '../../src/mcuboot/header.ts';
import { swapTrailerFields, trailerFields, trailerMagic, trailerSize } from '../../src/mcuboot/trailer.ts';
import {
  bootConfig,
  bootError,
  bootOnce,
  linesAfterBoot,
  linesBeforeBoot,
  linesOfBoot,
  setPending,
  swapType,
} from '../../src/sim/bootloader/index.ts';
import type { BootAreas, BootConfig, BootMode, McubootRelease } from '../../src/sim/bootloader/index.ts';
import { createFlash, flashArea } from '../../src/sim/flash.ts';
import type { Flash, FlashArea } from '../../src/sim/flash.ts';
import { readVectors } from '../helpers/vectors.ts';

const slotSize = 8 * 4096;

interface Device {
  readonly flash: Flash;
  readonly primary: FlashArea;
  readonly secondary: FlashArea;
  readonly areas: BootAreas;
}

function device(): Device {
  const costs = { eraseSectorUs: 85_000, programUnitUs: 40, readByteUs: 0 };
  const flash = createFlash({ name: 'flash', sectors: [[4096, 17]], writeSize: 4, strict: false, costs });
  const primary = flashArea(flash, { name: 'primary', offset: 0, size: slotSize });
  const secondary = flashArea(flash, { name: 'secondary', offset: slotSize, size: slotSize });
  const scratch = flashArea(flash, { name: 'scratch', offset: 2 * slotSize, size: 4096 });
  return { flash, primary, secondary, areas: { images: [{ primary, secondary }], scratch } };
}

function image(
  major: number,
  options: { readonly size?: number; readonly flags?: number; readonly loadAddress?: number } = {},
): Uint8Array {
  const { size = 5000, ...rest } = options;
  return buildImage({
    version: { major, minor: 0, revision: 0, build: 0 },
    body: new Uint8Array(size).fill(major),
    headerSize: 32,
    ...rest,
  });
}

function console({ areas }: Device, config: BootConfig): string[] {
  const result = bootOnce(areas, config);
  return [...linesBeforeBoot(config), ...linesOfBoot(result).map(({ text }) => text), ...linesAfterBoot(config, result)];
}

void t.test('trailer layout', async (t) => {
  const distances = (maxAlign: number): number[] => {
    const { magic, imageOk, copyDone, swapInfo } = trailerFields(maxAlign);
    return [magic, imageOk, copyDone, swapInfo];
  };
  t.same([8, 16, 32].map(distances), [
    [16, 24, 32, 40],
    [16, 32, 48, 64],
    [16, 64, 96, 128],
  ]);
  const swap = (mode: 'scratch' | 'move' | 'offset', maxAlign: number): number[] => {
    const fields = swapTrailerFields(mode, { maxAlign, maxSectors: 128 });
    return [fields.swapSize, trailerSize(fields, 4)];
  };
  t.same(
    [swap('scratch', 8), swap('move', 8), swap('offset', 8)],
    [
      [48, 1584],
      [48, 1584],
      [56, 1080],
    ],
  );
  t.same([swap('move', 16)[0], swap('offset', 16)[0], swap('move', 32)[0], swap('offset', 32)[0]], [80, 96, 160, 192]);
  t.same([...trailerMagic(16).subarray(0, 4), ...trailerMagic(32).subarray(0, 2)], [0x10, 0x00, 0x2d, 0xe1, 0x20, 0x00]);
});

void t.test('console of the Zephyr port', async (t) => {
  const record = readVectors('smp/qemu_mps2_image.jsonl').find(({ name }) => name === 'A-reset-swap-to-test');
  const lines = (record?.['console_lines'] as string[]).filter((line) => !line.startsWith('D: '));
  const recorded = lines.slice(lines.indexOf('I: Starting bootloader'), lines.indexOf('I: Jumping to the first image slot') + 1);
  const ram = device();
  ram.primary.load(0, image(0, { flags: imageFlag.ramLoad, loadAddress: 0x2004_0000 }));
  ram.secondary.load(0, image(1, { flags: imageFlag.ramLoad, loadAddress: 0x2024_0000 }));
  t.same(console(ram, bootConfig({ mode: 'ramload' })), recorded, 'RAM load, as recorded on QEMU');

  const framed = (mode: BootMode, release: McubootRelease): string[] => {
    const some = device();
    some.primary.load(0, image(3));
    const all = console(some, bootConfig({ mode, release }));
    return [all[0]!, ...all.filter((line) => /chainload|version: v|Jumping|Unable/.test(line))];
  };
  const chainload = 'I: Bootloader chainload address offset: 0x0';
  t.same(framed('move', 'head'), ['I: Starting bootloader', chainload, 'I: Image version: v3.0.0', 'I: Jumping to the first image slot']);
  t.same(framed('move', 'v2.1.0'), ['I: Starting bootloader', chainload, 'I: Jumping to the first image slot']);
  t.same(framed('xip', 'head').slice(0, 1), ['I: Starting Direct-XIP bootloader']);
  t.same(framed('xip', 'head').at(-1), 'I: Jumping to the image slot');
  t.same(console(device(), bootConfig({ mode: 'move' })).at(-1), 'E: Unable to find bootable image');
});

void t.test('devices with one slot', async (t) => {
  const config = bootConfig({ mode: 'single' });
  const cases: [what: string, contents: Uint8Array, config: BootConfig, lines: string[]][] = [
    ['a good image', image(1), config, []],
    ['no image', new Uint8Array(4), config, ['E: Bad image magic 0x0']],
    ['not bootable', image(1, { flags: imageFlag.nonBootable }), config, ['E: Image not bootable']],
    ['too large', image(1, { size: slotSize }).subarray(0, slotSize), config, ['E: Image size bigger than designated area: 32800 > 32768']],
    ['bad hash', image(1).fill(7, 100, 110), config, []],
    ['bad hash, not checked', image(1).fill(7, 100, 110), bootConfig({ mode: 'single', validatePrimary: false }), []],
  ];
  const starts = new Set(['a good image', 'bad hash, not checked']);
  for (const [what, contents, one, lines] of cases) {
    const { flash, primary } = device();
    primary.load(0, contents);
    const result = bootOnce({ images: [{ primary }] }, one);
    t.equal(result.outcome, starts.has(what) ? 'boot' : 'no-image', what);
    t.same(
      result.log.map(({ text }) => text),
      lines,
      what,
    );
    t.same(flash.takeCounters().programs, 0, `${what}: nothing is written`);
  }
});

void t.test('failing flash', async (t) => {
  const pending = (mode: BootMode): Device & { readonly config: BootConfig } => {
    const one = device();
    const config = bootConfig({ mode, directXipLibrary: mode === 'xip-revert' });
    one.primary.load(0, image(1));
    one.secondary.load(0, image(2));
    setPending(one.areas, config, { permanent: false });
    return { ...one, config };
  };

  const move = pending('move');
  move.flash.setHooks({ write: ({ kind }) => (kind === 'erase' ? 'fail' : 'proceed') });
  t.match(
    bootOnce(move.areas, move.config),
    { outcome: 'panic', panic: 'assert' },
    'an update that cannot erase ends in a failed assertion',
  );
  move.flash.setHooks({});
  t.match(
    bootOnce(move.areas, move.config),
    { outcome: 'boot', image: { version: { major: 2 } } },
    'and is done when the flash works again',
  );

  const records = pending('move');
  records.flash.setHooks({ write: ({ kind, length }) => (kind === 'program' && length === 4 ? 'fail' : 'proceed') });
  const lenient = bootOnce(records.areas, records.config);
  t.equal(lenient.outcome, 'panic', 'trailer fields are as small as records, and must be written');

  const onlyRecords = pending('move');
  const isRecord = (at: number): boolean => at < slotSize - 48 && at >= slotSize - 1584;
  onlyRecords.flash.setHooks({ write: ({ at, length }) => (length === 4 && isRecord(at) ? 'fail' : 'proceed') });
  const unrecorded = bootOnce(onlyRecords.areas, onlyRecords.config);
  t.match(unrecorded, { outcome: 'boot', image: { version: { major: 2 } } }, 'progress records may fail');
  t.match(unrecorded.log.at(-1)?.text, /^W: \d+ status write fails performing the swap$/);

  const unreadable = pending('move');
  unreadable.flash.setHooks({ read: ({ at }) => (at >= slotSize ? 'fail' : 'proceed') });
  t.equal(bootOnce(unreadable.areas, unreadable.config).outcome, 'panic', 'trailers are asserted to be readable');

  const overwrite = pending('overwrite');
  overwrite.flash.setHooks({ read: ({ at }) => (at >= slotSize ? 'fail' : 'proceed') });
  const alone = bootOnce(overwrite.areas, overwrite.config);
  t.match(alone, { outcome: 'boot', image: { version: { major: 1 } } }, 'a secondary slot that cannot be read counts as empty');
  t.equal(alone.log[0]?.text, 'I: Secondary image of image pair (0.) is unreachable. Treat it as empty');

  const claimed = pending('xip-revert');
  claimed.flash.setHooks({ write: () => 'fail' });
  const started = bootOnce(claimed.areas, claimed.config);
  t.match(started, { outcome: 'boot', image: { slot: 'secondary' } });
  t.ok(started.log.some(({ text }) => text === 'W: Failed to set copy_done flag of the image in the secondary slot.'));

  const application = device();
  application.flash.setHooks({ write: () => 'fail' });
  t.equal(setPending(application.areas, bootConfig({ mode: 'move' }), { permanent: false }), bootError.flash, 'the API returns an error');
});

void t.test('flash time', async (t) => {
  const one = device();
  const config = bootConfig({ mode: 'move' });
  one.primary.load(0, image(1));
  one.secondary.load(0, image(2));
  setPending(one.areas, config, { permanent: false });
  one.flash.takeElapsedUs();
  const result = bootOnce(one.areas, config);
  t.equal(result.elapsedUs, one.flash.takeElapsedUs(), 'the boot takes as long as its flash operations');
  t.ok(result.elapsedUs > 6 * 85_000);
  t.ok(
    result.log.every(({ atUs }) => atUs === 0),
    'everything is printed before the swap begins',
  );
  const after = linesAfterBoot(config, result);
  t.equal(after.length, 3);
  t.equal(swapType(one.areas, config), 'revert');
  const revert = bootOnce(one.areas, config);
  const again = revert.log.filter(({ text }) => text.startsWith('I: Secondary image:'));
  t.same(
    again.map(({ atUs }) => atUs > 0),
    [false, false],
    'the second trailer line of a revert precedes its first operation',
  );
});
