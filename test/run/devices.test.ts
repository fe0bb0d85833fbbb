/** Pipelines with several boards: who plays which role, and that nothing of one board is taken for another's. */

import t from 'tap';
import { createBoards, chooseBoards, readPins } from '../../src/cli/boards.ts';
import { loadDocument } from '../../src/language/load.ts';
import { planCells } from '../../src/run/plan.ts';
import { parsePipeline, runPipelines, stepEnds } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';

const pipeline = (steps: string, devices = 'left: {}, right: {}'): string => `version: 1
kind: pipeline
id: test.two
title: two boards
devices: { ${devices} }
inputs:
  base: { image: { build: { version: '1.0.0', size: 16 KiB } } }
  next: { image: { build: { version: '1.1.0', size: 16 KiB } } }
setup:
  - parallel:
      - { device: left, steps: [{ provision: { image: base, confirmed: true } }] }
      - { device: right, steps: [{ provision: { image: base, confirmed: true } }] }
steps:
${steps}`;

const reasonOf = ({ events }: Ran): string => {
  const end = events.find((event) => event.kind === 'cell-end');
  return end?.kind === 'cell-end' ? (end.reason ?? '') : '';
};

t.test('each role has a simulated board of its own, with its own console, epochs and streams', async (t) => {
  const ran = await runPipelines([
    parsePipeline(
      pipeline(`
  - { id: up, device: left, upload: { image: next } }
  - { device: left, mark-pending: { image: next } }
  - { id: again, device: left, reset: {} }
  - { device: left, expect: { active: next }, within: 60s }
  - { device: left, expect: { log: { match: 'Swap type: test' }, since: mark.again } }
  - { device: right, expect: { active: base, confirmed: true } }
  - { device: right, expect: { log: { none: 'Swap type: test' }, since: start, for: 1s } }
  - { device: left, echo: { d: of left } }
  - { device: right, echo: { d: of right } }
  - { device: left, expect: { response: { r: of left } } }
  - { device: right, expect: { response: { r: of right } } }
  - { device: left, collect: [console-tail] }
  - { device: right, collect: [console-tail] }`),
    ),
  ]);
  t.same(ran.outcomes, ['passed'], reasonOf(ran));
  t.same([...new Set(ran.events.flatMap((event) => (event.kind === 'cell-end' ? [event.cell] : [])))], ['test.two@sim']);
  const epochs = (board: string): number => ran.events.filter((event) => event.kind === 'boot-epoch' && event.board === board).length;
  t.ok(epochs('sim/left') > epochs('sim/right'));
  t.same([...ran.kept.keys()].filter((name) => name.endsWith('console-tail.txt')).sort(), [
    'left-console-tail.txt',
    'right-console-tail.txt',
  ]);
});

t.test('both boards work at the same time', async (t) => {
  const update =
    '[{ upload: { image: next } }, { mark-pending: { image: next } }, { reset: {} }, { expect: { active: next }, within: 60s }]';
  const ran = await runPipelines([
    parsePipeline(pipeline(`  - parallel: [{ device: left, steps: ${update} }, { device: right, steps: ${update} }]`)),
  ]);
  t.same(ran.outcomes, ['passed'], reasonOf(ran));
  const took = (path: string): number => stepEnds(ran).get(path)?.durationMs ?? 0;
  const [whole, one] = [took('steps[0]'), took('steps[0].parallel[0].steps[0]')];
  t.ok(whole < 2 * one + 20_000, `${whole} ms, of which one upload ${one} ms`);
});

t.test('a forbidden line on any board fails the cell', async (t) => {
  const text = pipeline('  - { device: right, reset: {} }\n  - { wait: { for: 30s } }');
  const ran = await runPipelines([parsePipeline(text.replace('inputs:', 'forbid-log: ["Starting bootloader"]\ninputs:'))]);
  t.same(ran.outcomes, ['failed']);
});

t.test('roles are given to boards by labels and by --on, and each to a board of its own', async (t) => {
  const boardsText = `version: 1
kind: bench
boards:
  dk-1: { labels: [dk], transports: { udp: "udp:127.0.0.1:1001" } }
  dk-2: { labels: [dk], transports: { udp: "udp:127.0.0.1:1002" } }
  gw: { labels: [gateway], transports: { udp: "udp:127.0.0.1:1003" } }`;
  const { document } = loadDocument(boardsText, { name: 'x.bench.yaml' });
  if (document?.kind !== 'bench') throw new Error('no bench');
  const all = createBoards(document);
  const place = (devices: string, on: readonly string[] = []): string => {
    const steps = '  - { device: left, reset: {} }';
    const boards = { all, chosen: chooseBoards(all, on), pins: readPins(on) };
    const [cell] = planCells({ pipelines: [parsePipeline(pipeline(steps, devices))], boards });
    const members = [...(cell?.board.members ?? [])].map(([role, { name }]) => `${role}=${name}`);
    return cell?.board.obstacle ?? `${cell?.id}: ${members.join(' ')}`;
  };
  t.equal(place('left: {}, right: {}'), 'test.two@dk-1+dk-2: left=dk-1 right=dk-2');
  t.equal(place('left: { labels: [gateway] }, right: {}'), 'test.two@gw+dk-1: left=gw right=dk-1');
  t.equal(place('left: {}, right: {}', ['left=dk-2']), 'test.two@dk-2+dk-1: left=dk-2 right=dk-1');
  t.equal(place('left: {}, right: { labels: [dk] }', ['right=dk-1']), 'test.two@dk-2+dk-1: left=dk-2 right=dk-1', 'the other one moves');
  t.match(place('left: {}, right: {}', ['gw']), /needs 2 boards at a time, and of gw not as many fit/);
  t.match(place('left: { labels: [nrf] }, right: {}'), /no board can be the device left \(the label nrf\)/);
  t.throws(() => chooseBoards(all, ['left=dk-9']), /no board has the name or label "dk-9"/);
});

t.test('a cell without boards is reported, with the reason', async (t) => {
  const ran = await runPipelines([parsePipeline(pipeline('  - { device: left, reset: {} }', 'left: { labels: [x] }, right: {}'))]);
  t.same(ran.outcomes, ['not-applicable']);
  t.match(reasonOf(ran), /no board can be the device left/);
  const unmet = await runPipelines([
    parsePipeline(pipeline('  - { device: left, reset: {} }', 'left: {}, right: { requires: images > 7 }')),
  ]);
  t.same(unmet.outcomes, ['not-applicable']);
  t.match(reasonOf(unmet), /^device right: `images > 7` does not hold/);
});
