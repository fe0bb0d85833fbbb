/** Power cuts as data: single ones, sweeps over all flash operations of a step, and what is said about those that fail. */

import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { loadPipelines } from '../../src/cli/documents.ts';
import { composeRun } from '../../src/cli/compose.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { createBoards } from '../../src/cli/boards.ts';
import type { RunEvent } from '../../src/events/event.ts';
import { encodeEvent } from '../../src/events/log.ts';
import { createCell } from '../../src/run/cell.ts';
import type { Cell } from '../../src/run/cell.ts';
import { describeSweeps } from '../../src/run/sweep.ts';
import { repeatCommand } from '../../src/run/repeat-command.ts';
import { projectPath } from '../helpers/vectors.ts';
import { parsePipeline, runPipelines, runText, stepEnds } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';

/** A swap of two small images that is about to happen; `fault` disturbs the reset that starts it. */
function swapText(fault: string, more = ''): string {
  return `version: 1
kind: pipeline
id: test.sweep
title: sweep
inputs:
  base: { image: { build: { version: '1.0.0', size: 6 KiB } } }
  next: { image: { build: { version: '1.1.0', size: 6 KiB } } }
${more}
setup:
  - provision: { slots: [{ slot: 0, image: base }, { slot: 1, image: next }] }
  - mark-pending: { image: next }
steps:
  - reset: {}
    fault: ${fault}
  - expect: { active: next, confirmed: false }
    within: 10s
`;
}

function cellsOf(ran: Ran): readonly string[] {
  return ran.events.flatMap((event) => (event.kind === 'plan' ? event.cells.map(({ cell }) => cell) : []));
}

function operationsOf(ran: Ran): readonly number[] {
  return cellsOf(ran).map((cell) => Number(/flash-op=(\d+)/.exec(cell)?.[1]));
}

function notesOf(ran: Ran): readonly string[] {
  return ran.events.flatMap((event) => (event.kind === 'note' && event.severity === 'error' ? [event.text] : []));
}

t.test('a sweep has one cell for each flash operation, and the stock ones pass', async (t) => {
  const { pipelines, diagnostics } = loadPipelines([projectPath('pipelines/ota')]);
  t.strictSame(diagnostics, []);
  const sweeps = pipelines.filter(({ tags }) => tags.includes('sweep'));
  t.strictSame(sweeps.map(({ id }) => id).sort(), ['ota.power-cut-revert', 'ota.power-cut-test-swap']);
  for (const pipeline of sweeps) {
    const ran = await runPipelines([pipeline]);
    const operations = operationsOf(ran);
    t.ok(operations.length > 70, `${pipeline.id} has ${operations.length} operations`);
    t.strictSame(
      operations,
      operations.map((_, index) => index + 1),
      'each of them has its cell, in order',
    );
    t.ok(
      ran.outcomes.every((outcome) => outcome === 'passed'),
      `${pipeline.id} passes`,
    );
    t.strictSame(notesOf(ran), []);
  }
});

t.test('the power goes at the operation that is named, and is on the timeline', async (t) => {
  const ran = await runText(swapText('{ at: { flash-op: 3 }, do: power-cut, for: 2s }'));
  t.strictSame(ran.outcomes, ['passed']);
  const said = (event: RunEvent): readonly (readonly [string, number])[] => {
    if (event.kind === 'fault') return [[`${event.fault} ${event.phase}`, event.at]];
    if (event.kind === 'power') return [[`power ${event.action}`, event.at]];
    return event.kind === 'boot-epoch' ? [[`epoch ${event.cause}`, event.at]] : [];
  };
  const story = ran.events.flatMap(said);
  t.strictSame(
    story.map(([what]) => what),
    [
      'epoch provision',
      'power-cut armed',
      'epoch reset',
      'power-cut started',
      'power cut',
      'epoch power-on',
      'power on',
      'power-cut ended',
    ],
  );
  const at = new Map(story);
  t.equal(Math.round(at.get('power on')! - at.get('power cut')!), 2000, 'it stays off as long as it is told to');
});

