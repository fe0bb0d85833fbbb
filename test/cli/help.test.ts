/** Help and completion of every command. */

import { spawnSync } from 'node:child_process';
import t from 'tap';
import { bootproof } from './process.ts';

t.test('every command has help with examples that name it', (t) => {
  const commands = [...bootproof(['--help']).stdout.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1] ?? '');
  t.ok(commands.length >= 9, String(commands));
  for (const command of commands.filter((name) => name !== 'help')) {
    const { status, stdout } = bootproof([command, '--help']);
    t.equal(status, 0, command);
    t.match(stdout, new RegExp(`Examples:\\n(?:.*\\n)*? .*bootproof ${command}`), `bootproof ${command} --help`);
  }
  t.end();
});

t.test('shells complete commands, options and words', (t) => {
  const complete = (...typed: string[]): string[] =>
    bootproof(['complete', '--', ...typed])
      .stdout.split('\n')
      .map((line) => line.split('\t')[0] ?? '')
      .filter((word) => /^[a-z-]/.test(word));
  t.same(complete('sch'), ['schema']);
  t.same(complete('lint', '--format', ''), ['text', 'json', 'github', 'sarif']);
  t.same(complete('run', '--b'), ['--bench', '--bail']);
  t.same(complete('explain', 'unit-m'), ['unit-missing']);
  const { stdout, status } = bootproof(['complete', 'bash']);
  t.equal(status, 0);
  t.equal(spawnSync('bash', ['-n'], { input: stdout }).status, 0, 'the script is one');
  t.match(bootproof(['complete', 'nosh']), { status: 2, stderr: /bash, fish/ });
  t.end();
});

t.test('NO_COLOR and pipes give plain text', (t) => {
  for (const args of [['--help'], ['lint', 'nothing-here'], ['rnu'], ['explain', 'no-verb']]) {
    const { stdout, stderr } = bootproof(args);
    t.notMatch(stdout + stderr, /\u001b/, args.join(' '));
  }
  t.end();
});
