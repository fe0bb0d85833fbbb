/** Simulated flash: what it refuses, what it counts, and how power cuts and failures leave it. */

import t from 'tap';
import { createFlash, flashArea } from '../../src/sim/flash.ts';
import type { Flash, FlashSpec } from '../../src/sim/flash.ts';
import { createRng } from '../../src/base/rng.ts';
import { bitErrors, failingOperations } from '../../src/sim/flash/disturbances.ts';
import { combineHooks, cutPowerAt } from '../../src/sim/flash/hooks.ts';
import type { FlashFate } from '../../src/sim/flash/hooks.ts';

const spec: FlashSpec = {
  name: 'f',
  sectors: [
    [16, 2],
    [32, 1],
  ],
  writeSize: 4,
};

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

function contents(flash: Flash): number[] {
  return [...flash.read(0, flash.size)];
}

void t.test('illegal use', async (t) => {
  const cases: [name: string, use: (flash: Flash) => void, violation: string, carriedOut: boolean][] = [
    ['program off the write grid', (flash) => flash.program(2, bytes(1, 2, 3, 4)), 'misaligned', true],
    ['program part of a write unit', (flash) => flash.program(0, bytes(1, 2)), 'misaligned', true],
    ['program programmed cells', (flash) => flash.program(8, bytes(1, 2, 3, 4)), 'write_over_data', true],
    ['erase part of a sector', (flash) => flash.erase(16, 8), 'partial_erase', true],
    ['program beyond the end', (flash) => flash.program(60, bytes(1, 2, 3, 4, 5, 6, 7, 8)), 'out_of_range', false],
    ['erase beyond the end', (flash) => flash.erase(32, 64), 'out_of_range', false],
    ['erase nothing', (flash) => flash.erase(16, 0), 'out_of_range', false],
    ['read beyond the end', (flash) => void flash.read(60, 8), 'out_of_range', false],
    ['read before the start', (flash) => void flash.read(-4, 4), 'out_of_range', false],
  ];
  for (const [name, use, violation, carriedOut] of cases) {
    const strict = createFlash(spec);
    strict.load(8, bytes(9, 9, 9, 9));
    const before = contents(strict);
    t.throws(() => use(strict), { name: 'FlashError', violation }, `strict: ${name}`);
    t.same(contents(strict), before, `strict: ${name} changes nothing`);
    const lenient = createFlash({ ...spec, strict: false });
    lenient.load(8, bytes(9, 9, 9, 9));
    if (carriedOut) use(lenient);
    else t.throws(() => use(lenient), { name: 'FlashFailure' }, `lenient: ${name}`);
    t.same(lenient.takeCounters().violations, { [violation]: 1 }, `lenient: ${name} is counted`);
  }
});

void t.test('cells', async (t) => {
  const nor = createFlash({ ...spec, strict: false });
  nor.program(0, bytes(0xf0, 0x0f, 0xff, 0x55));
  nor.program(0, bytes(0x3c, 0xff, 0x12, 0xaa));
  t.same([...nor.read(0, 4)], [0x30, 0x0f, 0x12, 0x00], 'bits are only cleared');
  const inverted = createFlash({ ...spec, strict: false, erasedValue: 0x00 });
  t.ok(inverted.isErased(0, inverted.size));
  inverted.program(0, bytes(0x0c, 0, 0, 0));
  inverted.program(0, bytes(0x81, 0, 0, 0));
  t.same(inverted.read(0, 1)[0], 0x8d, 'bits are only set where erased is 0');
  inverted.erase(0, 16);
  t.ok(inverted.isErased(0, 16));
  const rram = createFlash({ ...spec, eraseRequired: false });
  rram.program(0, bytes(1, 2, 3, 4));
  rram.program(0, bytes(0xff, 5, 0xff, 6));
  t.same([...rram.read(0, 4)], [0xff, 5, 0xff, 6], 'memory without erase takes any value');
});

