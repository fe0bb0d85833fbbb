/** Replays a truth table: every combination of trailer fields of both slots, then two boots. */

import { trailerFields, trailerMagic } from '../../../src/mcuboot/trailer.ts';
import { differences } from './differences.ts';
import type { Lab } from './lab.ts';
import type { Triple, TruthRow, TruthTableRecord } from './record.ts';

/** Replays all rows; returns the differences. */
export function replayTruthTable(lab: Lab, record: TruthTableRecord): string[] {
  const at = record.mode === 'offset' ? lab.area('secondary').sectors.at(0).size : 0;
  lab.perform({ op: 'program', slot: 'primary', image: 'A' });
  lab.perform({ op: 'program', slot: 'secondary', image: 'B', at });
  const start = lab.snapshot();
  return record.rows.flatMap((row) => {
    lab.restore(start);
    return differences(row, replayRow(lab, row), `p=${row.p.join('/')} s=${row.s.join('/')}`);
  });
}

function replayRow(lab: Lab, { p, s }: TruthRow): Record<string, unknown> {
  force(lab, 'primary', p);
  force(lab, 'secondary', s);
  const type = lab.swapType();
  const { outcome, running, log } = lab.boot({ op: 'boot' });
  const source = log.map((line) => /Boot source: (.*)/.exec(line)?.[1]).find((found) => found !== undefined) ?? null;
  const after = {
    primary: lab.holds('primary'),
    secondary: lab.holds('secondary'),
    p_after: read(lab, 'primary'),
    s_after: read(lab, 'secondary'),
  };
  const next_running = outcome === 'boot' ? lab.boot({ op: 'boot' }).running : undefined;
  return { p, s, swap_type: type, outcome, running, source, ...after, next_running };
}

function force(lab: Lab, name: string, [magic, imageOk, copyDone]: Triple): void {
  const area = lab.area(name);
  const fields = trailerFields(lab.config.maxAlign);
  const good = trailerMagic(lab.config.maxAlign);
  const magics = { good, bad: new Uint8Array(good.length).fill(0x5a), unset: new Uint8Array(good.length).fill(0xff) };
  const flags = { set: 0x01, bad: 0x00, unset: 0xff };
  area.load(area.size - fields.magic, magics[magic as keyof typeof magics]);
  area.load(area.size - fields.imageOk, Uint8Array.of(flags[imageOk as keyof typeof flags]));
  area.load(area.size - fields.copyDone, Uint8Array.of(flags[copyDone as keyof typeof flags]));
}

function read(lab: Lab, name: string): Triple {
  const { magic, imageOk, copyDone } = lab.trailer(name);
  return [magic, imageOk, copyDone];
}
