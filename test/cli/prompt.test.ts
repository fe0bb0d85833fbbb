/** `prompt` as people meet it: at a terminal, without one, and answered by the command line. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { decodeEvents } from '../../src/events/log.ts';
import { runCommand } from './command.ts';
import { commandLine } from './process.ts';

const pipeline = `version: 1
kind: pipeline
id: test.prompt
title: Questions
steps:
  - id: led
    prompt: { text: Is the LED on? }
  - id: colour
    prompt: { text: Which colour?, choices: [red, green] }
teardown:
  - echo: { d: torn down }
`;

/** Runs it at a pseudo-terminal; each question is answered with the next of the lines. */
async function atTerminal(folder: string, lines: readonly string[]): Promise<{ code: number | null; shown: string }> {
  const words = [...commandLine, 'run', join(folder, 'a.pipeline.yaml'), '--out', join(folder, 'out')];
  const child = spawn('script', ['-qefc', words.map((word) => `'${word}'`).join(' '), '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => child.kill());
  let shown = '';
  let asked = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    for (; asked < shown.split(/(?:yes or no|1 to 2)\? /).length - 1; asked += 1) child.stdin.write(lines[asked] ?? '');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, shown };
}

function answersIn(folder: string): unknown[] {
  const { events } = decodeEvents(readFileSync(join(folder, 'out', 'events.jsonl'), 'utf8'));
  const results = events.flatMap((event) => (event.kind === 'step-end' ? [event.result as { answer?: string } | undefined] : []));
  return results.flatMap((result) => result?.answer ?? []);
}

t.test('a person answers, after words that mean nothing', async (t) => {
  const folder = t.testdir({ 'a.pipeline.yaml': pipeline });
  const { code, shown } = await atTerminal(folder, ['perhaps\n', 'Y\n', '2\n']);
  t.equal(code, 0, shown);
  t.match(shown, /asks: Is the LED on\?\r\nyes or no\? /);
  t.match(shown, / {2}1 red\r\n {2}2 green\r\n1 to 2\? /);
  t.strictSame(answersIn(folder), ['yes', 'green']);
});

t.test('no fails the step', async (t) => {
  const folder = t.testdir({ 'a.pipeline.yaml': pipeline });
  const { code, shown } = await atTerminal(folder, ['no\n']);
  t.equal(code, 1, shown);
  t.match(readFileSync(join(folder, 'out', 'events.jsonl'), 'utf8'), /"code":"prompt-no"/);
});

t.test('Ctrl-C at the question cancels the run, and the teardown runs', async (t) => {
  const folder = t.testdir({ 'a.pipeline.yaml': pipeline });
  const { code, shown } = await atTerminal(folder, ['\u0003']);
  t.equal(code, 130, shown);
  const { events } = decodeEvents(readFileSync(join(folder, 'out', 'events.jsonl'), 'utf8'));
  t.match(
    events.filter((event) => event.kind === 'step-end').map(({ step, outcome }) => [step, outcome]),
    [
      ['steps[0]', 'aborted'],
      ['teardown[0]', 'passed'],
    ],
  );
});

t.test('the end of the terminal is no answer', async (t) => {
  const folder = t.testdir({ 'a.pipeline.yaml': pipeline });
  const { code, shown } = await atTerminal(folder, ['\u0004']);
  t.equal(code, 3, shown);
});

for (const [what, args, exit, said] of [
  ['unattended', [], 2, /asks "Is the LED on\?", and nobody is there to answer[^]*--answer led=TEXT/],
  ['half answered', ['--answer', 'led=yes'], 2, /asks "Which colour\?"/],
  ['answered', ['--answer', 'led=yes', '--answer', 'colour=green'], 0, /Reports/],
  ['answered with no', ['--answer', 'led=no', '--answer', 'colour=green'], 1, /Reports/],
  ['an answer that is none', ['--answer', 'colour=blue'], 2, /none of the answers[^]*they are red, green/],
  ['an answer for no step', ['--answer', 'lde=yes'], 2, /no selected pipeline has[^]*ids: led, colour/],
] as const) {
  t.test(`without a terminal: ${what}`, async (t) => {
    const folder = t.testdir({ 'a.pipeline.yaml': pipeline });
    const ran = await runCommand(['run', join(folder, 'a.pipeline.yaml'), '--out', join(folder, 'out'), ...args]);
    t.equal(ran.status, exit, ran.stderr);
    t.match(ran.stderr, said);
    if (exit === 0) t.strictSame(answersIn(folder), ['yes', 'green']);
  });
}
