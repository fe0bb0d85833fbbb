/** Each rule of the design has its proof: the table names tests that are there, and what no other test shows is shown here. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { exitCodeOfRun } from '../../../src/run/outcome.ts';
import { runCommand } from '../../cli/command.ts';
import { pipelineText, runText, stepEnds, type Ran } from '../../helpers/run.ts';
import { projectPath } from '../../helpers/vectors.ts';
import { rules } from './rules.ts';

/** Undefined when it is there. A mistake of `test/failing` is named with the code that it must show. */
function missing(proof: string): string | undefined {
  if (proof.startsWith('failing/')) {
    const [name = '', code = ''] = proof.split(' ');
    const golden = projectPath(`test/${name}.err`);
    return existsSync(golden) && readFileSync(golden, 'utf8').includes(`[${code}]`) ? undefined : proof;
  }
  const [file = '', name = ''] = proof.split(' > ');
  const path = projectPath(`test/${file}`);
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return [`'${name}`, `\`${name}`].some((title) => text.includes(title)) ? undefined : proof;
}

for (const [section, sentences] of Object.entries(rules)) {
  t.test(section, (t) => {
    for (const [sentence, proofs] of Object.entries(sentences)) {
      t.ok(proofs.length > 0, sentence);
      t.same(
        proofs.map(missing).filter((proof) => proof !== undefined),
        [],
        sentence,
      );
    }
    t.end();
  });
}

/** How long a step took, in milliseconds of the board's clock. */
function durationOf(ran: Ran, step: string): number {
  const begun = ran.events.find((event) => event.kind === 'step-start' && event.step === step);
  return (stepEnds(ran).get(step)?.at ?? 0) - (begun?.at ?? 0);
}

function reasonOf(ran: Ran): string {
  return ran.events.find((event) => event.kind === 'cell-end')?.reason ?? '';
}

const trial = '  - upload: { image: next }\n  - mark-pending: { image: next }\n  - reset: {}\n';

t.test('within waits until it is true', async (t) => {
  const ran = await runText(pipelineText(`${trial}  - expect: { active: next }\n    within: 60s`));
  t.same(ran.outcomes, ['passed']);
  t.ok(durationOf(ran, 'steps[3]') > 100 && durationOf(ran, 'steps[3]') < 60_000, String(durationOf(ran, 'steps[3]')));
  const never = await runText(pipelineText('  - expect: { active: next }\n    within: 7s'));
  t.same(never.outcomes, ['failed']);
  t.ok(durationOf(never, 'steps[0]') >= 7000 && durationOf(never, 'steps[0]') < 9000);
});

t.test('stays fails at the moment at which it no longer holds', async (t) => {
  const ran = await runText(
    pipelineText(`  - upload: { image: next }
  - parallel:
      - steps: [{ expect: { image: next, slot: 1 }, stays: 60s }]
      - steps: [{ wait: { for: 5s } }, { erase: { slot: 1 } }, { wait: { for: 50s } }]`),
  );
  const watched = 'steps[1].parallel[0].steps[0]';
  t.match(stepEnds(ran).get(watched), { outcome: 'failed', diagnostics: [{ code: 'image-differs' }] });
  t.ok(durationOf(ran, watched) >= 5000 && durationOf(ran, watched) < 20_000, String(durationOf(ran, watched)));
  const stayed = await runText(pipelineText('  - expect: { active: base }\n    stays: 9s'));
  t.same(stayed.outcomes, ['passed']);
  t.ok(durationOf(stayed, 'steps[0]') >= 9000, 'it is watched as long as it says');
});

t.test('neither looks once', async (t) => {
  const ran = await runText(pipelineText('  - expect: { active: next }'));
  t.same(ran.outcomes, ['failed']);
  t.ok(durationOf(ran, 'steps[0]') < 1000);
});

t.test('a window begins with the boot', async (t) => {
  // The boot before the reset said the line, the one after it says another.
  const line = 'log: { match: "Swap type: none" }';
  const ran = await runText(pipelineText(`  - expect: { ${line} }\n${trial}  - expect: { ${line} }\n    within: 30s`));
  t.equal(stepEnds(ran).get('steps[0]')?.outcome, 'passed');
  t.match(stepEnds(ran).get('steps[4]'), { outcome: 'failed', diagnostics: [{ code: 'log-missing' }] });
});

