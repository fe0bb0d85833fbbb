/** Verbs whose work depends on the kind of the board, against `bootproof sim` over real links. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { decodeEvents } from '../../src/events/log.ts';
import { nobleIsMissing } from '../transport/ble-support.ts';
import { startBootproof } from './process.ts';
import { startSim } from './sim-process.ts';

const steps = `
  - reset: { via: pin }
  - expect: { active: base }
    within: 60s
  - reset: { via: debugger }
  - expect: { active: base }
    within: 60s
  - power: { off: true }
  - wait: { for: 500ms }
  - expect: { log: { none: 'Booting' }, since: step, for: 500ms }
  - power: { on: true }
  - expect: { log: { match: 'Booting Zephyr' } }
    within: 60s
  - power: { cut: { after: 100ms }, for: 200ms }
  - expect: { active: base }
    within: 60s
  - send: { text: kernel version }
  - expect: { log: { match: 'Zephyr version' } }
    within: 10s
  - settings: { write: { name: app/mode, text: fast } }
  - files: { upload: { name: /lfs1/bench, file: lab.bench.yaml } }
  - connect: { transport: udp, timeout: 10s }
  - files: { download: { name: /lfs1/bench, equals: lab.bench.yaml } }
  - wait: { until: { port: serial }, timeout: 10s }
  - disconnect: {}
  - power: { cycle: true, for: 100ms }
${nobleIsMissing === false ? '  - wait: { until: { advertising: ble }, timeout: 30s }' : ''}
  - connect: { transport: serial }
  - expect: { active: base }
    within: 60s
`;

t.test('power, resets, links, files and settings on a board in another process', { timeout: 180_000 }, async (t) => {
  const sim = await startSim(
    t,
    ['tcp', 'udp', 'ble', 'console', 'control'].flatMap((face) => [`--${face}`, '127.0.0.1:0']),
  );
  const at = (face: string): string => sim.faces[face]?.[0] ?? '';
  const folder = t.testdir({
    'lab.bench.yaml': `version: 1
kind: bench
boards:
  board:
    transports: { serial: '${at('tcp')}', udp: '${at('udp')}', ble: '${at('ble')}' }
    console: '${at('console')}'
    simulator: '${at('control')}'
`,
    'verbs.pipeline.yaml': `version: 1
kind: pipeline
id: test.verbs
title: Verbs over real links
inputs: { base: { image: { build: { version: '1.0.0', size: 16 KiB } } } }
setup:
  - provision: { image: base, confirmed: true }
steps:${steps}`,
  });
  const out = join(folder, 'out');
  const { code, stdout, stderr } = await startBootproof([
    'run',
    join(folder, 'verbs.pipeline.yaml'),
    '--bench',
    join(folder, 'lab.bench.yaml'),
    '--out',
    out,
  ]).ended;
  t.equal(code, 0, `${stdout}${stderr}`);
  const { events } = decodeEvents(readFileSync(join(out, 'events.jsonl'), 'utf8'));
  const epochs = events.flatMap((event) => (event.kind === 'boot-epoch' ? [event.cause] : []));
  t.strictSame(epochs, ['provision', 'reset by pin', 'reset by debugger', 'power-on', 'power-on', 'power-on']);
});

t.test('what is typed goes over the link that the console shares', { timeout: 180_000 }, async (t) => {
  const folder = t.testdir({
    'typed.pipeline.yaml': `version: 1
kind: pipeline
id: test.typed
title: SMP and typed commands on one UART
steps:
  - echo: { d: before }
  - send: { text: kernel version }
  - expect: { log: { match: 'Zephyr version' } }
    within: 10s
  - echo: { d: after }
`,
  });
  const link = join(folder, 'shell');
  const sim = await startSim(t, ['--shell', link]);
  writeFileSync(
    join(folder, 'lab.bench.yaml'),
    `version: 1\nkind: bench\nboards: { board: { transports: { shell: '${sim.faces['shell']?.[0]}' }, console: shell } }\n`,
  );
  const args = ['run', join(folder, 'typed.pipeline.yaml'), '--bench', join(folder, 'lab.bench.yaml'), '--out', join(folder, 'out')];
  const { code, stdout, stderr } = await startBootproof(args).ended;
  t.equal(code, 0, `${stdout}${stderr}`);
});