void t.test('counters, wear and time', async (t) => {
  const flash = createFlash({ ...spec, costs: { eraseSectorUs: 1000, programUnitUs: 10, readByteUs: 0.5 } });
  flash.program(0, new Uint8Array(8));
  flash.erase(0, 64);
  flash.erase(32, 32);
  flash.read(0, 6);
  t.same(flash.takeElapsedUs(), 20 + 3000 + 1000 + 3);
  t.same(flash.takeElapsedUs(), 0);
  t.same(flash.elapsedUs, 4023, 'the total stays');
  t.same([...flash.wear], [1, 1, 2]);
  t.same(flash.takeCounters(), { programs: 1, programBytes: 8, erases: 2, eraseBytes: 96, violations: {} });
  t.same(flash.takeCounters(), { programs: 0, programBytes: 0, erases: 0, eraseBytes: 0, violations: {} });
});

void t.test('power cuts and failures', async (t) => {
  const written = Array.from({ length: 12 }, (_, index) => index + 1);
  const after: [FlashFate, number][] = [
    ['cut-before', 0],
    ['cut-torn', 4],
    [{ tornAt: 0.1 }, 0],
    [{ tornAt: 0.99 }, 8],
    ['cut-after', 12],
    ['fail', 0],
    ['partial', 4],
  ];
  for (const [fate, kept] of after) {
    const what = JSON.stringify(fate);
    const flash = createFlash(spec);
    flash.setHooks({ write: () => fate });
    const program = (): void => flash.program(0, Uint8Array.from(written));
    if (fate === 'partial') t.doesNotThrow(program, 'nobody is told of a partial operation');
    else t.throws(program, { name: fate === 'fail' ? 'FlashFailure' : 'PowerCut' }, what);
    t.same(
      [...flash.read(0, 12)],
      written.map((value, index) => (index < kept ? value : 0xff)),
      `${what}: what was programmed`,
    );
  }
  const torn = createFlash(spec);
  torn.load(0, new Uint8Array(64));
  torn.setHooks(cutPowerAt(0, 'cut-torn'));
  t.throws(() => torn.erase(32, 32), { name: 'PowerCut' });
  t.ok(torn.isErased(32, 16) && !torn.isErased(48, 1), 'a torn erase reaches half of the sector');
  torn.erase(0, 16);
  t.ok(torn.isErased(0, 16), 'only the chosen operation is cut');
  torn.setHooks({ read: ({ at }) => (at === 8 ? 'fail' : 'proceed') });
  t.throws(() => torn.read(8, 1), { name: 'FlashFailure' });
  t.same(torn.read(0, 1)[0], 0xff);
});

void t.test('snapshots and bit errors', async (t) => {
  const flash = createFlash(spec);
  flash.program(0, bytes(1, 2, 3, 4));
  const snapshot = flash.snapshot();
  flash.erase(0, 16);
  flash.flipBits(20, 0x81);
  t.same(flash.read(20, 1)[0], 0x7e);
  flash.restore(snapshot);
  t.same(contents(flash), [1, 2, 3, 4, ...new Array<number>(60).fill(0xff)]);
  t.same([...flash.wear], [1, 0, 0], 'wear is a measurement and stays');
  flash.load(20, bytes(9));
  const later = flash.snapshot();
  flash.load(0, new Uint8Array(64));
  flash.restore(snapshot);
  t.same(contents(flash), [1, 2, 3, 4, ...new Array<number>(60).fill(0xff)], 'an older snapshot, whatever was taken since');
  flash.restore(later);
  t.same([...flash.read(0, 24)], [1, 2, 3, 4, ...new Array<number>(16).fill(0xff), 9, 0xff, 0xff, 0xff], 'and the newer one after it');
  t.throws(() => createFlash(spec).restore(later), /another flash/);
});

void t.test('areas', async (t) => {
  const flash = createFlash(spec);
  const area = flashArea(flash, { name: 'slot', offset: 16, size: 48, address: 0x9000 });
  t.same([area.sectors.count, area.sectors.at(1), area.sectors.indexAt(47), area.address], [2, { offset: 16, size: 32 }, 1, 0x9000]);
  area.program(4, bytes(1, 2, 3, 4));
  t.same([...flash.read(20, 4)], [1, 2, 3, 4]);
  area.erase(0, 16);
  t.ok(area.isErased(0, 48));
  for (const outside of [
    () => area.read(44, 8),
    () => area.program(48, bytes(1, 2, 3, 4)),
    () => area.erase(32, 32),
    () => area.read(-4, 4),
  ]) {
    t.throws(outside, { name: 'FlashFailure' }, 'an area ends where it ends');
  }
  t.throws(() => flashArea(flash, { offset: 8, size: 24 }), /cuts a sector/);
});

