/** Faults as steps know them: when each begins, what it does, when it ends, and what is said when a board cannot have it. */

import t from 'tap';
import { createBoards } from '../../src/cli/boards.ts';
import type { RunEvent } from '../../src/events/event.ts';
import { parsePipeline, pipelineText, runPipelines, runText, stepEnds } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';

/** What the faults of a run did, in order. */
function storyOf(ran: Ran): readonly string[] {
  return ran.events.flatMap((event: RunEvent) => (event.kind === 'fault' ? [`${event.fault} ${event.phase}`] : []));
}

function whyOf(ran: Ran): unknown {
  return ran.events.flatMap((event) => (event.kind === 'cell-end' ? [event.reason] : []))[0];
}

const uploaded = '{ image: next, slot: 1, pending: false }';

t.test('a knob lasts as long as its step', async (t) => {
  const ran = await runText(
    pipelineText(`
  - upload: { image: next }
    fault: { do: knob, set: { upload.autopend: true } }
  - expect: { image: next, slot: 1, pending: true }
  - erase: { slot: 1 }
  - upload: { image: next }
  - expect: ${uploaded}`),
  );
  t.equal(whyOf(ran), undefined);
  t.strictSame(ran.outcomes, ['passed']);
  t.strictSame(storyOf(ran), ['knob started', 'knob ended']);
});

t.test('as a step of its own it lasts until it is cleared', async (t) => {
  const ran = await runText(
    pipelineText(`
  - id: eager
    fault: { do: knob, set: { upload.autopend: true } }
  - upload: { image: next }
  - expect: { image: next, slot: 1, pending: true }
  - fault: { clear: eager }
  - erase: { slot: 1 }
  - upload: { image: next }
  - expect: ${uploaded}
  - fault: { clear: eager }`),
  );
  t.match(stepEnds(ran).get('steps[6]')?.outcome, 'passed');
  t.match(stepEnds(ran).get('steps[7]')?.diagnostics, [{ code: 'fault-unknown' }], 'what does not stand cannot be cleared');
});

t.test('everything but knobs changes with the next boot, and changes back', async (t) => {
  const ran = await runText(
    pipelineText(`
  - fault: { do: knob, set: { server.buffers.count: 9, bootloader.mode: overwrite, application.lines: ['another build'] }, at: { boot: 2 }, for: 1h }
  - reset: {}
  - smp: { group: os, command: 6, op: read }
  - expect: { response: { buf_count: 4 } }
  - reset: {}
  - smp: { group: os, command: 6, op: read }
    retry: { max: 5, delay: 1s }
  - expect: { response: { buf_count: 9 } }
  - expect: { log: { match: another build } }
  - smp: { group: os, command: 8, op: read, payload: { query: mode } }
  - expect: { response: { mode: 2 } }
  - fault: { clear: all }
  - reset: {}
  - smp: { group: os, command: 6, op: read }
    retry: { max: 5, delay: 1s }
  - expect: { response: { buf_count: 4 } }`),
  );
  t.equal(whyOf(ran), undefined);
});

const moments: Readonly<Record<string, string>> = {
  progress: '40%',
  offset: '4 KiB',
  'flash-op': '12',
};

for (const [moment, value] of Object.entries(moments)) {
  t.test(`the power goes at ${moment}, and the upload goes on`, async (t) => {
    const ran = await runText(
      pipelineText(`
  - upload: { image: next }
    fault: { at: { ${moment}: ${value} }, do: power-cut, for: 300ms }
  - expect: ${uploaded}`),
    );
    t.equal(whyOf(ran), undefined);
    t.strictSame(storyOf(ran), ['power-cut armed', 'power-cut started', 'power-cut ended']);
    t.equal(ran.events.filter(({ kind }) => kind === 'boot-epoch').length, 2, 'provisioning, and the power that came back');
  });
}

t.test('the power goes when the console says so, when a part of the boot begins, and when a step does', async (t) => {
  const ran = await runText(
    pipelineText(`
  - upload: { image: next }
  - mark-pending: { image: next }
  - fault: { at: { log: /Starting swap/ }, do: power-cut }
  - id: swap
    reset: {}
  - expect: { active: next, confirmed: false }
    within: 60s
  - fault: { at: { boot-phase: application }, do: power-cut }
  - reset: { via: pin }
  - expect: { active: base, confirmed: true }
    within: 60s
  - fault: { at: { step: later }, do: power-cut }
  - expect: { active: base }
  - id: later
    expect: { active: base }
    within: 30s`),
  );
  t.equal(whyOf(ran), undefined);
  t.equal(storyOf(ran).filter((what) => what === 'power-cut started').length, 3);
});

