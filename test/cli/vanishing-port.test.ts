/** A serial port that vanishes in the middle of an upload: one comes back, as those on USB do, and one does not. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import type { RunEvent } from '../../src/events/event.ts';
import { decodeEvents } from '../../src/events/log.ts';
import { startBootproof } from './process.ts';
import { startSim } from './sim-process.ts';

const pipeline = `version: 1
kind: pipeline
id: port.vanishes
title: An upload over a port that vanishes
inputs:
  next: { image: { build: { version: "1.1.0", size: 128 KiB } } }
steps:
  - upload: { image: next, rate: 16 KiB/s }
  - expect: { image: next, slot: 1, pending: false }
`;

const speed = ['--speed', '20'];

t.test(
  'a port that comes back goes on with its upload; one that does not is named with what happened to it',
  { timeout: 180_000 },
  async (t) => {
    const folder = t.testdir({ 'it.pipeline.yaml': pipeline });
    process.env['BOOTPROOF_CLAIMS'] = join(folder, 'claims');
    const boards = ['usb', 'gone'].map((name) => ({ name, link: join(folder, name), flash: join(folder, `${name}.flash`) }));
    const start = ({ link, flash }: (typeof boards)[number]) => startSim(t, ['--serial', link, '--flash', flash, ...speed]);
    const sims = await Promise.all(boards.map(start));
    const entries = boards.map(({ name, link }) => `  ${name}: { transports: { serial: 'serial:${link}' } }\n`);
    writeFileSync(join(folder, 'lab.bench.yaml'), `version: 1\nkind: bench\nboards:\n${entries.join('')}`);
    const out = join(folder, 'out');
    const run = startBootproof(['run', folder, '--bench', join(folder, 'lab.bench.yaml'), '--out', out, '--retry', '0']);
    const events = (): readonly RunEvent[] => {
      const log = join(out, 'events.jsonl');
      return existsSync(log) ? decodeEvents(readFileSync(log, 'utf8')).events : [];
    };
    const disturb = boards.map(async (board, index) => {
      const isBusy = (event: RunEvent): boolean =>
        event.kind === 'step-progress' && event.cell.includes(`@${board.name}`) && event.done / (event.total ?? Infinity) > 0.2;
      while (!events().some(isBusy) && run.child.exitCode === null) await pause(250);
      const { child, ended } = sims[index]!;
      child.kill('SIGTERM');
      await ended;
      if (board.name === 'usb') await start(board);
    });
    await Promise.all(disturb);
    const { code, stderr } = await run.ended;
    t.equal(code, 3, stderr);
    const ends = new Map(events().flatMap((event) => (event.kind === 'cell-end' ? [[event.cell.split('@')[1], event] as const] : [])));
    const links = (name: string): readonly string[] =>
      events().flatMap((event) => (event.kind === 'link' && event.board === name ? [`${event.state} ${event.detail}`] : []));
    t.strictSame([ends.get('usb')?.outcome, ends.get('usb')?.reason], ['passed', undefined]);
    t.match(links('usb'), [/^lost .*the port vanished/, /^back after [0-9.]+ m?s$/]);
    t.equal(ends.get('gone')?.outcome, 'infra');
    t.match(ends.get('gone')?.reason, /board gone: .*the port vanished.*, and was not back after [0-9.]+ s: cannot open serial:/);
    t.match(links('gone'), [/^lost .*the port vanished/]);
  },
);
