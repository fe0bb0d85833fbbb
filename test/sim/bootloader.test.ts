/** The bootloader against what the real one answered: every record of the bootutil vectors. */

import t from 'tap';
import { replayBootutil } from '../conform/bootutil/replay.ts';
import type { CaseResult } from '../conform/bootutil/replay.ts';
import { readVectors } from '../helpers/vectors.ts';

const current = readVectors('bootutil/vectors.jsonl');
const older = readVectors('bootutil/versions.jsonl');

/** Ids begin with mode, geometry and group. */
function groupOf(id: string): string {
  const [mode = '', geometry = '', group = ''] = id.split('/');
  return `${mode}, ${geometry}, ${group}`;
}

function replayGroups(records: readonly unknown[]): Map<string, CaseResult[]> {
  const groups = new Map<string, CaseResult[]>();
  const add = (result: CaseResult): void => {
    const group = groupOf(result.id);
    groups.set(group, [...(groups.get(group) ?? []), result]);
  };
  replayBootutil(records, add, { library: current });
  return groups;
}

for (const [what, records] of [
  ['the release of the vectors', current],
  ['older releases', older],
] as const) {
  void t.test(what, async (t) => {
    let cases = 0;
    for (const [group, results] of replayGroups(records)) {
      const wrong = results.filter(({ verdict }) => verdict !== 'passed');
      t.same(wrong, [], `${group}: ${results.length} records`);
      cases += results.length;
    }
    t.equal(cases, records.length, 'every record was replayed');
  });
}
