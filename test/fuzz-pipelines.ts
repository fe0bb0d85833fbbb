/** `npm run fuzz:pipelines [COUNT] [SEED]`: mutated documents and bombs, each read within its time, and without growth. */

import { bombs } from './language/bombs.ts';
import { fuzzDocuments, readText } from './language/fuzz.ts';

const count = Number(process.argv[2] ?? 50_000);
const seed = Number(process.argv[3] ?? 1);
const readMsMax = 200;
/** Bombs may have megabytes. */
const bombMsMax = 1000;
const heapGrowthMax = 8 * 1024 * 1024;

let [passed, failed] = [0, 0];
function check(name: string, good: boolean, figures: string): void {
  if (good) passed += 1;
  else failed += 1;
  console.log(`${good ? 'ok    ' : 'FAILED'} ${name}: ${figures}`);
}

const started = performance.now();
try {
  const { slowestMs, slowest, heapGrowthBytes, ...counts } = fuzzDocuments(count, seed);
  check('documents or diagnostics', true, `${JSON.stringify(counts)} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  check(`each within ${readMsMax} ms`, slowestMs <= readMsMax, `the slowest took ${slowestMs.toFixed(1)} ms`);
  if (slowestMs > readMsMax) console.log(JSON.stringify(slowest));
  check('no growth of memory', heapGrowthBytes <= heapGrowthMax, `${(heapGrowthBytes / 1e6).toFixed(2)} MB`);
} catch (thrown) {
  check('documents or diagnostics', false, thrown instanceof Error ? `${thrown.message}\n${String(thrown.cause)}` : String(thrown));
}
for (const [name, [text, code]] of Object.entries(bombs)) {
  readText(text);
  const { codes, ms } = readText(text);
  check(name, codes.includes(code) && ms <= bombMsMax, `${[...new Set(codes)].join(', ')} in ${ms.toFixed(1)} ms`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
