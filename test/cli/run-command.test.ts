/** `bootproof run` as a user meets it: the mistakes people make, the lab failing, Ctrl-C, and other programs reading the reports. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { RunEvent } from '../../src/events/event.ts';
import { projectPath } from '../helpers/vectors.ts';
import { runCommand } from './command.ts';
import { startBootproof } from './process.ts';
import { startSim } from './sim-process.ts';

const echo = (extra = '', steps = '  - echo: { d: hello }'): string =>
  `version: 1\nkind: pipeline\nid: test.echo\ntitle: Echo\n${extra}\nsteps:\n${steps}\n`;

t.test('mistakes get one diagnostic, the right exit code and no stack trace', async (t) => {
  const folder = t.testdir({
    'ok.pipeline.yaml': echo(),
    'empty.pipeline.yaml': '',
    'binary.pipeline.yaml': Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x01]),
    'bomb.pipeline.yaml': `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c]\n`,
    'file.bench.yaml': `version: 1\nkind: bench\nboards:\n  far: { transports: { tcp: 'tcp:127.0.0.1:9' } }\n`,
    'missing-input.pipeline.yaml': echo('inputs: { next: { image: { file: nope.bin } } }', '  - upload: { image: next }'),
    'broken.bench.yaml': `version: 1\nkind: bench\nboards:\n  far: { transport: { tcp: 'tcp:127.0.0.1:9' } }\n`,
    nothing: {},
    file: 'a file',
    misnamed: { 'ok.pipeline.yaml': echo(), 'bug-5.yaml': echo(), 'compose.yaml': 'version: 3\nkind: pipeline\n', 'x.yml': 'a: [\n' },
  });
  writeFileSync(join(folder, 'large.pipeline.yaml'), Buffer.alloc(100 * 1024 * 1024));
  mkdirSync(join(folder, 'taken'));
  writeFileSync(join(folder, 'taken', 'events.jsonl'), 'precious\n');

  const cases: readonly [args: string[], exit: number, says: RegExp][] = [
    [['run', 'nope.pipeline.yaml'], 2, /cannot read nope.pipeline.yaml: no such file/],
    [['run', 'empty.pipeline.yaml'], 2, /the file is empty/],
    [['run', 'nothing'], 2, /no pipelines in nothing/],
    [['run', 'misnamed'], 2, /^misnamed\/bug-5.yaml:2:1 error\[misnamed-file\][^]*hint: name it bug-5.pipeline.yaml\s+$/],
    [['lint', 'misnamed'], 2, /^misnamed\/bug-5.yaml:2:1 error\[misnamed-file\][^]*1 error, 0 warnings/],
    [['run', 'binary.pipeline.yaml'], 2, /no text file/],
    [['run', 'large.pipeline.yaml'], 2, /large.pipeline.yaml .*100 MiB/],
    [['run', 'bomb.pipeline.yaml'], 2, /bomb.pipeline.yaml:\d+:\d+ error.*aliases/],
    [['run', 'missing-input.pipeline.yaml'], 2, /nope.bin/],
    [['run', 'ok.pipeline.yaml', '--out', 'file/out'], 2, /cannot write the run to file\/out/],
    [['run', 'ok.pipeline.yaml', '--out', '/proc/nope'], 2, /cannot write the run/],
    [['run', 'ok.pipeline.yaml', '--out', 'taken'], 2, /there is one already/],
    [['run', 'ok.pipeline.yaml', '--on', 'simm'], 2, /did you mean sim\?/],
    [['run', 'ok.pipeline.yaml', '--tag', 'nope'], 2, /none of 1 pipelines/],
    [['run', 'ok.pipeline.yaml', '--set', 'nope=1'], 2, /no selected pipeline has such an input/],
    [['run', 'ok.pipeline.yaml', '--set', 'nope'], 2, /write --set NAME=VALUE/],
    [['run', 'ok.pipeline.yaml', '--seed', 'x'], 2, /not a whole number/],
    [['run', 'ok.pipeline.yaml', '--report', 'html5'], 2, /there is no report "html5"/],
    [['run', 'ok.pipeline.yaml', '--bench', 'broken.bench.yaml'], 2, /broken.bench.yaml:4:\d+ error.*did you mean `transports`/s],
    [['run', 'ok.pipeline.yaml', '--bench', 'ok.pipeline.yaml'], 2, /a bench is needed here/],
    [['run', 'ok.pipeline.yaml', '--bench', 'file.bench.yaml', '--out', 'o1'], 3, /cannot open tcp:127.0.0.1:9/],
    [['report', '--from', 'nope', '--report', 'tap'], 2, /cannot read the run nope/],
    [['report', '--from', 'file', '--report', 'tap'], 2, /no events/],
    [['rnu'], 2, /Did you mean run\?/],
    [['run', '--no-such-flag'], 2, /unknown option/],
  ];
  for (const [args, exit, says] of cases) {
    const ran = await runCommand(args, { cwd: folder });
    t.equal(ran.status, exit, args.join(' '));
    t.match(ran.stdout + ran.stderr, says, `${args.join(' ')}: says ${String(says)}`);
    t.notMatch(ran.stdout + ran.stderr, /\n\s+at .*:\d+:\d+\)?\n/, `${args.join(' ')}: no stack trace`);
  }
  t.equal(readFileSync(join(folder, 'taken', 'events.jsonl'), 'utf8'), 'precious\n', 'what was written before is still there');
});

t.test('a board that goes away in the middle is an infra outcome with its address', async (t) => {
  const folder = t.testdir({ 'wait.pipeline.yaml': echo('', '  - echo: { d: hello }\n  - wait: { for: 3s }\n  - echo: { d: again }') });
  const sim = await startSim(t, ['--tcp', '127.0.0.1:0']);
  const [address] = sim.faces['tcp'] ?? [];
  writeFileSync(join(folder, 'lab.bench.yaml'), `version: 1\nkind: bench\nboards:\n  b: { transports: { serial: '${address}' } }\n`);
  const running = startBootproof(['run', 'wait.pipeline.yaml', '--bench', 'lab.bench.yaml', '--out', 'out'], { cwd: folder });
  const log = join(folder, 'out', 'events.jsonl');
  while (!existsSync(log) || !readFileSync(log, 'utf8').includes('"step":"steps[0]","outcome":"passed"'))
    await new Promise((resolve) => setTimeout(resolve, 20));
  sim.child.kill('SIGKILL');
  const { code, stdout } = await running.ended;
  t.equal(code, 3);
  t.match(stdout, /outcome: "infra"/);
  t.match(stdout, new RegExp(address ?? 'nothing'));
});

/** Twice, because the kernel and the shell both tell of a terminal that is closed. */
const closed = ['SIGHUP', 'SIGHUP'] as const;

