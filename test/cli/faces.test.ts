/** The stock pipelines over real links against `bootproof sim`: the same pipelines, the same outcomes as in memory. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { decodeEvents } from '../../src/events/log.ts';
import type { RunEvent } from '../../src/events/event.ts';
import { projectPath } from '../helpers/vectors.ts';
import { runCommand } from './command.ts';
import { startBootproof } from './process.ts';
import { startSim } from './sim-process.ts';

const speed = ['--speed', '20'];
const hasSocat = existsSync('/usr/bin/socat') || spawnSync('socat', ['-V']).status === 0;
if (!hasSocat && process.env['CI'] !== undefined) t.fail('socat is missing');

t.test('every pipeline passes over a pty, TCP and UDP as it does in memory', { timeout: 180_000 }, async (t) => {
  const folder = t.testdir();
  const link = join(folder, 'tty');
  const kinds = { ...(hasSocat ? { pty: ['--serial', link] } : {}), tcp: ['--tcp', '127.0.0.1:0'], udp: ['--udp', '127.0.0.1:0'] };
  const boards = await Promise.all(
    Object.entries(kinds).map(async ([name, face]) => {
      const sim = await startSim(t, [...face, '--console', '127.0.0.1:0', '--control', '127.0.0.1:0', ...speed]);
      const [address] = Object.entries(sim.faces).flatMap(([kind, addresses]) =>
        kind === 'console' || kind === 'control' ? [] : addresses,
      );
      const transport = name === 'udp' ? 'udp' : 'serial';
      return `  ${name}: { transports: { ${transport}: '${address}' }, console: '${sim.faces['console']?.[0]}', simulator: '${sim.faces['control']?.[0]}' }\n`;
    }),
  );
  const bench = join(folder, 'lab.bench.yaml');
  writeFileSync(bench, `version: 1\nkind: bench\nboards:\n${boards.join('')}`);

  const outcomesOf = (out: string): Map<string, string> => {
    const { events } = decodeEvents(readFileSync(join(out, 'events.jsonl'), 'utf8'));
    const ends = events.filter((event): event is Extract<RunEvent, { kind: 'cell-end' }> => event.kind === 'cell-end');
    return new Map(
      ends.map(({ cell, outcome, diagnostics, reason }) => [
        cell,
        `${outcome}${diagnostics[0]?.code ?? ''} ${outcome === 'passed' ? '' : reason}`,
      ]),
    );
  };
  const pipelines = [projectPath('pipelines/ota'), projectPath('pipelines/must-fail')];
  const memory = await runCommand(['run', ...pipelines, '--not-tag', 'slow', '--out', join(folder, 'memory')]);
  t.equal(memory.status, 1, 'the one that must fail does');
  const remote = await startBootproof(['run', ...pipelines, '--not-tag', 'slow', '--bench', bench, '--out', join(folder, 'remote')]).ended;
  t.equal(remote.code, 1, remote.stderr);

  const expected = outcomesOf(join(folder, 'memory'));
  for (const [cell, outcome] of outcomesOf(join(folder, 'remote'))) {
    const same = expected.get(cell.replace(/@(pty|tcp|udp)/, '@sim')) ?? '';
    const otherTransport = outcome.startsWith('not-applicable') && outcome.includes('has no transport');
    // Times differ between virtual and real time, so only what was said is compared.
    if (!otherTransport) t.equal(outcome.replace(/, [^,]* after the start/, ''), same.replace(/, [^,]* after the start/, ''), cell);
  }
});

t.test('a knob is turned in another process, and turned back', { timeout: 120_000 }, async (t) => {
  const sim = await startSim(t, ['--udp', '127.0.0.1:0', '--control', '127.0.0.1:0', ...speed]);
  const [udp, control] = [sim.faces['udp']?.[0], sim.faces['control']?.[0]];
  const info = '  - smp: { group: os, command: 7, op: read, payload: { format: s } }\n';
  const folder = t.testdir({
    'lab.bench.yaml': `version: 1\nkind: bench\nboards:\n  board: { transports: { udp: '${udp}' }, simulator: '${control}' }\n`,
    'knob.pipeline.yaml': `version: 1
kind: pipeline
id: test.knob
title: Who answers changes for one step
steps:
  - smp: { group: os, command: 7, op: read, payload: { format: s } }
    fault: { do: knob, set: { endpoint.identity: another board } }
  - expect: { response: { output: another board } }
${info}  - expect: { response: { output: Zephyr } }
`,
  });
  const run = await startBootproof([
    'run',
    join(folder, 'knob.pipeline.yaml'),
    '--bench',
    join(folder, 'lab.bench.yaml'),
    '--out',
    join(folder, 'out'),
  ]).ended;
  t.equal(run.code, 0, run.stdout + run.stderr);
});
