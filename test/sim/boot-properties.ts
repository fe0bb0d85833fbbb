/** What must hold for the bootloader whatever is done to its slots, as properties that a test runs briefly and a script for long. */

import fc from 'fast-check';
import { allModes, BootBench, geometries, imageCount, installing } from './boot-bench.ts';
import type { Geometry, Operation, Trailers } from './boot-bench.ts';

const cutFates = fc.constantFrom('cut-before' as const, 'cut-torn' as const, 'cut-after' as const);
const operations: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ do: fc.constant('upload' as const), image: fc.nat(imageCount - 1) }),
  fc.record({ do: fc.constant('pending' as const), permanent: fc.boolean() }),
  fc.record({ do: fc.constantFrom('confirm' as const, 'erase' as const, 'boot' as const) }),
  fc.record({ do: fc.constant('cut' as const), at: fc.nat(120), fate: cutFates }),
);
const trailerBytes = fc.record({
  do: fc.constant('trailer' as const),
  secondary: fc.boolean(),
  fromEnd: fc.integer({ min: 1, max: 250 }),
  byte: fc.constantFrom(0x00, 0x01, 0x02, 0x03, 0x04, 0x10, 0x7f, 0xff),
});
const mischief = fc.oneof(
  { weight: 3, arbitrary: operations },
  { weight: 2, arbitrary: trailerBytes },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flip' as const), at: fc.nat(0xffff), bit: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), at: fc.nat(80) }) },
);

/** Each boot comes to an end that the original has, too, and starts nothing but a whole image. */
export const survivesAnything = fc.property(
  geometries(allModes, { noErase: true }),
  fc.array(mischief, { maxLength: 14 }),
  (geometry, sequence) => {
    const bench = new BootBench(geometry);
    for (const operation of [...sequence, { do: 'boot' as const }]) {
      const result = bench.do(operation);
      if (result?.outcome !== 'boot') continue;
      const slot = result.image.slot === 'primary' ? bench.primary : bench.secondary;
      // An image that was loaded to RAM ran from there before its slot was touched.
      if (bench.coveredImageIn(slot) === undefined) return false;
    }
    return true;
  },
);

/** Without damage, what runs is what the trailers asked for, and the trailers end as the life of an update has them (mcuboot.md 3.4). */
export const doesWhatIsAsked = fc.property(
  geometries(installing, { noErase: false }),
  fc.array(operations, { maxLength: 14 }),
  (geometry, sequence) => {
    const bench = new BootBench(geometry);
    for (const operation of sequence) {
      // An image that is uploaded in offset mode while another one awaits its confirmation bricks the device (mcuboot.md 5).
      if (geometry.mode === 'offset' && operation.do === 'upload' && isOnTrial(bench.trailers())) continue;
      if (operation.do !== 'boot' && operation.do !== 'cut') {
        bench.do(operation);
        continue;
      }
      const [wanted, before, had] = [bench.expected(), bench.trailers(), bench.candidate(bench.type())];
      const result = bench.do(operation);
      const outcome = result?.outcome === 'power-cut' ? settle(bench, before.type) : result?.outcome;
      if (outcome !== 'boot' || bench.imageIn(bench.primary) !== wanted) return false;
      const problem = illegalEnd(geometry, { before, after: bench.trailers(), installed: had !== undefined });
      if (problem !== undefined) throw new Error(problem);
    }
    return true;
  },
);

/** Nobody confirmed it: as soon as nothing else is asked for, it is reverted. */
function isOnTrial({ primary }: Trailers): boolean {
  return primary.magic === 'good' && primary.copyDone === 'set' && primary.imageOk !== 'set';
}

/** Boots after a power cut. When that came behind the very last operation of a test, one more boot would be that of the revert. */
function settle(bench: BootBench, asked: string): string {
  const complete = asked === 'test' && bench.type() === 'revert';
  return complete ? 'boot' : bench.boot().outcome;
}

interface End {
  readonly before: Trailers;
  readonly after: Trailers;
  /** A sound candidate was there. */
  readonly installed: boolean;
}

/** Why trailers may not look like that after a boot that was completed; undefined when they may. */
function illegalEnd({ mode }: Geometry, { before, after, installed }: End): string | undefined {
  const { primary, secondary, type } = after;
  if (mode === 'overwrite') return type === 'revert' && before.type !== 'revert' ? 'overwrite mode leaves nothing to revert' : undefined;
  if (before.type === 'none' || !installed) return type === 'test' || type === 'perm' ? `a request for nothing: ${type}` : undefined;
  const done = primary.magic === 'good' && primary.copyDone === 'set' && secondary.magic === 'unset';
  if (!done) return `a swap that is not marked done: ${JSON.stringify(after)}`;
  // A cut while a test or a revert begins may turn it into a swap for good, never the other way round.
  const final = before.type === 'perm' || before.type === 'revert';
  if (final && primary.imageOk !== 'set') return `${before.type} without image_ok`;
  return type === (primary.imageOk === 'set' ? 'none' : 'revert') ? undefined : `${type} after ${before.type}`;
}

export type Update = 'test' | 'permanent' | 'revert';

/** After a cut at any operation of an update, torn or not, the next boot ends as the undisturbed one would have. */
export const survivesEveryCut = fc.property(
  geometries(installing, { noErase: false }),
  fc.constantFrom<Update>('test', 'permanent', 'revert'),
  fc.nat(imageCount - 1),
  survivesCuts,
);

/**
 * The same for two images at once. Trials are left out: when the power fails between the two, the next boot reverts the first one and
 * tries the second, as the original does.
 */
export const pairsSurviveEveryCut = fc.property(
  geometries(installing, { noErase: false, pairs: 2 }),
  fc.constantFrom<Update>('permanent', 'revert'),
  fc.nat(imageCount - 1),
  survivesCuts,
);

function survivesCuts(geometry: Geometry, update: Update, image: number): boolean {
  if (geometry.mode === 'overwrite' && update === 'revert') return true;
  const bench = new BootBench(geometry);
  bench.do({ do: 'upload', image });
  bench.do({ do: 'pending', permanent: update === 'permanent' });
  if (update === 'revert') bench.boot();
  const start = bench.flash.snapshot();
  const wanted = update === 'revert' ? 0 : image;
  bench.flash.takeCounters();
  bench.boot();
  const { programs, erases } = bench.flash.takeCounters();
  if (bench.running() !== wanted) throw new Error('the undisturbed update fails');
  for (let at = 0; at < programs + erases; at += 1) {
    for (const fate of ['cut-before', 'cut-torn', 'cut-after'] as const) {
      bench.flash.restore(start);
      if (bench.bootWith(at, fate).outcome !== 'power-cut') throw new Error(`no operation ${at}`);
      const outcome = settle(bench, update);
      const found = bench.running();
      if (outcome !== 'boot' || found !== wanted) throw new Error(`${fate} at ${at}: ${outcome}, image ${found}`);
      if (update === 'test' && geometry.mode !== 'overwrite') bench.boot();
      const stays = update === 'test' && geometry.mode !== 'overwrite' ? 0 : wanted;
      if (bench.running() !== stays) throw new Error(`${fate} at ${at}: the boot after does not run image ${stays}`);
    }
  }
  return true;
}
