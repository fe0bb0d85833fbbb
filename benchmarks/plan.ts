/** `npm run bench:plan`: ten thousand cells from a plan file to the printed table, as `bootproof plan` does it. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootproof } from '../test/cli/process.ts';
import { pipelineText } from '../test/helpers/run.ts';

const cwd = mkdtempSync(join(tmpdir(), 'bootproof-plan-'));
const numbers = (count: number): string => `[${Array.from({ length: count }, (_, index) => index).join(', ')}]`;
const inputs = ['a', 'b', 'c', 'd'].map((name) => `  ${name}: { type: integer, default: 0 }\n`).join('');
const use = `  - expect: { value: '\${{ inputs.a + inputs.b + inputs.c + inputs.d }}', at-least: 0 }`;
let met = 0;
try {
  writeFileSync(join(cwd, 'one.pipeline.yaml'), pipelineText(use, inputs));
  for (const [reduce, limitMs] of [
    ['full', 2000],
    ['pairwise', 2000],
  ] as const) {
    const matrix = `matrix: { axes: { a: ${numbers(10)}, b: ${numbers(10)}, c: ${numbers(10)}, d: ${numbers(10)} }, reduce: ${reduce} }`;
    writeFileSync(join(cwd, 'big.plan.yaml'), `version: 1\nkind: plan\nid: big\nselect: { paths: [.] }\n${matrix}\n`);
    const startedAt = performance.now();
    const { stdout, status } = bootproof(['plan', '--plan', 'big.plan.yaml'], { cwd });
    const ms = performance.now() - startedAt;
    if (ms < limitMs && status === 0) met += 1;
    console.log(`${reduce}: ${ms.toFixed(0)} ms, target ${limitMs} ms: ${stdout.match(/^plan big: .*$/m)?.[0] ?? 'no plan'}`);
  }
} finally {
  rmSync(cwd, { recursive: true });
}
console.log(`${met} of 2 targets met`);