t.test('an operation that the step does not have is a failure', async (t) => {
  const ran = await runText(swapText('{ at: { flash-op: 100000 }, do: power-cut }'));
  t.strictSame(ran.outcomes, ['failed']);
  t.match(stepEnds(ran).get('steps[0]')?.diagnostics, [{ code: 'fault-missed', wanted: 100_000, found: Number }]);
  const idle = await runText(swapText('{ at: { flash-op: all }, do: power-cut }').replace('  - mark-pending: { image: next }\n', ''));
  t.strictSame(idle.outcomes, ['failed'], 'a sweep over nothing proves nothing');
  t.match(stepEnds(idle).get('steps[0]')?.diagnostics, [{ code: 'fault-missed', found: 0 }]);
});

t.test('strides and samples', async (t) => {
  const all = operationsOf(await runText(swapText('{ at: { flash-op: all }, do: power-cut }')));
  const every = operationsOf(await runText(swapText('{ at: { flash-op: { every: 20 } }, do: power-cut }')));
  t.strictSame(
    every,
    all.filter((operation) => operation % 20 === 1),
  );
  const sample = async (seed: number): Promise<readonly number[]> =>
    operationsOf(await runText(swapText('{ at: { flash-op: { sample: 5 } }, do: power-cut }'), { seed }));
  const drawn = await sample(1);
  t.equal(new Set(drawn).size, 5);
  t.strictSame(
    drawn,
    [...drawn].sort((a, b) => a - b),
  );
  t.strictSame(await sample(1), drawn, 'the same seed draws the same operations');
  t.notSame(await sample(2), drawn);
});

t.test('a sweep with failures names the smallest operation and the command that repeats it', async (t) => {
  // A cut right after the swap is complete is a reset like any other, and reverts what nobody confirmed.
  const text = swapText('{ at: { flash-op: all }, do: power-cut, when: after }');
  const ran = await runText(text, { set: new Map(), seed: 7 });
  const total = ran.outcomes.length;
  t.equal(ran.outcomes.at(-1), 'failed');
  t.equal(ran.exitCode, 1);
  t.strictSame(notesOf(ran), [
    `the sweep test.sweep@sim fails at 1 flash operation; the smallest is ${total} of ${total}: ` +
      `bootproof run inline.pipeline.yaml --axis flash-op=${total} --seed 7`,
  ]);

  const again = await runText(text, { seed: 7, axes: new Map([['flash-op', String(total)]]) });
  t.strictSame(again.outcomes, ['failed'], 'what the command runs is that one cell');
  t.strictSame(cellsOf(again), [`test.sweep@sim[flash-op=${total}]`]);
  const happened = (of: Ran): string =>
    of.events
      .filter((event) => 'cell' in event && event.cell.endsWith(`=${total}]`))
      .map((event) => encodeEvent({ ...event, seq: 0, at: 0 }))
      .join('');
  t.equal(happened(again), happened(ran), 'and it goes the same way');
  await t.rejects(runText(text, { axes: new Map([['flash-op', '0']]) }), { code: 'plan-wrong' });
});

t.test('a sweep over a step without flash operations is a failure that says so', async (t) => {
  const text = swapText('{ at: { flash-op: all }, do: power-cut }').replace('  - mark-pending: { image: next }\n', '');
  const ran = await runText(text);
  t.strictSame(ran.outcomes, ['failed']);
  t.match(stepEnds(ran).get('steps[0]'), {
    diagnostics: [
      { code: 'fault-missed', message: 'the step has no flash operations, so the power cut never came', hint: /put the fault on/ },
    ],
  });
  t.strictSame(notesOf(ran), [], 'there is no smallest operation');
});

t.test('the command that repeats a cell brings along what the user asked for, quoted for a shell', (t) => {
  const [board] = createBoards(undefined);
  const pipeline = parsePipeline(swapText('{ at: { flash-op: all }, do: power-cut }'), "o'clock/a b.pipeline.yaml");
  const cell = createCell(pipeline, board!, { transport: 'udp', 'flash-op': 4 });
  const command = repeatCommand(cell, { seed: 3, set: new Map([['next', 'my app.bin']]), selection: { bench: 'lab.bench.yaml' } });
  t.equal(
    command,
    `bootproof run 'o'\\''clock/a b.pipeline.yaml' --bench lab.bench.yaml --on sim --axis transport=udp --axis flash-op=4 --set 'next=my app.bin' --seed 3`,
  );
  t.end();
});

