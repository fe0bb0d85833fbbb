/** `bootproof run` that is killed or interrupted, and `--resume`: the real command, and a board that outlives it. */

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { RunEvent } from '../../src/events/event.ts';
import { decodeEvents } from '../../src/events/log.ts';
import { runCommand } from './command.ts';
import { bootproof, startBootproof } from './process.ts';
import { addressOf, connectClient, listImages, signedImage, startSim } from './sim-process.ts';

const eventsOf = (out: string): readonly RunEvent[] => {
  const log = join(out, 'events.jsonl');
  return existsSync(log) ? decodeEvents(readFileSync(log, 'utf8')).events : [];
};

/** Waits until the log of a run has an event, or the run has ended. */
async function seen(running: ReturnType<typeof startBootproof>, out: string, is: (event: RunEvent) => boolean): Promise<boolean> {
  for (;;) {
    if (eventsOf(out).some(is)) return true;
    if (running.child.exitCode !== null) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const stepStart =
  (step: string, attempt: number) =>
  (event: RunEvent): boolean =>
    event.kind === 'step-start' && event.step === step && event.attempt === attempt;

t.test('a board of the lab is torn down after each death of the runner', { timeout: 300_000 }, async (t) => {
  // The first expectation holds only when the teardown of the attempt before has had its effect on the board.
  const folder = t.testdir({
    'next.bin': Buffer.from(signedImage(2, 6000)),
    'a.pipeline.yaml': `version: 1
kind: pipeline
id: test.killed
title: killed
inputs: { next: { image: { file: next.bin } } }
setup:
  - expect: { image: next, absent: true }
  - upload: { image: next }
  - exec: { run: [sh, -c, 'test -e fast || sleep 30'] }
steps:
  - exec: { run: [sh, -c, 'test -e faster || sleep 30'] }
teardown:
  - exec: { run: [sh, -c, 'test -e fastest || sleep 30'] }
  - erase: { slot: 1 }
`,
  });
  process.env['BOOTPROOF_CLAIMS'] = join(folder, 'claims');
  const sim = await startSim(t, ['--tcp', '127.0.0.1:0', '--speed', '4']);
  const address = addressOf(sim, 'tcp');
  writeFileSync(
    join(folder, 'lab.bench.yaml'),
    `version: 1\nkind: bench\nboards:\n  b: { facts: { smp: { image: true } }, transports: { serial: '${address}' } }\n`,
  );
  const out = join(folder, 'out');
  const slots = async (): Promise<number> => {
    const client = await connectClient(t, address);
    const list = await listImages(client);
    await client.close();
    return list.length;
  };
  const killAt = async (args: readonly string[], step: string, attempt: number, also?: () => void): Promise<void> => {
    const running = startBootproof(['run', ...args], { cwd: folder });
    if (!(await seen(running, out, stepStart(step, attempt)))) t.fail((await running.ended).stderr);
    also?.();
    running.child.kill('SIGKILL');
    await running.ended;
  };

  await killAt(['a.pipeline.yaml', '--bench', 'lab.bench.yaml', '--out', 'out'], 'setup[2]', 1, () => {
    const second = bootproof(['run', '--resume', 'out'], { cwd: folder });
    t.equal(second.status, 2);
    t.match(second.stderr, /still going on: process \d+ writes it/);
  });
  t.equal(await slots(), 2, 'the board is dirty');
  t.match(
    (await runCommand(['report', '--from', 'out', '--report', 'tap'], { cwd: folder })).stdout,
    /^not ok 1 .*\n(.*\n)*? *outcome: "aborted"/m,
  );
  const image = readFileSync(join(folder, 'next.bin'));
  writeFileSync(join(folder, 'next.bin'), signedImage(3, 6000));
  const changed = await runCommand(['run', '--resume', 'out'], { cwd: folder });
  t.equal(changed.status, 2);
  t.match(changed.stderr, /next.bin is not what it was when the run began/);
  writeFileSync(join(folder, 'next.bin'), image);
  writeFileSync(join(folder, 'fast'), '');
  writeFileSync(join(folder, 'fastest'), '');
  await killAt(['--resume', 'out'], 'steps[0]', 2);
  writeFileSync(join(folder, 'faster'), '');
  await killAt(['--resume', 'out'], 'teardown[1]', 3);
  const last = bootproof(['run', '--resume', 'out'], { cwd: folder });
  t.equal(last.status, 0, last.stdout + last.stderr);
  t.equal(await slots(), 1, 'the board is clean');
  const events = eventsOf(out);
  const attempts = events.flatMap((event) => (event.kind === 'attempt-end' ? [`${event.attempt} ${event.outcome}`] : []));
  t.same(attempts, ['1 aborted', '2 aborted', '3 aborted', '4 passed']);
  const ends = events.filter((event) => event.kind === 'cell-end');
  t.equal(ends.length, 1);
  t.equal(last.stdout, readFileSync(join(out, 'results.tap'), 'utf8'));
  for (const [name, file] of [
    ['tap', 'results.tap'],
    ['junit', 'junit.xml'],
  ] as const)
    t.equal(
      (await runCommand(['report', '--from', 'out', '--report', name], { cwd: folder })).stdout,
      readFileSync(join(out, file), 'utf8'),
      `report --from gives the same ${name}`,
    );
  t.same(
    readdirSync(out).filter((name) => name.startsWith('run.')),
    [],
    'the folder is free again',
  );
  const finished = await runCommand(['run', '--resume', 'latest'], { cwd: folder });
  t.equal(finished.status, 0);
  t.match(finished.stderr, /is finished: nothing is left to run/);
  t.equal(eventsOf(out).length, events.length);
  sim.child.kill('SIGTERM');
  await sim.ended;
});

t.test('Ctrl-C twice stops at once, and the run goes on when it is resumed', { timeout: 200_000 }, async (t) => {
  const text = (id: string): string => `version: 1
kind: pipeline
id: ${id}
title: ${id}
inputs: { base: { image: { build: { version: '1.0.0', size: 6 KiB } } } }
setup:
  - provision: { image: base, confirmed: true }
steps:
  - exec: { run: [sh, -c, 'test -e fast || sleep 60'] }
teardown:
  - exec: { run: [sh, -c, 'test -e fast || sleep 60'] }
`;
  const folder = t.testdir({ 'a.pipeline.yaml': text('test.a'), 'b.pipeline.yaml': text('test.b') });
  const out = join(folder, 'out');
  const running = startBootproof(['run', '.', '--real-time', '--out', 'out', '--seed', '7'], { cwd: folder });
  await seen(running, out, stepStart('steps[0]', 1));
  running.child.kill('SIGINT');
  t.ok(await seen(running, out, stepStart('teardown[0]', 1)), 'the teardown has begun');
  running.child.kill('SIGINT');
  const { code } = await running.ended;
  t.equal(code, 130);
  t.notOk(eventsOf(out).some(({ kind }) => kind === 'run-end'));

  const cases: readonly [args: string[], says: RegExp][] = [
    [['--resume', 'out', '--seed', '8'], /--seed cannot be given together with --resume/],
    [['--resume', 'out', 'a.pipeline.yaml'], /a.pipeline.yaml cannot be given together with --resume/],
    [['--resume', 'nope'], /cannot resume the run in nope: no such file/],
  ];
  for (const [args, says] of cases) {
    const refused = await runCommand(['run', ...args], { cwd: folder });
    t.equal(refused.status, 2, args.join(' '));
    t.match(refused.stderr, says);
  }
  writeFileSync(join(folder, 'b.pipeline.yaml'), `${text('test.b')}# changed\n`);
  const changed = await runCommand(['run', '--resume', 'out'], { cwd: folder });
  t.equal(changed.status, 2);
  t.match(changed.stderr, /^error: the run cannot be resumed: b.pipeline.yaml is not what it was when the run began/);
  writeFileSync(join(folder, 'b.pipeline.yaml'), text('test.b'));

  writeFileSync(join(folder, 'fast'), '');
  const resumed = await runCommand(['run', '--resume', 'out'], { cwd: folder });
  t.equal(resumed.status, 0, resumed.stdout + resumed.stderr);
  t.match(resumed.stdout, /seed 7/);
  t.match(resumed.stdout, /^# 2 passed$/m);
});

t.test('a cell that moved to another board goes on there, after its teardown there', { timeout: 200_000 }, async (t) => {
  const folder = t.testdir({
    'a.pipeline.yaml': `version: 1
kind: pipeline
id: test.moves
title: moves
steps:
  - echo: { d: one }
  - exec: { run: [sh, -c, 'test -e fast || sleep 60'] }
    when: cell.id.contains("@x") && cell.board == "y"
  - fault: { do: loss, share: 100% }
    when: cell.board == "x"
  - echo: { d: two }
teardown:
  - echo: { d: bye }
`,
  });
  process.env['BOOTPROOF_CLAIMS'] = join(folder, 'claims');
  const sims = await Promise.all([1, 2].map(() => startSim(t, ['--udp', '127.0.0.1:0', '--speed', '4'])));
  const boards = ['x', 'y'].map(
    (name, index) =>
      `  ${name}: { labels: [k], facts: { smp: { image: true } }, transports: { udp: '${addressOf(sims[index]!, 'udp')}' } }\n`,
  );
  writeFileSync(join(folder, 'lab.bench.yaml'), `version: 1\nkind: bench\nboards:\n${boards.join('')}`);
  const out = join(folder, 'out');
  const args = ['run', 'a.pipeline.yaml', '--bench', 'lab.bench.yaml', '--retry', '1', '--retry-board', 'other', '--out', 'out'];
  const running = startBootproof(args, { cwd: folder });
  if (!(await seen(running, out, stepStart('steps[1]', 2)))) t.fail((await running.ended).stderr);
  running.child.kill('SIGKILL');
  await running.ended;
  writeFileSync(join(folder, 'fast'), '');
  const resumed = await startBootproof(['run', '--resume', 'out'], { cwd: folder }).ended;
  t.equal(resumed.code, 0, resumed.stdout + resumed.stderr);
  const moved = eventsOf(out).filter((event) => 'cell' in event && event.cell === 'test.moves@x');
  const attempts = moved.flatMap((event) => (event.kind === 'attempt-start' ? [`${event.attempt} ${event.board}`] : []));
  t.same(attempts, ['1 x', '2 y', '3 y']);
  const ends = moved.flatMap((event) => (event.kind === 'attempt-end' ? [event.outcome] : []));
  t.same(ends, ['infra', 'aborted', 'passed']);
  const torn = moved.filter((event) => event.kind === 'step-end' && event.step === 'teardown[0]' && event.attempt === 2);
  t.match(torn, [{ outcome: 'passed' }]);
});
