/** `power` and the ways of `reset`: boot epochs, what stays over a cut, and boards that cannot. */

import { join } from 'node:path';
import t from 'tap';
import { createBoards } from '../../src/cli/boards.ts';
import { loadOne } from '../../src/cli/documents.ts';
import { whatBoardsCannot } from '../../src/cli/lint/bench-fit.ts';
import { planCells } from '../../src/run/plan.ts';
import { parsePipeline, pipelineText, runPipelines, runText, stepEnds } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';

/** Causes of the boot epochs, and what became of the power, in their order. */
function storyOf({ events }: Ran): string[] {
  return events.flatMap((event) => (event.kind === 'boot-epoch' ? [event.cause] : event.kind === 'power' ? [`power ${event.action}`] : []));
}

t.test('off opens no boot epoch, on opens the next one', async (t) => {
  const ran = await runText(
    pipelineText(`  - power: { off: true }
  - wait: { for: 5s }
  - expect: { log: { none: 'Booting' }, since: step, for: 1s }
  - power: { on: true }
  - expect: { active: base }
    within: 60s
  - power: { cycle: true, for: 3s }
  - expect: { log: { match: 'Booting Zephyr' } }
    within: 60s
`),
  );
  t.strictSame(ran.outcomes, ['passed']);
  t.strictSame(storyOf(ran), ['provision', 'power off', 'power-on', 'power on', 'power off', 'power-on', 'power on']);
  t.ok((stepEnds(ran).get('steps[5]')?.durationMs ?? 0) >= 3000, 'it was away as long as it was told');
});

t.test('a request to a board without power is not answered', async (t) => {
  const ran = await runText(pipelineText('  - power: { off: true }\n    when: "true"\n  - echo: { d: hello }\n'));
  t.strictSame(ran.outcomes, ['infra']);
});

for (const [moment, detail] of [
  ['after: 300ms', 'at once'],
  ["at: { log: 'Starting swap' }", 'at log Starting swap'],
  ['at: { flash-op: 5 }', 'at flash operation 5'],
  ['at: { boot-phase: bootloader }', 'at boot-phase bootloader'],
]) {
  t.test(`a power cut ${moment}, and the swap is completed`, async (t) => {
    const ran = await runText(
      pipelineText(`  - upload: { image: next }
  - mark-pending: { image: next }
  - parallel:
      - steps: [{ power: { cut: { ${moment} } } }]
      - steps: [{ wait: { for: 100ms } }, { reset: {} }]
  - expect: { active: next, confirmed: false }
    within: 2m
`),
    );
    t.strictSame([ran.outcomes, [...stepEnds(ran).values()].flatMap(({ diagnostics }) => diagnostics)], [['passed'], []]);
    t.match(
      ran.events.filter((event) => event.kind === 'fault' && event.phase === 'started'),
      [{ fault: 'power-cut', detail }],
    );
    t.ok(storyOf(ran).includes('power cut'));
  });
}

t.test('a moment that never comes ends with the time limit', async (t) => {
  const ran = await runText(pipelineText("  - power: { cut: { at: { log: 'never said' } } }\n    timeout: 5s\n"));
  t.strictSame([ran.outcomes, stepEnds(ran).get('steps[0]')?.diagnostics[0]?.code], [['failed'], 'step-timeout']);
});

t.test('each way to reset is told apart', async (t) => {
  const ran = await runText(
    pipelineText(
      ['smp', 'pin', 'debugger', 'power']
        .map((via) => `  - reset: { via: ${via} }\n  - expect: { active: base }\n    within: 60s\n`)
        .join(''),
    ),
  );
  t.strictSame(ran.outcomes, ['passed']);
  const epochs = ran.events.flatMap((event) => (event.kind === 'boot-epoch' ? [event.cause] : []));
  t.strictSame(epochs, ['provision', 'reset', 'reset by pin', 'reset by debugger', 'reset by power']);
});

const bench = `version: 1
kind: bench
boards:
  bare: { transports: { udp: 'udp:127.0.0.1:9' } }
  cycled: { transports: { udp: 'udp:127.0.0.1:10' }, power: { cycle: { run: ['true'] } } }
  switched: { transports: { udp: 'udp:127.0.0.1:11' }, power: { off: { run: ['true'] }, on: { run: ['true'] } } }
  probed: { transports: { udp: 'udp:127.0.0.1:12' }, reset: { debugger: { run: ['true'] } } }
  wired: { transports: { udp: 'udp:127.0.0.1:13' }, reset: { pin: { run: ['true'] } } }
`;

for (const [step, able, hint] of [
  ['power: { off: true }', ['switched'], /switches the power off/],
  ['power: { cycle: true }', ['cycled', 'switched'], /takes the power away and gives it back/],
  ['power: { cut: { after: 1s } }', ['cycled', 'switched'], /takes the power away and gives it back/],
  ['reset: { via: power }', ['cycled', 'switched'], /takes the power away and gives it back/],
  ['reset: { via: pin }', ['wired'], /by its pin: give it `reset: {pin: ...}`/],
  ['reset: { via: debugger }', ['probed'], /by the debugger: give it `reset: {debugger: ...}`/],
] as const) {
  t.test(`${step} is not applicable to boards that cannot, and lint says so`, async (t) => {
    const { document } = loadOne('bench', join(t.testdir({ 'lab.bench.yaml': bench }), 'lab.bench.yaml'));
    const pipeline = parsePipeline(`version: 1\nkind: pipeline\nid: test.able\ntitle: able\nsteps:\n  - ${step}\n`);
    const boards = createBoards(document);
    const unable = boards.filter(({ name }) => !able.some((one) => one === name));
    const { outcomes, events } = await runPipelines([pipeline], {
      cells: planCells({ pipelines: [pipeline], boards: { all: unable, chosen: unable } }),
    });
    t.strictSame([...new Set(outcomes)], ['not-applicable']);
    t.match(
      events.find(({ kind }) => kind === 'cell-end'),
      { reason: hint },
    );
    const [diagnostic, ...more] = document === undefined ? [] : whatBoardsCannot([pipeline], document);
    t.strictSame(more, []);
    t.match(diagnostic, { code: 'board-cannot', hint });
    for (const { name } of unable) t.ok(diagnostic?.message.includes(`\`${name}\``), name);
  });
}