t.test('within and stays: true in the end, and then for that long', async (t) => {
  const ran = await runText(
    pipelineText(`  - parallel:
      - steps: [{ expect: { image: next, slot: 1 }, within: 60s, stays: 9s }]
      - steps: [{ wait: { for: 5s } }, { upload: { image: next } }]`),
  );
  t.same(ran.outcomes, ['passed'], reasonOf(ran));
  t.ok(durationOf(ran, 'steps[0].parallel[0].steps[0]') > 14_000);
});

t.test('silence on a good link for all of `within` is the failure of the product', async (t) => {
  const ran = await runText(
    pipelineText('  - fault: { do: knob, set: { rsp.drop: { group: 1 } } }\n  - expect: { active: base }\n    within: 20s'),
  );
  t.match(stepEnds(ran).get('steps[1]'), { outcome: 'failed', diagnostics: [{ code: 'board-silent' }] });
});

/** Boots whose first line comes long after the step that resets. */
const slowBoot = '  - fault: { do: knob, set: { boot.boot-time: 5s } }\n  - reset: {}\n';

t.test('no line of the boot before counts, although the boot after has not said anything yet', async (t) => {
  const ran = await runText(pipelineText(`${slowBoot}  - expect: { log: { match: Jumping to the first } }`));
  t.match(stepEnds(ran).get('steps[2]'), { outcome: 'failed', diagnostics: [{ code: 'log-missing' }] });
});

t.test('an absence is watched to its end, and an order has one limit', async (t) => {
  const after = (args: string): Promise<Ran> => runText(pipelineText(`${slowBoot}  - expect: ${args}`));
  const code = (ran: Ran): string | undefined => stepEnds(ran).get('steps[2]')?.diagnostics[0]?.code;
  t.equal(code(await after('{ log: { none: Jumping to the first }, for: 20s }')), 'log-forbidden');
  t.equal(code(await after('{ log: { none: panic }, until: { log: Jumping to the first } }')), undefined);
  const open = await after('{ log: { none: panic }, until: { log: no such line } }\n    within: 7s');
  t.equal(code(open), 'log-window-open');
  t.ok(durationOf(open, 'steps[2]') < 8000, String(durationOf(open, 'steps[2]')));
  const order = await after('{ log: { order: [Jumping to the first, no such line] } }\n    within: 7s');
  t.equal(code(order), 'log-missing');
  t.ok(durationOf(order, 'steps[2]') < 8000, String(durationOf(order, 'steps[2]')));
});

t.test('a step that failed has no result', async (t) => {
  const ran = await runText(
    pipelineText('  - id: no\n    erase: { slot: 0 }\n    severity: warn\n  - echo: { d: x }\n    when: has(steps.no)'),
  );
  t.equal(stepEnds(ran).get('steps[1]')?.outcome, 'skipped');
});

t.test('a window begins where `since` says', async (t) => {
  const said =
    '  - { id: again, echo: { d: x } }\n  - reset: {}\n  - { id: later, wait: { until: { log: Jumping to the first }, timeout: 30s } }\n';
  for (const [since, outcome] of [
    ['start', 'passed'],
    ['boot', 'passed'],
    ['step', 'failed'],
    ['mark.again', 'passed'],
    ['mark.later', 'failed'],
  ] as const) {
    const ran = await runText(pipelineText(`${said}  - expect: { log: { match: Jumping to the first }, since: ${since} }`));
    t.same(ran.outcomes, [outcome], `${since}: ${reasonOf(ran)}`);
  }
});

t.test('a value is no YAML', async (t) => {
  const hostile = `"}, reset: {}, x: {y: "#: [*a, &b, !c`;
  const text = pipelineText(
    "  - { id: said, echo: { d: '${{ inputs.word }}' } }\n  - expect: { response: { r: '${{ inputs.word }}' } }\n  - expect: { value: '${{ steps.said.r }}', equals: '${{ inputs.word }}' }",
    `  word: { type: string, default: '${hostile}' }`,
  );
  const ran = await runText(text);
  t.same(ran.outcomes, ['passed'], reasonOf(ran));
  t.same(
    [...stepEnds(ran).keys()].filter((step) => step.startsWith('steps')),
    ['steps[0]', 'steps[1]', 'steps[2]'],
  );
});

