/** `npm run prove`: shows for each scenario of a field report that it catches its defect and blames no healthy board. */

import { prove } from './helpers/proofs.ts';
import type { ProofResult } from './helpers/proofs.ts';

const results = await prove();
const rows = results.map(({ proof, missed, blamed }) => [
  proof.pipeline,
  `${proof.sick}: ${missed === undefined ? 'caught' : 'MISSED'}`,
  `${proof.healthy}: ${blamed === undefined ? 'clean' : 'BLAMED'}`,
]);
const table = [['scenario', 'caught', 'clean'], ...rows];
const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)));
for (const row of table)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );

const failed = results.filter(({ missed, blamed }) => missed !== undefined || blamed !== undefined);
for (const one of failed) console.log(describe(one));
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length === 0 ? 0 : 1);

function describe({ proof, missed, blamed }: ProofResult): string {
  const expected = `${proof.step} to fail with ${proof.code}: ${proof.message}`;
  return [
    ...(missed === undefined ? [] : [`${proof.pipeline} on ${proof.sick}: expected ${expected}; ${missed}`]),
    ...(blamed === undefined ? [] : [`${proof.pipeline} on ${proof.healthy}: ${blamed}`]),
  ].join('\n');
}
