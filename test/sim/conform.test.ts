/** The simulated servers against recordings of real ones; and that the replay would notice a difference. */

import t from 'tap';
import { readVectors } from '../helpers/vectors.ts';
import { replaySmp } from '../conform/smp/replay.ts';
import type { CaseResult } from '../conform/smp/replay.ts';

const files: readonly [name: string, records: number, skipped: number][] = [
  ['native_sim_udp', 245, 0],
  ['native_sim_serial', 306, 0],
  ['native_sim_serial_fs', 271, 0],
  ['native_sim_serial_noparams', 228, 0],
  ['native_sim_serial_raw', 196, 0],
  ['native_sim_shell', 228, 0],
  ['qemu_mps2', 288, 0],
  ['qemu_mps2_image', 141, 1],
  ['mcuboot_recovery_mps2', 182, 0],
];

async function replay(records: readonly unknown[], groups?: readonly number[]): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  await replaySmp(records, { report: (result) => results.push(result), groups });
  return results;
}

for (const [name, records, skipped] of files) {
  void t.test(name, async (t) => {
    const results = await replay(readVectors(`smp/${name}.jsonl`));
    t.same(
      results.filter(({ verdict }) => verdict === 'failed'),
      [],
    );
    t.equal(results.length, records);
    t.equal(results.filter(({ verdict }) => verdict === 'skipped').length, skipped);
  });
}

void t.test('a difference is found and named', async (t) => {
  const text = readVectors('smp/native_sim_udp.jsonl').map((record) => JSON.stringify(record));
  const at = text.findIndex((line) => line.includes('"name":"os-echo"'));
  // "r" becomes "s" in the recorded answer.
  text[at] = text[at]!.replace(/("smp_hex":"03[^"]*|"smp_hex":"0b[^"]*)6172/, '$16173');
  const results = await replay(text.slice(0, at + 1).map((line) => JSON.parse(line) as unknown));
  t.match(results.at(-1), { name: 'os-echo', verdict: 'failed' });
  t.same(
    results.slice(0, -1).filter(({ verdict }) => verdict === 'failed'),
    [],
  );
  const enumeration = readVectors('smp/native_sim_udp.jsonl').slice(0, 120);
  const [all, chosen] = [await replay(enumeration), await replay(enumeration, [10])];
  t.ok(chosen.length > 0 && chosen.length < all.length, 'only records of the chosen groups are judged');
});
