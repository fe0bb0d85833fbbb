/** The three examples of the design, word for word: they lint, are planned, and run on the simulated board. */

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCommand } from '../../cli/command.ts';
import { projectPath } from '../../helpers/vectors.ts';

const examples = projectPath('test/language/design/examples');

const cwd = t.testdir({ pipelines: {}, firmware: {}, releases: {}, build: {} });

t.test('a project around the examples: the images that they name, and the profile of the simulated board', async (t) => {
  const pipeline = 'test-then-confirm.pipeline.yaml';
  cpSync(join(examples, pipeline), join(cwd, 'pipelines', pipeline));
  for (const file of ['lab.bench.yaml', 'nightly.plan.yaml']) cpSync(join(examples, file), join(cwd, file));
  cpSync(projectPath('pipelines/profiles'), join(cwd, 'profiles'), { recursive: true });
  for (const [version, path] of [
    ['1.1.0', 'firmware/app-1.1.0.signed.bin'],
    ['1.0.0', 'releases/1.0.0.bin'],
    ['1.1.0', 'releases/1.1.0.bin'],
    ['1.2.0', 'build/app.bin'],
  ] as const) {
    const built = await runCommand(['image', 'build', '--version', version, '--size', '64 KiB', '--demo-key', 'ed25519', '--out', path], {
      cwd,
    });
    t.equal(built.status, 0, built.stderr);
  }
});

t.test('they have no mistakes; an input that nobody reads is told', async (t) => {
  const { status, stdout, stderr } = await runCommand(['lint', '.'], { cwd });
  t.equal(status, 0, stdout + stderr);
  t.same((stdout + stderr).match(/\w+\[[a-z-]+\]: .*/g), ['warning[input-unused]: the input `rate` is declared, and nothing uses it']);
});

t.test('the pipeline passes on the simulated board, over each of its transports that this board has', async (t) => {
  const { stdout, stderr } = await runCommand(['run', '--out', 'out'], { cwd });
  const cells = new Map(
    [...stdout.matchAll(/^((?:not )?ok) \d+ - .*transport=(\w+)\]\)(.*)$/gm)].map(([, ok, name, more]) => [
      name,
      `${ok ?? ''}${more ?? ''}`,
    ]),
  );
  t.same([...cells.keys()], ['serial', 'udp', 'ble'], stdout + stderr);
  t.equal(cells.get('serial'), 'ok', stdout);
  t.equal(cells.get('udp'), 'ok');
  t.equal(cells.get('ble'), 'ok');
  t.match(stdout, /expect value: .*at-least: 2 KiB\/s/, 'the last expectation was judged');
});

t.test('the plan has each of its cells: two bases, two transports, one combination dropped', async (t) => {
  const { stdout, stderr } = await runCommand(['plan', '--plan', 'nightly.plan.yaml', '--bench', 'lab.bench.yaml', '--json'], { cwd });
  const plan = JSON.parse(stdout) as Record<'cells' | 'notApplicable', readonly { cell: string }[]> & { dropped: readonly unknown[] };
  t.same(
    plan.cells.map(({ cell }) => cell),
    ['base=v1.0.0,transport=serial', 'base=v1.1.0,transport=serial', 'base=v1.1.0,transport=ble'].map(
      (axes) => `ota.test-then-confirm@dk-7[${axes}]`,
    ),
    stderr,
  );
  t.same(plan.notApplicable, []);
  t.equal(plan.dropped.length, 1);
});

t.test('the simulated board of the bench runs the pipeline', async (t) => {
  writeFileSync(
    join(cwd, 'sim.plan.yaml'),
    readFileSync(join(cwd, 'nightly.plan.yaml'), 'utf8')
      .replace('boards: [dk-7, label:nrf52840dk]', 'boards: [sim-spi]')
      .replace(', ble]', ']')
      .replace(/ {2}drop: .*\n/, ''),
  );
  const { status, stdout, stderr } = await runCommand(['run', '--plan', 'sim.plan.yaml', '--bench', 'lab.bench.yaml', '--out', 'planned'], {
    cwd,
  });
  t.equal(status, 0, stdout + stderr);
  t.equal(stdout.match(/^ok /gm)?.length, 2);
});