t.test('a failed expression says what it read', async (t) => {
  const ran = await runText(
    pipelineText("  - { id: said, echo: { d: hello } }\n  - expect: { value: '${{ steps.said.r == inputs.next.version }}' }"),
  );
  t.same(ran.outcomes, ['failed']);
  const [diagnostic] = stepEnds(ran).get('steps[1]')?.diagnostics ?? [];
  const told = JSON.stringify(diagnostic);
  t.match(told, /steps\.said\.r = hello|steps\.said\.r = \\"hello\\"/, told);
  t.match(told, /inputs\.next\.version = (\\")?1\.1\.0/);
});

t.test('the teardown runs when setup started', async (t) => {
  const teardown = '\nteardown:\n  - echo: { d: end }\n';
  const late = await runText(pipelineText('  - wait: { for: 2h }', 'timeout: 10s') + teardown);
  t.same(late.outcomes, ['failed']);
  t.equal(stepEnds(late).get('teardown[0]')?.outcome, 'passed', 'after the time limit of the pipeline');
  const setup = pipelineText('  - echo: { d: x }').replace('steps:', '  - expect: { active: next }\nsteps:') + teardown;
  const early = await runText(setup);
  t.same(early.outcomes, ['failed']);
  t.equal(stepEnds(early).get('teardown[0]')?.outcome, 'passed', 'after a failure of setup');
  t.notOk(stepEnds(early).has('steps[0]'));
});

t.test('an axis sets the input of its name', async (t) => {
  const ran = await runText(
    pipelineText('  - provision: { image: next }\n  - expect: { active: base }', 'matrix: { axes: { next: [base, other] } }').replace(
      'next:',
      "other: { image: { build: { version: '2.0.0', size: 16 KiB } } }\n  next:",
    ),
  );
  t.same(ran.outcomes, ['passed', 'failed'], 'next is base in one cell, and other in the second');
});

t.test('the time limit is the one that the pipeline states, and evidence is for failures', async (t) => {
  const failure = '\non-failure:\n  - collect: [console-tail]\n';
  const late = await runText(pipelineText('  - wait: { for: 2h }', 'timeout: 10s') + failure);
  t.match(reasonOf(late), /not done after 10 s/);
  t.equal(stepEnds(late).get('on-failure[0]')?.outcome, 'passed');
  const good = await runText(pipelineText('  - expect: { active: base }') + failure);
  t.same([good.outcomes, stepEnds(good).has('on-failure[0]')], [['passed'], false]);
});

t.test('an axis `board` chooses from the bench, and an id stands once in a run', async (t) => {
  const pipeline = pipelineText('  - echo: { d: x }', 'matrix: { axes: { board: [b] } }');
  const bench = `version: 1
kind: bench
boards:
  a: { transports: { serial: 'sim:nrf52840dk' } }
  b: { transports: { serial: 'sim:nrf52840dk' } }
`;
  const cwd = t.testdir({ 'one.pipeline.yaml': pipeline, 'two.pipeline.yaml': pipeline, 'p.bench.yaml': bench });
  const { stdout } = await runCommand(['plan', '--json', '--bench', 'p.bench.yaml', 'one.pipeline.yaml'], { cwd });
  const { cells } = JSON.parse(stdout) as { cells: readonly { board: string }[] };
  t.same(
    cells.map(({ board }) => board),
    ['b'],
  );
  const both = await runCommand(['run', '--bench', 'p.bench.yaml', '--out', 'out', '.'], { cwd });
  t.equal(both.status, 2);
  t.match(both.stdout + both.stderr, /same id|has the id `?test\.inline/);
});

t.test('without a bench there is one board, and without a choice its first transport is used', async (t) => {
  const cwd = t.testdir({ 'one.pipeline.yaml': pipelineText('  - echo: { d: x }') });
  const { cells } = JSON.parse((await runCommand(['plan', '--json', 'one.pipeline.yaml'], { cwd })).stdout) as {
    cells: readonly { board: string; transport: string }[];
  };
  t.same(
    cells.map(({ board, transport }) => [board, transport]),
    [['sim', 'serial']],
  );
});

/** The ids of the pipelines that a plan runs, of three with tags of their own. */
async function planned(cwd: string, plan: string): Promise<readonly string[]> {
  const { stdout } = await runCommand(['plan', '--json', '--plan', join(cwd, plan)], { cwd });
  const { cells } = JSON.parse(stdout) as { cells: readonly { pipeline: string }[] };
  return [...new Set(cells.map(({ pipeline }) => pipeline))];
}

t.test('a plan selects by paths, tags and ids', async (t) => {
  const pipeline = (id: string, tags: string): string => pipelineText('  - echo: { d: x }', `tags: [${tags}]`).replace('test.inline', id);
  const plan = (select: string): string => `version: 1\nkind: plan\nid: p\nselect: ${select}\n`;
  const cwd = t.testdir({
    a: { 'one.pipeline.yaml': pipeline('a.one', 'ota'), 'two.pipeline.yaml': pipeline('a.two', 'ota, slow') },
    b: { 'three.pipeline.yaml': pipeline('b.three', 'smoke') },
    'paths.plan.yaml': plan('{ paths: [b/] }'),
    'tags.plan.yaml': plan('{ paths: [.], tags: [ota], not-tags: [slow] }'),
    'ids.plan.yaml': plan("{ paths: [.], ids: ['a.t*', b.three] }"),
  });
  t.same(await planned(cwd, 'paths.plan.yaml'), ['b.three']);
  t.same(await planned(cwd, 'tags.plan.yaml'), ['a.one']);
  t.same(await planned(cwd, 'ids.plan.yaml'), ['a.two', 'b.three']);
});

t.test('what a board cannot do is left out before the plan is reduced', async (t) => {
  const plan = `version: 1
kind: plan
id: p
select: { paths: [.] }
matrix: { axes: { transport: [serial, udp] }, reduce: { sample: 3 } }
`;
  const bench = `version: 1
kind: bench
boards:
  a: { transports: { serial: 'sim:nrf52840dk', udp: 'sim:nrf52840dk' } }
  b: { transports: { serial: 'sim:nrf52840dk' } }
`;
  const cwd = t.testdir({ 'one.pipeline.yaml': pipelineText('  - echo: { d: x }'), 'p.plan.yaml': plan, 'p.bench.yaml': bench });
  const { stdout, stderr } = await runCommand(['plan', '--json', '--plan', 'p.plan.yaml', '--bench', 'p.bench.yaml'], { cwd });
  t.not(stdout, '', stderr);
  const { cells } = JSON.parse(stdout || '{"cells":[]}') as { cells: readonly { board: string; transport: string }[] };
  t.same(
    cells.map(({ board, transport }) => `${board} ${transport}`).sort(),
    ['a serial', 'a udp', 'b serial'],
    'the sample is drawn from what can run',
  );
});

t.test('a failure of the product is not tried again unless somebody says so', async (t) => {
  const failing = pipelineText('  - expect: { active: next }');
  const plan = 'version: 1\nkind: plan\nid: p\nselect: { paths: [one.pipeline.yaml] }\nretry: { max: 2 }\n';
  const cwd = t.testdir({ 'one.pipeline.yaml': failing, 'p.plan.yaml': plan });
  for (const [index, what] of [['one.pipeline.yaml'], ['--plan', 'p.plan.yaml']].entries()) {
    t.equal((await runCommand(['run', ...what, '--out', `out-${index}`], { cwd })).status, 1);
    const log = readFileSync(join(cwd, `out-${index}`, 'events.jsonl'), 'utf8');
    t.equal(log.match(/"kind":"attempt-start"/g)?.length, 1, what.join(' '));
  }
});

t.test('exit codes', (t) => {
  const code = (...outcomes: Parameters<typeof exitCodeOfRun>[0]): number => exitCodeOfRun(outcomes, false);
  t.equal(code('passed', 'xfailed', 'not-applicable', 'skipped'), 0);
  for (const red of ['failed', 'xpassed', 'flaky'] as const) t.equal(code('passed', red, 'infra', 'broken'), 1, red);
  t.equal(code('passed', 'broken', 'infra'), 2);
  t.equal(code('passed', 'infra'), 3);
  for (const lost of ['not-run', 'aborted'] as const) t.not(code('passed', lost), 0, lost);
  t.equal(exitCodeOfRun(['failed'], true), 130);
  t.end();
});
