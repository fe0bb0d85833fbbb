import t from 'tap';
import { loadPipelines } from '../../src/cli/documents.ts';
import { encodeEvent } from '../../src/events/log.ts';
import type { RunEvent } from '../../src/events/event.ts';
import { renderReports } from '../../src/report/index.ts';
import { exitCodeOfRun } from '../../src/run/outcome.ts';
import { BootproofError } from '../../src/base/errors.ts';
import { projectPath } from '../helpers/vectors.ts';
import { parsePipeline, pipelineText, runPipelines, runText, stepEnds } from '../helpers/run.ts';

t.test('the stock pipelines', async (t) => {
  const stock = loadPipelines([projectPath('pipelines')]);
  t.strictSame(stock.diagnostics, [], 'no diagnostics');
  const good = stock.pipelines.filter(({ tags }) => !tags.includes('must-fail') && !tags.includes('slow'));
  const ran = await runPipelines(good);
  const ends = ran.events.filter((event) => event.kind === 'cell-end');
  for (const { cell, outcome, reason } of ends) {
    // Some are about devices that the default board is not; they say what they require, and run on the profiles' boards.
    const pipeline = good.find(({ id }) => cell.startsWith(`${id}@`));
    const elsewhere = pipeline?.requires !== undefined && outcome === 'not-applicable' && reason !== undefined;
    if (!elsewhere) t.equal(outcome, 'passed', `${cell} ${reason ?? ''}`);
  }
  t.equal(ran.exitCode, 0);

  t.test('run the same way twice, to the byte', async (t) => {
    const again = await runPipelines(good);
    t.equal(again.events.map(encodeEvent).join(''), ran.events.map(encodeEvent).join(''));
  });

  t.test('on a device with a damaged image fail where the console is looked at, and name its line', async (t) => {
    const bad = await runPipelines(stock.pipelines.filter(({ id }) => id === 'must-fail.corrupted-in-flash'));
    t.equal(bad.exitCode, 1);
    const failed = [...stepEnds(bad).values()].filter(({ outcome }) => outcome !== 'passed');
    t.equal(failed.length, 1);
    t.match(failed[0], {
      step: 'steps[4]',
      outcome: 'failed',
      diagnostics: [{ code: 'log-forbidden', found: 'E: Image in the secondary slot is not valid!' }],
    });
    t.match(bad.kept.get('console-tail.txt'), 'Swap type: test');
  });
});

