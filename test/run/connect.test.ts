/** `connect`, `disconnect`, and what `wait` waits for, on the board in memory. */

import t from 'tap';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { createRng } from '../../src/base/rng.ts';
import { defaultProfile } from '../../src/sim/profile.ts';
import { boardOf } from '../helpers/boards.ts';
import { pipelineText, runText, stepEnds } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';

function codesOf(ran: Ran): unknown[] {
  return [
    ran.outcomes,
    [...stepEnds(ran).values()].flatMap(({ diagnostics }) =>
      diagnostics.map(({ code, message }) => (code === 'internal-error' ? message : code)),
    ),
  ];
}

t.test('a link that was closed is opened again by connect alone, over the transport that it names', async (t) => {
  const ran = await runText(
    pipelineText(`  - echo: { d: one }
  - disconnect: {}
  - wait: { until: { disconnect: true }, timeout: 1s }
  - reset: { via: pin }
  - connect: {}
  - echo: { d: two }
  - connect: { transport: udp }
  - echo: { d: three }
  - wait: { until: { port: udp }, timeout: 5s }
  - wait: { until: { port: serial-raw }, timeout: 5s }
  - connect: {}
  - expect: { active: base }
    within: 60s
`),
  );
  t.strictSame(codesOf(ran), [['passed'], []]);
  const frames = ran.events.flatMap((event) => (event.kind === 'wire' && event.summary?.startsWith('os echo request') ? [event] : []));
  t.equal(frames.length >= 3, true, 'each was sent');
});

t.test('a loop finds the link closed where lint cannot see it', async (t) => {
  const ran = await runText(
    pipelineText(`  - repeat:
      count: 2
      steps:
        - echo: { d: again }
        - disconnect: {}
`),
  );
  t.strictSame(codesOf(ran).flat(2).includes('link-parted'), true);
  t.strictSame(ran.outcomes, ['broken']);
});

t.test('the teardown has its link, whatever the steps closed', async (t) => {
  const ran = await runText(
    `${pipelineText(`  - disconnect: {}
`)}teardown:
  - expect: { active: base }
`,
  );
  t.strictSame(codesOf(ran), [['passed'], []]);
});

t.test('a pipeline that ends with a closed link and a boot is not asked for an answer', async (t) => {
  const ran = await runText(pipelineText('  - disconnect: {}\n  - power: { cycle: true }\n'));
  t.strictSame(codesOf(ran), [['passed'], []]);
});

t.test('a board without the transport is not applicable', async (t) => {
  for (const step of ['connect: { transport: canbus }', 'wait: { until: { port: canbus }, timeout: 5s }']) {
    const ran = await runText(pipelineText(`  - ${step}\n`));
    t.strictSame(ran.outcomes, ['not-applicable']);
    t.match(
      ran.events.find(({ kind }) => kind === 'cell-end'),
      { reason: /transport canbus, which board sim does not have/ },
    );
  }
});

t.test('a board advertises while its firmware runs and nobody is connected', async (t) => {
  const advertising = (timeout: string): string => `  - wait: { until: { advertising: ble }, timeout: ${timeout} }\n`;
  const heard = await runText(
    pipelineText(`  - reset: {}\n${advertising('20s')}  - connect: { transport: ble }\n  - disconnect: {}\n${advertising('5s')}`),
  );
  t.strictSame(codesOf(heard), [['passed'], []]);
  t.ok(heard.events.some((event) => event.kind === 'wire'));
  for (const silenced of ['power: { off: true }', 'connect: { transport: ble }']) {
    const ran = await runText(pipelineText(`  - ${silenced}\n${advertising('25s')}`));
    t.strictSame(codesOf(ran), [['failed'], ['advertising-missing']], silenced);
    const { message = '' } = stepEnds(ran).get('steps[1]')?.diagnostics[0] ?? {};
    t.match(message, /the board does not advertise on ble: .* within 25 s/);
  }
});

t.test('what cannot advertise is not applicable, or told when the step runs', async (t) => {
  const known = await runText(pipelineText('  - wait: { until: { advertising: serial }, timeout: 5s }\n'));
  t.strictSame(known.outcomes, ['not-applicable']);
  t.match(
    known.events.find(({ kind }) => kind === 'cell-end'),
    { reason: /sim does not advertise on serial/ },
  );
  const { signal } = new AbortController();
  const options = { transport: 'udp', clock: createVirtualClock(), rng: createRng(1), signal, emit: () => undefined };
  const device = await boardOf(defaultProfile).open(options);
  await t.rejects(device.hear('udp', 5000, signal), { code: 'advertising-not-possible', fault: 'input' });
  await device.close();
});

t.test('a link that stays ends the wait at its limit', async (t) => {
  const ran = await runText(pipelineText('  - wait: { until: { disconnect: true }, timeout: 2s }\n'));
  t.strictSame(codesOf(ran), [['failed'], ['link-stays']]);
  t.match(stepEnds(ran).get('steps[0]')?.diagnostics[0]?.message, /did not break within 2 s/);
});

t.test('a link that drops ends the wait', async (t) => {
  const ran = await runText(
    pipelineText(`  - parallel:
      - steps: [{ wait: { until: { disconnect: true }, timeout: 20s } }]
      - steps: [{ wait: { for: 3s } }, { fault: { do: link-drop } }]
`),
  );
  t.strictSame(codesOf(ran), [['passed'], []]);
});
