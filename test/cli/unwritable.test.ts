/** Runs whose log, reports or standard output cannot be written any more: boards are left in order, what can be told is told, and nothing passes. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCommand } from './command.ts';
import { bootproof, commandLine } from './process.ts';

const update = `version: 1
kind: pipeline
id: test.update
title: updated
inputs:
  base: { image: { build: { version: '1.0.0', size: 16 KiB } } }
  next: { image: { build: { version: '1.1.0', size: 16 KiB } } }
setup:
  - provision: { image: base, confirmed: true }
steps:
  - upload: { image: next }
  - expect: { image: next, slot: 1, pending: false }
teardown:
  - exec: { run: [touch, torn-down] }
`;

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');

t.test('a log that cannot grow ends the run in good order, and the run can go on', async (t) => {
  const folder = t.testdir({ 'a.pipeline.yaml': update, 'b.pipeline.yaml': update.replace('id: test.update', 'id: test.later') });
  // Files of this process may have so many KiB, which is less than the log needs and more than its plan.
  const run = quoted([...commandLine, 'run', 'a.pipeline.yaml', 'b.pipeline.yaml', '--out', 'out']);
  const full = spawnSync('bash', ['-c', `ulimit -f 4; exec ${run}`], { cwd: folder, encoding: 'utf8' });
  t.equal(full.status, 3, 'the host failed');
  t.match(full.stderr, 'cannot write the event log of out: it is too large');
  t.match(full.stderr, '--resume out', 'the mend');
  t.notMatch(full.stderr, /\n {4}at /);
  t.ok(existsSync(join(folder, 'torn-down')), 'the teardown ran');
  t.match(full.stdout, /^not ok 1 - updated \(test\.update@sim\)$/m);
  t.match(full.stdout, /^not ok 2 - updated \(test\.later@sim\)$/m, 'each planned cell is told');
  const again = bootproof(['run', '--resume', 'out'], { cwd: folder });
  t.equal(again.status, 0, again.stderr);
  t.match(again.stdout, /^# 2 passed$/m);
});

t.test(
  'standard output that cannot be written is told, and is no pass',
  { skip: existsSync('/dev/full') ? false : 'needs /dev/full' },
  (t) => {
    const folder = t.testdir({ 'a.pipeline.yaml': update });
    const run = quoted([...commandLine, 'run', 'a.pipeline.yaml', '--out', 'out']);
    const full = spawnSync('bash', ['-c', `exec ${run} > /dev/full`], { cwd: folder, encoding: 'utf8' });
    t.equal(full.status, 3);
    t.match(full.stderr, /^error: cannot write to standard output: the disk is full\nReports: out\n$/);
    t.match(readFileSync(join(folder, 'out', 'results.tap'), 'utf8'), /^ok 1 /m);
    t.end();
  },
);

t.test('one report that cannot be written does not take the others with it', async (t) => {
  const folder = t.testdir({ 'a.pipeline.yaml': update, taken: {} });
  const told = await runCommand(['run', 'a.pipeline.yaml', '--report', 'junit=taken', '--report', 'tap=kept.tap'], { cwd: folder });
  t.equal(told.status, 3);
  t.match(told.stderr, 'cannot write taken: it is a folder');
  t.match(told.stderr, 'Reports: reports/');
  t.match(readFileSync(join(folder, 'kept.tap'), 'utf8'), /^ok 1 /m);
  t.ok(existsSync(join(folder, 'reports', 'latest', 'junit.xml')));
});

t.test('evidence that cannot be kept does not change what an attempt has shown', async (t) => {
  const folder = t.testdir({ 'a.pipeline.yaml': update.replace('image: next, slot: 1', 'active: next').replace(', pending: false', '') });
  mkdirSync(join(folder, 'out'));
  symlinkSync('/dev/null/nowhere', join(folder, 'out', 'artifacts'));
  const told = await runCommand(['run', 'a.pipeline.yaml', '--out', 'out'], { cwd: folder });
  t.equal(told.status, 1, 'the failure of the product stays one');
  t.match(told.stdout, 'is not the running image');
  t.match(readFileSync(join(folder, 'out', 'events.jsonl'), 'utf8'), 'cannot keep console.log');
});
