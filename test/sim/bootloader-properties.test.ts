/** The bootloader under whatever an application, a bad day and a hostile hand do to its slots. `npm run fuzz:boot` does it for longer. */

import fc from 'fast-check';
import t from 'tap';
import { buildImage } from '../../src/mcuboot/build.ts';
import { BootBench } from './boot-bench.ts';
import type { Geometry } from './boot-bench.ts';
import { doesWhatIsAsked, pairsSurviveEveryCut, survivesAnything, survivesEveryCut } from './boot-properties.ts';

const seed = 20_260_101;

const plain: Geometry = {
  mode: 'move',
  release: 'v2.4.0',
  sector: 1024,
  uneven: false,
  spare: 6,
  writeSize: 4,
  erasedValue: 0xff,
  eraseRequired: true,
  extraSectors: 0,
  validatePrimary: true,
  pairs: 1,
};

void t.test('nothing in flash makes the bootloader misbehave', async (t) => {
  t.doesNotThrow(() => fc.assert(survivesAnything, { seed, numRuns: 2000 }));
});

void t.test('what runs is what the trailers asked for, however often the power fails', async (t) => {
  t.doesNotThrow(() => fc.assert(doesWhatIsAsked, { seed, numRuns: 2000 }));
});

void t.test('on any geometry, an update survives a power cut at every operation', async (t) => {
  t.doesNotThrow(() => fc.assert(survivesEveryCut, { seed, numRuns: 16 }));
});

void t.test('and so do two images that are updated at once', async (t) => {
  t.doesNotThrow(() => fc.assert(pairsSurviveEveryCut, { seed, numRuns: 4 }));
});

// `boot_read_image_header` of swap_offset.c compares an index that counts from 1 with the last one counted from 0.
void t.test('swap using offset does not survive a power cut when both images have one sector, like the original', async (t) => {
  const bench = new BootBench({ ...plain, mode: 'offset' });
  const image = buildImage({ version: { major: 7, minor: 0, revision: 0, build: 0 }, body: new Uint8Array(200), headerSize: 32 });
  bench.primary.load(0, new Uint8Array(1024).fill(0xff));
  bench.primary.load(0, image);
  bench.secondary.load(1024, image);
  bench.do({ do: 'pending', permanent: false });
  const start = bench.flash.snapshot();
  bench.flash.takeCounters();
  t.equal(bench.boot().outcome, 'boot');
  const { programs, erases } = bench.flash.takeCounters();
  const bricked = Array.from({ length: programs + erases }, (_, at) => {
    bench.flash.restore(start);
    bench.bootWith(at, 'cut-before');
    return bench.boot().outcome === 'no-image';
  });
  t.equal(bricked.filter(Boolean).length, 1, 'only between the erase and the copy of that sector');
});