void t.test('the same bytes once more are counted, and strict flash takes them', async (t) => {
  const flash = createFlash(spec);
  flash.program(8, bytes(1, 2, 3, 4));
  t.doesNotThrow(() => flash.program(8, bytes(1, 2, 3, 4)));
  t.strictSame(flash.takeCounters().violations, { write_over_data: 1 });
  t.throws(() => flash.program(8, bytes(1, 2, 3, 0)), { name: 'FlashError' });
});

void t.test('disturbances', async (t) => {
  const flash = createFlash(spec);
  let left = 1;
  flash.setHooks(
    combineHooks([
      failingOperations({ kinds: ['erase'], range: { flash: 'f', from: 16, to: 32 }, when: () => left-- > 0 }),
      failingOperations({ kinds: ['read'], range: { from: 40 } }),
      failingOperations({ kinds: ['program'], range: { flash: 'another' } }),
    ]),
  );
  t.doesNotThrow(() => flash.erase(0, 16), 'beside the range');
  t.throws(() => flash.erase(16, 16), { name: 'FlashFailure' });
  t.doesNotThrow(() => flash.erase(16, 16), 'only once');
  t.doesNotThrow(() => flash.read(0, 40));
  t.throws(() => flash.read(36, 8), { name: 'FlashFailure' }, 'a read that touches the range');
  t.doesNotThrow(() => flash.program(0, bytes(1, 2, 3, 4)), 'another flash');

  const written = new Uint8Array(4096).fill(0xff);
  const damage = (seed: number): number[] => {
    const large = createFlash({ name: 'large', sectors: [[4096, 1]], writeSize: 4, strict: false });
    large.setHooks(bitErrors({ rng: createRng(seed), bytesPerError: 64, range: { from: 1024, to: 2048 } }));
    for (let at = 0; at < 4096; at += 512) large.program(at, written.subarray(at, at + 512));
    return [...large.read(0, 4096)].flatMap((value, at) => (value === 0xff ? [] : [at]));
  };
  const places = damage(1);
  t.ok(places.length > 6 && places.length < 40, `about every 64th byte: ${places.length}`);
  t.ok(
    places.every((at) => at >= 1024 && at < 2048),
    'only in the range',
  );
  t.same(damage(1), places, 'the same for the same seed');
  t.notSame(damage(2), places);
  t.ok(
    written.every((value) => value === 0xff),
    'what was to be written is untouched',
  );
});

void t.test('every write size, erased value and kind of memory keeps what was programmed', async (t) => {
  for (const writeSize of [1, 2, 4, 8, 16, 32])
    for (const erasedValue of [0xff, 0x00] as const)
      for (const eraseRequired of [true, false]) {
        const what = `${writeSize}, 0x${erasedValue.toString(16)}, ${eraseRequired ? 'erase' : 'no erase'}`;
        const flash = createFlash({ name: 'g', sectors: [[64, 2]], writeSize, erasedValue, eraseRequired });
        const data = createRng(writeSize).bytes(writeSize);
        flash.program(writeSize, data);
        t.same([...flash.read(writeSize, writeSize)], [...data], what);
        t.ok(flash.isErased(0, writeSize) && flash.isErased(2 * writeSize, 128 - 2 * writeSize), what);
        const inverted = data.map((value) => value ^ 0xff);
        if (eraseRequired) t.throws(() => flash.program(writeSize, inverted), { name: 'FlashError', violation: 'write_over_data' }, what);
        else t.doesNotThrow(() => flash.program(writeSize, inverted), what);
        if (writeSize > 1) t.throws(() => flash.program(writeSize >> 1, data), { name: 'FlashError', violation: 'misaligned' }, what);
        if (writeSize > 1) t.throws(() => flash.program(0, data.subarray(1)), { name: 'FlashError', violation: 'misaligned' }, what);
      }
});

void t.test('writing over data: a violation, unless a hook lets the bits be combined', async (t) => {
  const flash = createFlash(spec);
  flash.program(0, bytes(0b1100, 0, 0, 0));
  t.throws(() => flash.program(0, bytes(0b1010, 0, 0, 0)), { name: 'FlashError', violation: 'write_over_data' });
  flash.setHooks({ over: () => true });
  flash.program(0, bytes(0b1010, 0, 0, 0));
  t.equal(flash.read(0, 1)[0], 0b1000);
});
