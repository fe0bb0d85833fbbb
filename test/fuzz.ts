/** `npm run fuzz [COUNT] [SEED]`: random and mutated frames, lines and images. Each must end in a value or a typed error, and memory must stay flat. */

import { fuzzImages } from './mcuboot/fuzz.ts';
import { fuzzSmp } from './smp/fuzz.ts';

const count = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 1);

let failed = 0;
for (const [name, fuzz] of [
  ['SMP packets, CBOR and serial lines', fuzzSmp],
  ['images', fuzzImages],
] as const) {
  const started = performance.now();
  try {
    const counts = fuzz(count, seed);
    console.log(`ok     ${name}: ${JSON.stringify(counts)} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  } catch (thrown) {
    failed += 1;
    console.log(`FAILED ${name}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);
  }
}
console.log(`${2 - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