t.test('the command line shows it at the end', async (t) => {
  const text = swapText('{ at: { flash-op: all }, do: power-cut, when: after }');
  const folder = t.testdir({ 'sweep.pipeline.yaml': text });
  const shown: string[] = [];
  const io: CliIo = {
    terminal: false,
    stdout: () => undefined,
    stderr: (line) => void shown.push(line),
    readFile: (path) => readFileSync(path),
    writeFile: (path, bytes) => writeFileSync(path, bytes),
    exit: () => undefined,
  };
  const given = {
    on: [],
    set: [],
    tag: [],
    notTag: [],
    report: [],
    retryOn: [],
    seed: 1,
    jobs: 1,
    retry: 0,
    wait: 1000,
    retryBoard: 'same',
    answer: [],
    bail: false,
    realTime: false,
    watch: false,
  } as const;
  const exitCode = await composeRun([`${folder}/sweep.pipeline.yaml`], { ...given, axis: [], out: `${folder}/out` }, io);
  t.equal(exitCode, 1);
  t.match(shown, [/^error: the sweep test[.]sweep@sim fails at 1 flash operation; .* --axis flash-op=\d+ --seed 1\n$/]);
});

t.test('a sweep goes with other axes', async (t) => {
  const ran = await runText(
    swapText('{ at: { flash-op: { every: 40 } }, do: power-cut, when: before }', 'matrix: { axes: { transport: [serial, udp] } }'),
  );
  t.ok(ran.outcomes.every((outcome) => outcome === 'passed'));
  t.match(cellsOf(ran), [/\[flash-op=1,transport=serial\]$/]);
  t.ok(cellsOf(ran).some((cell) => cell.endsWith('[flash-op=1,transport=udp]')));
});

t.test('an upload survives power cuts', async (t) => {
  const ran = await runText(`version: 1
kind: pipeline
id: test.upload-sweep
title: upload
inputs:
  base: { image: { build: { version: '1.0.0', size: 6 KiB } } }
  next: { image: { build: { version: '1.1.0', size: 6 KiB } } }
setup:
  - provision: { image: base, confirmed: true }
steps:
  - upload: { image: next }
    fault: { at: { flash-op: { every: 3 } }, do: power-cut }
  - expect: { image: next, slot: 1 }
`);
  t.ok(ran.outcomes.length > 1);
  t.ok(ran.outcomes.every((outcome) => outcome === 'passed'));
});

t.test('what keeps the rehearsal from getting to the fault decides the one cell that is left', async (t) => {
  const broken = await runText(
    swapText('{ at: { flash-op: all }, do: power-cut }').replace('mark-pending: { image: next }', 'erase: { slot: 0 }'),
  );
  t.strictSame(cellsOf(broken), ['test.sweep@sim']);
  t.strictSame(broken.outcomes, ['failed']);
  t.equal(stepEnds(broken).get('setup[1]')?.outcome, 'failed');

  const unfit = await runText(swapText('{ at: { flash-op: all }, do: power-cut }', 'requires: bootloader.mode == "direct-xip"'));
  t.strictSame(unfit.outcomes, ['not-applicable']);
});

t.test('a board that is not simulated in this process is not applicable', async (t) => {
  const [sim] = createBoards(undefined);
  const pipeline = parsePipeline(swapText('{ at: { flash-op: all }, do: power-cut }'));
  const offers = new Set([...sim!.offers].filter((offer) => offer !== 'insight'));
  const cell = { id: 'test.sweep@lab', pipeline, board: { ...sim!, offers }, axes: {}, transport: 'serial' };
  const ran = await runPipelines([], { cells: [cell] });
  t.strictSame(ran.outcomes, ['not-applicable']);
  t.match(
    ran.events.find((event) => event.kind === 'cell-end'),
    { reason: /flash operation.*simulated in this process/ },
  );
});

t.test('the smallest operation is named, whatever the order in which cells ended', (t) => {
  const [board] = createBoards(undefined);
  const cell = createCell(parsePipeline(swapText('{ do: power-cut, at: { flash-op: 1 } }')), board!, {});
  const at = (operation: number): Cell => ({ ...cell, id: `cell ${operation}`, sweep: { of: 'the.sweep', operation, total: 9 } });
  const ends = new Map([7, 2, 5].map((operation) => [at(operation), 'failed'] as const));
  t.same(
    describeSweeps(ends, ({ id }) => id),
    ['the sweep the.sweep fails at 3 flash operations; the smallest is 2 of 9: cell 2'],
  );
  t.end();
});
