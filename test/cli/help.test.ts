/** Help and completion of every command. */

import { spawnSync } from 'node:child_process';
import t from 'tap';
import { runCommand } from './command.ts';
import { bootproof } from './process.ts';

t.test('every command has help with examples that name it', async (t) => {
  const commands = [...(await runCommand(['--help'])).stdout.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1] ?? '');
  t.ok(commands.length >= 9, String(commands));
  for (const command of commands.filter((name) => name !== 'help')) {
    const { status, stdout } = await runCommand([command, '--help']);
    t.equal(status, 0, command);
    t.match(stdout, new RegExp(`Examples:\\n(?:.*\\n)*? .*bootproof ${command}`), `bootproof ${command} --help`);
  }
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

t.test('the process: its exit code, and plain text in pipes', (t) => {
  for (const [status, ...args] of [
    [0, '--help'],
    [0, 'schema'],
    [2, 'lint', 'nothing-here'],
    [2, 'rnu'],
    [2, 'explain', 'no-such-code'],
  ] as const) {
    const ended = bootproof(args);
    t.equal(ended.status, status, args.join(' '));
    t.notMatch(ended.stdout + ended.stderr, /\u001b/, args.join(' '));
  }
  t.end();
});
