/** `npm run fuzz:boot [COUNT] [SEED]`: the properties of the bootloader over COUNT geometries with all their power cuts, and a hundred times as many sequences. */

import fc from 'fast-check';
import { doesWhatIsAsked, pairsSurviveEveryCut, survivesAnything, survivesEveryCut } from './boot-properties.ts';

const [count = 100, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
let failed = 0;

for (const [name, property, numRuns] of [
  ['an update survives a power cut at every operation', survivesEveryCut, count],
  ['an update of two images survives one, too', pairsSurviveEveryCut, Math.ceil(count / 4)],
  ['what runs is what the trailers asked for', doesWhatIsAsked, count * 100],
  ['nothing in flash makes it misbehave', survivesAnything, count * 100],
] as const) {
  const startedAt = performance.now();
  const end = fc.check<unknown[]>(property as fc.IProperty<unknown[]>, { seed, numRuns });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${end.failed ? 'FAILED' : 'passed'}: ${name} (${end.numRuns} runs, ${seconds} s)`);
  if (!end.failed) continue;
  failed += 1;
  const reason = end.errorInstance instanceof Error ? end.errorInstance.message : 'it does not hold';
  console.log(`  ${reason}: ${JSON.stringify(end.counterexample)}`);
}
console.log(`${4 - failed} passed, ${failed} failed; again with: npm run fuzz:boot -- ${count} ${seed}`);
process.exitCode = failed === 0 ? 0 : 1;