const harmless: Readonly<Record<string, string>> = {
  delay: 'do: delay, by: 50ms',
  duplicate: 'do: duplicate, share: 30%',
  reorder: 'do: reorder, share: 20%, by: 10ms',
  stall: 'do: stall, at: { progress: 40% }, for: 1s',
  'low-mtu': 'do: low-mtu, bytes-max: 128',
};

for (const [name, fault] of Object.entries(harmless)) {
  t.test(`an upload survives ${name}`, async (t) => {
    const ran = await runText(
      pipelineText(`
  - upload: { image: next }
    fault: { ${fault} }
  - expect: ${uploaded}
  - mark-pending: { image: next }`),
      { axes: new Map() },
    );
    t.equal(whyOf(ran), undefined);
    t.ok(storyOf(ran).includes(`${name} started`));
  });
}

t.test('lost packets are seen by the client, and repeat with the seed', async (t) => {
  const text = pipelineText(
    `
  - id: up
    upload: { image: next }
    fault: { do: loss, share: 10% }
  - expect: ${uploaded}`,
    'matrix: { axes: { transport: [udp] } }',
  );
  const ran = await runText(text);
  t.equal(whyOf(ran), undefined);
  const [first, again, other] = [ran, await runText(text), await runText(text, { seed: 2 })].map((one) => stepEnds(one).get('steps[0]'));
  t.ok(Number((first?.result as { retransmitted: number } | undefined)?.retransmitted) > 0, 'something had to be sent again');
  const told = ran.events.flatMap((event) => (event.kind === 'fault' && event.phase === 'ended' ? [event.detail] : []));
  t.match(told, [/^of [0-9]+ packets: [1-9][0-9]* lost, 0 twice, 0 late$/], 'the log says how many were lost');
  t.equal(first?.durationMs, again?.durationMs);
  t.not(first?.durationMs, other?.durationMs);
});

t.test('a link that drops comes back, and the upload is tried again', async (t) => {
  const ran = await runText(
    pipelineText(`
  - upload: { image: next }
    fault: { at: { progress: 40% }, do: link-drop, for: 2s }
    retry: { max: 2, delay: 3s }
  - expect: ${uploaded}`),
  );
  t.equal(whyOf(ran), undefined);
  t.strictSame(storyOf(ran), ['link-drop armed', 'link-drop started', 'link-drop ended']);
});

t.test('a moment that never comes is a failure', async (t) => {
  const ran = await runText(
    pipelineText(`
  - echo: { d: hello }
    fault: { at: { log: no such line }, do: power-cut }`),
  );
  t.match(stepEnds(ran).get('steps[0]')?.diagnostics, [{ code: 'fault-missed', wanted: 'at log no such line' }]);
});

t.test('a fault that the board cannot have makes the cell not applicable, with the reason', async (t) => {
  const [sim] = createBoards(undefined);
  const faults: Readonly<Record<string, RegExp>> = {
    '{ do: knob, set: { upload.autopend: true } }': /`knob` changes a simulated device/,
    '{ at: { boot: 2 }, do: loss }': /part of a boot/,
    '{ at: { log: x }, do: loss }': /needs the console/,
    '{ do: power-cut }': /`power` command/,
  };
  for (const [fault, reason] of Object.entries(faults)) {
    for (const step of [`echo: { d: hello }\n    fault: ${fault}`, `fault: ${fault}`]) {
      const pipeline = parsePipeline(pipelineText(`  - ${step}`));
      const board = { ...sim!, offers: new Set(['answers', 'provision']) };
      const ran = await runPipelines([], { cells: [{ id: 'x@lab', pipeline, board, axes: {}, transport: 'serial' }] });
      t.strictSame(ran.outcomes, ['not-applicable']);
      t.match(whyOf(ran), reason);
    }
  }
  const pipeline = parsePipeline(pipelineText('  - echo: { d: hello }\n    fault: { do: delay }'));
  const board = { ...sim!, offers: new Set(['answers', 'provision']) };
  const ran = await runPipelines([], { cells: [{ id: 'x@lab', pipeline, board, axes: {}, transport: 'serial' }] });
  t.strictSame(ran.outcomes, ['passed'], 'those of the link work on every board');
});