/** Steps, and how the cell must end: outcome, the step that decides, its code. */
const cases: readonly [name: string, steps: string, outcome: string, step?: string, code?: string][] = [
  ['an expectation that holds', '  - expect: { active: base, confirmed: true }', 'passed'],
  ['an expectation that does not hold', '  - expect: { active: next }', 'failed', 'steps[0]', 'active-differs'],
  ['a flag that is wrong', '  - expect: { active: base, confirmed: false }', 'failed', 'steps[0]', 'active-differs'],
  ['an image that is absent', '  - expect: { image: next, absent: true }', 'passed'],
  ['an image that is not absent', '  - expect: { image: base, absent: true }', 'failed', 'steps[0]', 'image-differs'],
  ['slots', '  - expect: { slots: [{ slot: 0, image: base, active: true }], exact: true }', 'passed'],
  [
    'slots that are not exactly those',
    '  - upload: { image: next }\n  - expect: { slots: [{ slot: 0, image: base }], exact: true }',
    'failed',
    'steps[1]',
    'slots-differ',
  ],
  ['a slot that must be empty', '  - expect: { slots: [{ slot: 1, empty: true }] }', 'passed'],
  ['an echo and its response', '  - echo: { d: hello }\n  - expect: { response: { r: hello } }', 'passed'],
  ['a response that differs', '  - echo: { d: hello }\n  - expect: { response: { r: hallo } }', 'failed', 'steps[1]', 'response-differs'],
  [
    'an expected error',
    '  - erase: { slot: 0 }\n    expect-error: { group: image, code: NO_FREE_SLOT }\n  - expect: { error: { group: image, code: 9 } }',
    'passed',
  ],
  [
    'another error than expected',
    '  - erase: { slot: 0 }\n    expect-error: { group: image, code: NO_IMAGE }',
    'failed',
    'steps[0]',
    'error-differs',
  ],
  [
    'an expected error that does not come',
    '  - echo: { d: x }\n    expect-error: { group: image, code: NO_IMAGE }',
    'failed',
    'steps[0]',
    'error-missing',
  ],
  ['an error that nobody expects', '  - erase: { slot: 0 }', 'failed', 'steps[0]', 'smp-refused'],
  ['a warning', '  - expect: { active: next }\n    severity: warn', 'passed'],
  ['a step that is not wanted', "  - expect: { active: next }\n    when: '1 > 2'", 'skipped'],
  ['time that passes', '  - wait: { for: 2h }', 'failed', 'steps[0]', 'attempt-timeout'],
  ['a step with too little time', '  - upload: { image: next }\n    timeout: 100ms', 'failed', 'steps[0]', 'step-timeout'],
  ['a line that was said', '  - expect: { log: { match: "/Image version: v1[.]0[.]0/" } }', 'passed'],
  ['a line that was not said', '  - expect: { log: { match: no such line } }\n    within: 3s', 'failed', 'steps[0]', 'log-missing'],
  ['lines in order', '  - expect: { log: { order: [Starting bootloader, Jumping to the first image slot] } }', 'passed'],
  [
    'lines in another order',
    '  - expect: { log: { order: [Jumping to the first image slot, Starting bootloader] } }',
    'failed',
    'steps[0]',
    'log-missing',
  ],
  ['an absence', '  - expect: { log: { none: panic }, for: 5s }', 'passed'],
  [
    'an absence whose window never ends',
    '  - expect: { log: { none: panic }, until: { active: next } }\n    within: 5s',
    'failed',
    'steps[0]',
    'log-window-open',
  ],
  ['an absence that is none', '  - expect: { log: { none: Starting bootloader }, for: 5s }', 'failed', 'steps[0]', 'log-forbidden'],
  [
    'a line of the boot before',
    '  - reset: {}\n  - expect: { log: { none: Starting bootloader }, for: 0s }\n    severity: warn\n  - wait: { until: { log: Starting bootloader } }',
    'passed',
  ],
  ['a value', "  - id: say\n    echo: { d: hello }\n  - expect: { value: '${{ steps.say.r }}', equals: hello }", 'passed'],
  [
    'a value that is too small',
    "  - id: up\n    upload: { image: next }\n  - expect: { value: '${{ steps.up.rate }}', at-least: 1 MiB/s }",
    'failed',
    'steps[1]',
    'value-differs',
  ],
  [
    'a capture',
    "  - echo: { d: hello }\n    save: { said: r }\n  - echo: { d: '${{ saved.said }} again' }\n  - expect: { response: { r: hello again } }",
    'passed',
  ],
  [
    'a program',
    "  - exec: { run: [node, -e, 'console.log(JSON.stringify({ a: 1 }))'], parse: json }\n    save: { a: value.a }\n  - expect: { value: '${{ saved.a }}', equals: 1 }",
    'passed',
  ],
  ['a program that fails', "  - exec: { run: [node, -e, 'process.exit(3)'] }", 'failed', 'steps[0]', 'exec-exit'],
  ['a program that is not there', '  - exec: { run: [no-such-program-here] }', 'infra', 'steps[0]', 'command-not-started'],
  ['something that stays', '  - expect: { active: base }\n    stays: 5s', 'passed'],
  [
    'something that does not stay',
    '  - upload: { image: next }\n  - mark-pending: { image: next }\n  - reset: {}\n  - expect: { active: next }\n    within: 60s\n  - expect: { log: { none: MPU FAULT }, for: 1s }',
    'passed',
  ],
];

t.test('steps and expectations', async (t) => {
  for (const [name, steps, outcome, step, code] of cases) {
    const ran = await runText(pipelineText(steps));
    t.equal(
      ran.outcomes[0],
      outcome,
      `${name}: ${outcome} ${JSON.stringify(ran.events.find((event) => event.kind === 'cell-end')?.reason ?? '')}`,
    );
    if (step !== undefined) t.match(stepEnds(ran).get(step), { outcome, diagnostics: [{ code }] }, `${name}: ${step} ${code}`);
  }
});

t.test('what is decided without running', async (t) => {
  const of = async (extra: string): Promise<[string | undefined, string | undefined]> => {
    const ran = await runText(pipelineText('  - echo: { d: x }', extra));
    const end = ran.events.find((event) => event.kind === 'cell-end');
    t.notOk(ran.events.some((event) => event.kind === 'attempt-start'));
    return [end?.outcome, end?.reason];
  };
  t.match(await of('requires: bootloader.mode == "direct-xip"'), ['not-applicable', /does not hold/]);
  t.match(await of('requires: camera'), ['not-applicable', /nothing is known about `camera`/]);
  t.match(await of('matrix: { axes: { transport: [pigeon] } }'), ['not-applicable', /has no transport pigeon/]);
  t.equal(exitCodeOfRun(['not-applicable', 'skipped'], false), 2, 'a run that judged nothing is no good run');
  t.equal(exitCodeOfRun([], false), 2);
});

