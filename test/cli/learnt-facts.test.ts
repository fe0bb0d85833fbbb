/** A board whose bench declares no facts is asked for them: by its firmware's own word a pipeline fits, or does not. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { decodeEvents } from '../../src/events/log.ts';
import { runCommand } from './command.ts';
import { startBootproof } from './process.ts';
import { addressOf, startSim } from './sim-process.ts';

const pipeline = (id: string, requires: string): string =>
  `version: 1\nkind: pipeline\nid: facts.${id}\ntitle: ${id}\nrequires: ${requires}\nsteps:\n  - echo: { d: hello }\n`;

const required = {
  swap: 'bootloader.swap && bootloader.mode == "move" && smp.image && images == 1 && smp["buf-size"] > 100',
  two: 'bootloader.swap && images > 1',
  unknown: 'ble.mtu > 100 && smp.image',
};

t.test('facts that nobody declares are read from the device', { timeout: 120_000 }, async (t) => {
  const files = Object.entries(required).map(([id, requires]) => [`${id}.pipeline.yaml`, pipeline(id, requires)] as const);
  const folder = t.testdir(Object.fromEntries(files));
  process.env['BOOTPROOF_CLAIMS'] = join(folder, 'claims');
  const sim = await startSim(t, ['--tcp', '127.0.0.1:0']);
  const bench = join(folder, 'lab.bench.yaml');
  writeFileSync(bench, `version: 1\nkind: bench\nboards:\n  dk:\n    transports: { tcp: '${addressOf(sim, 'tcp')}' }\n`);
  const planned = await runCommand(['plan', folder, '--bench', bench]);
  t.match(planned.stdout, /3 cells to run/, 'what the board has to be asked for stays in the plan');
  const out = join(folder, 'out');
  const { code, stderr } = await startBootproof(['run', folder, '--bench', bench, '--out', out]).ended;
  t.equal(code, 0, stderr);
  const { events } = decodeEvents(readFileSync(join(out, 'events.jsonl'), 'utf8'));
  const ends = events.flatMap((event) => (event.kind === 'cell-end' ? [[event.cell, event.outcome, event.reason]] : []));
  t.strictSame(ends, [
    ['facts.swap@dk', 'passed', undefined],
    ['facts.two@dk', 'not-applicable', '`images > 1` does not hold (images = 1)'],
    ['facts.unknown@dk', 'not-applicable', 'nothing is known about `ble.mtu`'],
  ]);
});
