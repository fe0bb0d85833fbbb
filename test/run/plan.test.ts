/** Plans: the order of the matrix, what cells come of it, and how pairs and samples choose among them. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import outputSchema from '../../schemas/output/plan.schema.json' with { type: 'json' };
import { createBoards } from '../../src/cli/boards.ts';
import { createRealClock } from '../../src/base/clock-real.ts';
import { createRng } from '../../src/base/rng.ts';
import { loadDocument } from '../../src/language/load.ts';
import { combinationKey, expandMatrix, product } from '../../src/language/plan/matrix.ts';
import type { Bench, Combination } from '../../src/language/model.ts';
import { matchesWildcard } from '../../src/language/wildcard.ts';
import { whyNotApplicable } from '../../src/run/applicable.ts';
import { createCell } from '../../src/run/cell.ts';
import type { Cell } from '../../src/run/cell.ts';
import { capabilityHints } from '../../src/run/needs.ts';
import { planCells } from '../../src/run/plan.ts';
import { reduceCells } from '../../src/run/reduce.ts';
import { runCommand } from '../cli/command.ts';
import { parsePipeline, pipelineText } from '../helpers/run.ts';

const [sim] = createBoards(undefined);
const axes = { base: ['v1', 'v2'], transport: ['serial', 'ble'] };

t.test('the keys of a matrix are applied in this order: axes, add, set, drop', (t) => {
  const { kept, dropped, idle, repeated } = expandMatrix({
    axes,
    add: [
      { base: 'v0', transport: 'serial' },
      { base: 'v1', transport: 'ble' },
    ],
    // It sees what `add` added.
    set: [{ match: { base: 'v0' }, values: { transport: 'udp', rate: '3 KiB/s' } }],
    // It sees what `set` set, and drops what was added, too.
    drop: [{ transport: 'ble', base: 'v1', reason: 'no radio' }, { transport: 'udp' }, { transport: 'tcp' }],
  });
  t.same(kept, [
    { base: 'v1', transport: 'serial' },
    { base: 'v2', transport: 'serial' },
    { base: 'v2', transport: 'ble' },
  ]);
  t.same(dropped, [
    { combination: { base: 'v1', transport: 'ble' }, reason: 'no radio' },
    { combination: { base: 'v0', transport: 'udp', rate: '3 KiB/s' }, reason: undefined },
  ]);
  t.same({ idle, repeated }, { idle: { set: [], drop: [2] }, repeated: [1] });
  t.end();
});

t.test('an id does not depend on the order of the axes', (t) => {
  const pipeline = parsePipeline(pipelineText('  - confirm: {}'));
  const [one, other] = [
    { transport: 'udp', next: 'base' },
    { next: 'base', transport: 'udp' },
  ].map((given) => createCell(pipeline, sim!, given).id);
  t.equal(one, 'test.inline@sim[next=base,transport=udp]');
  t.equal(other, one);
  t.equal(combinationKey({ a: 1, b: '1' }), combinationKey({ b: '1', a: 1 }));
  t.end();
});

t.test('a pipeline takes the axes that mean something to it, and its own beside them', (t) => {
  const pipeline = parsePipeline(
    pipelineText(
      '  - confirm: {}',
      `  rate: { quantity: rate, default: 0 B/s }\nmatrix: { axes: { rate: [1 KiB/s, 2 KiB/s], transport: [serial] } }`,
    ),
  );
  const boards = { all: [sim!], chosen: [sim!] };
  const combinations = product({ transport: ['udp', 'shell'], other: [1, 2] });
  const ids = planCells({ pipelines: [pipeline], boards, combinations }).map(({ id }) => id.replace('test.inline@sim', ''));
  t.same(ids, [
    '[rate=1 KiB/s,transport=udp]',
    '[rate=2 KiB/s,transport=udp]',
    '[rate=1 KiB/s,transport=shell]',
    '[rate=2 KiB/s,transport=shell]',
  ]);
  t.end();
});

const someAxes = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 }),
  { minKeys: 2 },
);

t.test('pairwise keeps every pair of values that any cell has, with the same cells for the same seed', (t) => {
  const pipeline = parsePipeline(pipelineText('  - confirm: {}'));
  const pairs = (rows: readonly Combination[]): ReadonlySet<string> =>
    new Set(
      rows.flatMap((row) =>
        Object.entries(row).flatMap((one, at, all) => all.slice(at + 1).map((other) => JSON.stringify([one, other].sort()))),
      ),
    );
  fc.assert(
    fc.property(someAxes, fc.infiniteStream(fc.boolean()), fc.nat(), (given, keep, seed) => {
      // Some combinations cannot run; their pairs are not waited for.
      const cells = product(given)
        .filter(() => keep.next().value === true)
        .map((row) => createCell(pipeline, sim!, row));
      const reduce = (): readonly string[] => reduceCells(cells, { to: 'pairwise' }, createRng(seed)).map(({ id }) => id);
      const kept = reduceCells(cells, { to: 'pairwise' }, createRng(seed));
      t.same([...pairs(kept.map((cell) => cell.axes))].sort(), [...pairs(cells.map((cell) => cell.axes))].sort());
      t.same(
        reduce(),
        kept.map(({ id }) => id),
      );
    }),
    { numRuns: 50 },
  );
  const four = product({ a: [1, 2, 3, 4], b: [1, 2, 3, 4], c: [1, 2, 3, 4], d: [1, 2, 3, 4] }).map((row) =>
    createCell(pipeline, sim!, row),
  );
  const reduced = reduceCells(four, { to: 'pairwise' }, createRng(1));
  t.ok(reduced.length <= 32, `${reduced.length} of 256 cells cover all pairs of four axes with four values; 16 are the least`);
  t.end();
});

t.test('each pipeline is reduced by itself, whatever else is in the plan', (t) => {
  const cellsOf = (id: string): readonly Cell[] => {
    const pipeline = parsePipeline(pipelineText('  - confirm: {}').replace('test.inline', id));
    return product({ a: [...Array(50).keys()] }).map((row) => createCell(pipeline, sim!, row));
  };
  const [first, second] = [cellsOf('test.first'), cellsOf('test.second')];
  const draw = (cells: readonly Cell[]): readonly string[] =>
    reduceCells(cells, { to: 'sample', count: 7 }, createRng(1)).map(({ id }) => id);
  t.same(draw([...first, ...second]), [...draw(first), ...draw(second)]);
  t.end();
});

t.test('what a bench declares of a board goes before what is known of it, and what the board lacks leaves a cell out', async (t) => {
  const { document } = loadDocument(
    `version: 1
kind: bench
boards:
  told: { transports: { serial: 'sim:nrf52840dk' }, facts: { images: 7, bootloader: { swap: false } } }
  far: { transports: { udp: 'udp:127.0.0.1:9' } }
`,
    { name: 'lab.bench.yaml' },
  );
  const [told, far] = createBoards(document as Bench);
  const facts = await told!.facts({ clock: createRealClock(), signal: new AbortController().signal });
  t.match(facts, { images: 7, bootloader: { swap: false, mode: 'move' }, simulated: true });
  const why = (steps: string): string | undefined => {
    const pipeline = parsePipeline(`version: 1\nkind: pipeline\nid: test.needs\ntitle: needs\nsteps:\n${steps}\n`);
    return whyNotApplicable(createCell(pipeline, far!, {}), {});
  };
  t.equal(why('  - echo: { d: x }'), undefined);
  t.equal(why('  - { expect: { log: { match: ready } }, within: 1s }'), capabilityHints.console);
  t.equal(why('  - wait: { until: { log: ready } }'), capabilityHints.console);
  t.equal(why('  - provision: { erase: all }'), capabilityHints.provision);
});

t.test('a sample has the size that is asked for, and another seed draws others', (t) => {
  const pipeline = parsePipeline(pipelineText('  - confirm: {}'));
  const cells = product({ a: [...Array(50).keys()] }).map((row) => createCell(pipeline, sim!, row));
  const draw = (seed: number): readonly string[] => reduceCells(cells, { to: 'sample', count: 7 }, createRng(seed)).map(({ id }) => id);
  t.equal(new Set(draw(1)).size, 7);
  t.same(draw(1), draw(1));
  t.not(JSON.stringify(draw(1)), JSON.stringify(draw(2)));
  t.end();
});

t.test('wildcards', (t) => {
  const like = (pattern: string): RegExp =>
    new RegExp(
      `^${pattern
        .split('*')
        .map((piece) => piece.replace(/[.]/g, '\\.'))
        .join('.*')}$`,
    );
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 }),
      fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 }),
      (pattern, text) => {
        t.equal(matchesWildcard(pattern, text), like(pattern).test(text), `${pattern} on ${text}`);
      },
    ),
  );
  t.end();
});

/** A project in a folder: a pipeline, a plan that runs it, and the bench of two boards. */
function project(t: Test, plan: string): string {
  const files = {
    'pipelines/one.pipeline.yaml': pipelineText('  - expect: { active: base }').replace('test.inline', 'test.one'),
    'nightly.plan.yaml': `version: 1\nkind: plan\nid: nightly\nselect: { paths: [pipelines/] }\n${plan}`,
    'lab.bench.yaml': `version: 1\nkind: bench\nboards:\n  a: { labels: [left], transports: { serial: 'sim:nrf52840dk', udp: 'sim:nrf52840dk' } }\n  b: { transports: { serial: 'sim:nrf52840dk' } }\n`,
  };
  const folder = t.testdir({});
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

t.test('`plan` shows every cell, what is dropped or cannot run, and why; `run --plan` runs just that', async (t) => {
  const cwd = project(
    t,
    `matrix:
  axes: { base: [v1, v2], transport: [serial, udp] }
  drop: [{ base: v1, transport: udp, reason: FW-1 }]
inputs:
  v1: { image: { build: { version: '1.0.0', size: 8 KiB } } }
  v2: { image: { build: { version: '2.0.0', size: 8 KiB } } }
`,
  );
  const flags = ['--plan', 'nightly.plan.yaml', '--bench', 'lab.bench.yaml'];
  const shown = await runCommand(['plan', ...flags], { cwd });
  t.equal(shown.status, 0, shown.stderr);
  t.match(shown.stdout, /test\.one {2}inline\n {2}a +base=v1,transport=serial +[\d.]+ m?s\n/);
  t.match(shown.stdout, / {2}b +base=v2,transport=udp +not applicable: board b has no transport udp \(it has serial\)\n/);
  t.match(shown.stdout, /dropped by the plan\n {2}base=v1,transport=udp: FW-1\n/);
  t.match(shown.stdout, /plan nightly: 5 cells to run, 1 not applicable\n {2}a {2}3 cells, about [\d.]+ s\n {2}b {2}2 cells, about /);
  const json = JSON.parse((await runCommand(['plan', '--json', ...flags], { cwd })).stdout) as { cells: readonly { cell: string }[] };
  const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(outputSchema);
  t.ok(valid(json), JSON.stringify(valid.errors));
  const ran = await runCommand(['run', '--out', 'out', ...flags], { cwd });
  t.equal(ran.status, 0, ran.stdout + ran.stderr);
  for (const { cell } of json.cells) t.match(ran.stdout, cell);
  t.match(ran.stdout, /^1\.\.6$/m, 'what is not applicable is in the report');
  const narrowed = await runCommand(['plan', ...flags, '--on', 'left', 'pipelines'], { cwd });
  t.match(narrowed.stdout, /plan nightly: 3 cells to run\n/);
});

t.test('what a plan names must be there: each mistake has its place and its mend', async (t) => {
  const cwd = project(
    t,
    `matrix: { axes: { bse: [v1], base: [v3], transport: [usb] } }
inputs: { v1: { image: { build: { version: '1.0.0', size: 8 KiB } } }, nxt: 3, next: { package: { file: lab.bench.yaml } } }
boards: [label:lefd]
`,
  );
  const { status, stderr } = await runCommand(['plan', '--plan', 'nightly.plan.yaml', '--bench', 'lab.bench.yaml'], { cwd });
  t.equal(status, 2);
  t.match(stderr, /nightly\.plan\.yaml:5:24 error\[axis-unknown\]: the axis `bse` sets nothing/);
  t.match(stderr, /nightly\.plan\.yaml:5:37 error\[axis-value\]: `base` cannot be `v3`: it is neither an image under `inputs` nor a file/);
  t.match(stderr, /5:54 error\[axis-value\]: no board has the transport `usb`/);
  t.match(stderr, /6:77 error\[input-unused\]: no selected pipeline has an input `nxt`, and no axis names it[^]*did you mean `next`\?/);
  t.match(stderr, /6:86 error\[input-value\]: `next` is of type image in a selected pipeline/);
  t.match(stderr, /7:10 error\[board-unknown\]: the bench has no board `label:lefd`[^]*did you mean `label:left`\?/);
  t.equal(stderr.match(/error\[/g)?.length, 6);
});