t.test('a cell none of whose expectations was reached has proven nothing', async (t) => {
  const never = 'when: \'${{ cell.board == "elsewhere" }}\'';
  const endOf = async (steps: string): Promise<Extract<RunEvent, { kind: 'cell-end' }> | undefined> =>
    (await runText(pipelineText(`  - echo: { d: x }\n${steps}`, ''))).events.find((event) => event.kind === 'cell-end');
  t.match(await endOf(`  - expect: { active: base }\n    ${never}\n`), {
    outcome: 'skipped',
    reason: 'no expectation was reached, of 1: nothing is proven',
  });
  const loop = `  - repeat: { count: 2, steps: [{ expect: { active: base } }, { erase: { slot: 1 }, expect-error: { code: 1 } }] }\n    ${never}\n`;
  t.match(await endOf(loop), { outcome: 'skipped', reason: /of 2: nothing is proven/ });
  t.match(
    await endOf(`${loop}  - expect: { active: 0 }\n    severity: warn\n`),
    { outcome: 'skipped' },
    'what can only warn proves nothing',
  );
  t.match(await endOf(`${loop}  - expect: { active: base }\n`), { outcome: 'passed' }, 'one that held is a proof');
  const actions = await runText(pipelineText('  - echo: { d: x }\n', ''));
  t.strictSame(actions.outcomes, ['passed'], 'actions that are all there is are judged by themselves');
  t.ok(
    actions.events.some((event) => event.kind === 'note' && /^no expectations in .*: a pass/.test(event.text)),
    'and that is said',
  );
});

t.test('forbid-log', async (t) => {
  const ran = await runText(pipelineText('  - reset: {}\n  - wait: { for: 30s }\n', 'forbid-log: ["Jumping to the first"]'));
  t.strictSame(ran.outcomes, ['failed']);
  t.match(
    ran.events.find((event) => event.kind === 'cell-end'),
    { reason: /Jumping to the first image slot.*forbid-log/ },
  );
});

t.test('the teardown runs whatever happened, and never changes the outcome', async (t) => {
  const teardown = '\nteardown:\n  - erase: { slot: 0 }\n  - echo: { d: end }\n';
  const failing = await runText(pipelineText('  - expect: { active: next }', '') + teardown);
  t.strictSame(failing.outcomes, ['failed']);
  t.equal(stepEnds(failing).get('teardown[0]')?.outcome, 'failed');
  t.equal(stepEnds(failing).get('teardown[1]')?.outcome, 'passed');
  t.ok(failing.events.some((event) => event.kind === 'note' && event.text.includes('dirty')));
  const passing = await runText(pipelineText('  - echo: { d: x }', '') + teardown);
  t.strictSame(passing.outcomes, ['passed']);
});

t.test('a cancelled run tears down, and each cell has its outcome', async (t) => {
  const controller = new AbortController();
  const pipeline = parsePipeline(
    pipelineText('  - wait: { for: 20m }\n', 'matrix: { axes: { transport: [serial, udp] } }') + '\nteardown:\n  - echo: { d: end }\n',
  );
  const events: RunEvent[] = [];
  const ran = await runPipelines([pipeline], {
    signal: controller.signal,
    write: (event) => {
      events.push(event);
      if (event.kind === 'step-start' && event.verb === 'wait') {
        controller.abort(new BootproofError('cancelled', { fault: 'cancelled', code: 'cancelled' }));
      }
    },
  });
  t.strictSame(ran.outcomes, ['aborted', 'not-run']);
  t.equal(ran.exitCode, 130);
  t.ok(events.some((event) => event.kind === 'step-end' && event.step === 'teardown[0]' && event.outcome === 'passed'));
  const [tap] = renderReports(events, ['tap']);
  t.match(tap?.text, /^1\.\.2$/m);
});

t.test('wrong inputs break the cell, not the run', async (t) => {
  const missing = await runText(
    pipelineText('  - upload: { image: next }').replace("{ version: '1.1.0', size: 16 KiB }", "{ version: '1.1.0', size: 15 MiB }"),
  );
  t.strictSame(missing.outcomes, ['failed'], 'an image that is too large for the slot is refused by the device');
  const noFile = await runText(pipelineText('  - upload: { image: next }'), { set: new Map([['next', '/nonexistent/app.bin']]) });
  t.strictSame(noFile.outcomes, ['broken']);
  t.match(
    noFile.events.find((event) => event.kind === 'cell-end'),
    { reason: /cannot read .*no such file/ },
  );
});