for (const signals of [['SIGINT'], closed] as const)
  t.test(`${signals.join(' and ')} tears down and writes the reports`, async (t) => {
    const folder = t.testdir({ 'wait.pipeline.yaml': `${echo('', '  - wait: { for: 20s }')}teardown:\n  - echo: { d: bye }\n` });
    const running = startBootproof(['run', 'wait.pipeline.yaml', '--real-time', '--out', 'out'], { cwd: folder });
    const log = join(folder, 'out', 'events.jsonl');
    while (!existsSync(log) || !readFileSync(log, 'utf8').includes('attempt-start'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 300));
    for (const signal of signals) running.child.kill(signal);
    const { code, stdout } = await running.ended;
    t.equal(code, 130);
    t.match(stdout, /not ok 1 .*\n(.*\n)*? *outcome: "aborted"/);
    t.match(stdout, /teardown\[0\]"\n.*\n.*\n\s+outcome: "passed"/);
    t.ok(existsSync(join(folder, 'out', 'junit.xml')));
  });

t.test('a report of a log that is not whole is no success, and of runs that are no pass it says so', async (t) => {
  const folder = t.testdir({
    'a.pipeline.yaml': echo('', '  - expect: { bricked: false }'),
    'no.pipeline.yaml': echo('', '  - echo: { d: x }\n    when: "1 > 2"\n  - expect: { bricked: false }\n    when: "1 > 2"'),
  });
  const skipped = await runCommand(['run', 'no.pipeline.yaml', '--out', 'skipped'], { cwd: folder });
  t.equal(skipped.status, 2, 'nothing was judged');
  t.match(skipped.stdout, /^ok 1 .* # SKIP no expectation was reached/m);
  t.match(skipped.stderr, 'no cell was judged');
  await runCommand(['run', 'a.pipeline.yaml', '--out', 'whole'], { cwd: folder });
  const log = readFileSync(join(folder, 'whole', 'events.jsonl'), 'utf8');
  const lines = log.trimEnd().split('\n');
  const texts = {
    'killed.jsonl': lines.slice(0, -1),
    'torn.jsonl': [...lines.slice(0, -1), lines.at(-1)!.slice(0, 20)],
    'damaged.jsonl': lines.with(5, lines[5]!.slice(3)),
    'headless.jsonl': lines.slice(2),
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text.join('\n'));
  const codes: Record<string, number> = {};
  for (const name of ['whole', 'skipped', ...Object.keys(texts)]) {
    const told = await runCommand(['report', '--from', name, '--report', 'tap'], { cwd: folder });
    codes[name] = told.status;
    t.equal(told.stderr.includes('The run is no pass'), name !== 'whole', name);
  }
  t.same(codes, { whole: 0, skipped: 0, 'killed.jsonl': 3, 'torn.jsonl': 3, 'damaged.jsonl': 3, 'headless.jsonl': 3 });
});

t.test('other programs accept the reports', async (t) => {
  const folder = t.testdir();
  const ran = await runCommand([
    'run',
    projectPath('pipelines/ota/confirm-without-hash.pipeline.yaml'),
    projectPath('pipelines/must-fail'),
    '--out',
    join(folder, 'out'),
  ]);
  t.equal(ran.status, 1);
  for (const name of ['tap', 'junit']) {
    const again = await runCommand(['report', '--from', join(folder, 'out'), '--report', name]);
    t.equal(
      again.stdout,
      readFileSync(join(folder, 'out', name === 'tap' ? 'results.tap' : 'junit.xml'), 'utf8'),
      `report --from gives the same ${name}`,
    );
  }
  t.equal(ran.stdout, readFileSync(join(folder, 'out', 'results.tap'), 'utf8'), 'what was streamed is what was written');
  for (const [program, ...args] of [
    ['prove', '-e', 'cat', join(folder, 'out', 'results.tap')],
    ['xmllint', '--noout', join(folder, 'out', 'junit.xml')],
  ] as const) {
    const read = spawnSync(program, args, { encoding: 'utf8' });
    if (read.error !== undefined) {
      if (process.env['CI'] === undefined) t.pass(`${program} is missing`, { skip: `${program} is not installed` });
      else t.fail(`${program} is missing`);
    } else if (program === 'prove') t.match(read.stdout, /Failed 1\/2 subtests/, 'prove counts as we do');
    else t.equal(read.status, 0, read.stderr);
  }
});

t.test('the log of a run names the documents that this run is made of, and no others', async (t) => {
  const folder = t.testdir({ 'a.pipeline.yaml': echo(), 'b.pipeline.yaml': echo() });
  for (const name of ['a', 'b']) {
    t.equal((await runCommand(['run', `${name}.pipeline.yaml`, '--out', name], { cwd: folder })).status, 0);
    const log = readFileSync(join(folder, name, 'events.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const read = log.map((line) => JSON.parse(line) as RunEvent).filter((event) => event.kind === 'file-read');
    t.same(
      read.map(({ path }) => path),
      [`${name}.pipeline.yaml`],
    );
  }
});
