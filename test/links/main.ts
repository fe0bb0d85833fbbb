/** Entry of `npm run matrix:links -- [LINK|DISTURBANCE...]`: the stock pipelines over every kind of link, each undisturbed and disturbed, against `bootproof sim`. */

import { existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '../../src/events/event.ts';
import { decodeEvents } from '../../src/events/log.ts';
import { startBootproof } from '../cli/process.ts';
import { projectPath } from '../helpers/vectors.ts';
import { linkNames, startBoard } from './boards.ts';
import type { LinkBoard, LinkName } from './boards.ts';
import { disturbed, disturbances } from './disturbed.ts';
import type { DisturbanceName } from './disturbed.ts';
import { judge } from './judge.ts';
import type { Row } from './judge.ts';

const speed = 20;
/** Of all pipelines with one disturbance: what has not ended by then hangs. */
const roundMsMax = 420_000;

async function main(words: readonly string[]): Promise<number> {
  const links = chosen(linkNames, words);
  const names = chosen(Object.keys(disturbances) as DisturbanceName[], words);
  const known: readonly string[] = [...linkNames, ...Object.keys(disturbances)];
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    console.error(`"${unknown}" is none of: ${known.join(', ')}`);
    return 2;
  }
  const totals = { passed: 0, failed: 0 };
  console.log(`${'link'.padEnd(9)}${'disturbance'.padEnd(13)}passed  else, and what the link did`);
  for (const name of names) {
    for (const { link, cells, passed, wrong, notes } of await round(name, links)) {
      totals[wrong.length === 0 ? 'passed' : 'failed'] += 1;
      console.log(`${link.padEnd(9)}${name.padEnd(13)}${`${passed}/${cells}`.padEnd(8)}${notes.join('; ')}`);
      for (const line of wrong) console.log(`  not ok: ${line}`);
    }
  }
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  return totals.failed === 0 ? 0 : 1;
}

function chosen<T extends string>(all: readonly T[], words: readonly string[]): readonly T[] {
  const named = all.filter((one) => words.includes(one));
  return named.length === 0 ? all : named;
}

/** All stock pipelines on one board for each link, at the same time. */
async function round(name: DisturbanceName, links: readonly LinkName[]): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'links-'));
  const boards: LinkBoard[] = [];
  try {
    for (const link of links) boards.push(await startBoard(link, folder, speed));
    const bench = join(folder, 'links.bench.yaml');
    writeFileSync(bench, `version: 1\nkind: bench\nboards:\n${boards.map(({ entry }) => entry).join('')}`);
    const args = ['--not-tag', 'slow', '--retry', '0', '--bench', bench, '--out', join(folder, 'out')];
    const log = join(folder, 'out', 'events.jsonl');
    const run = startBootproof(['run', writePipelines(name, folder), ...args]);
    const limit = setTimeout(() => run.child.kill('SIGKILL'), roundMsMax);
    const watch = name === 'vanished' ? setInterval(() => vanishBusy(boards, log), 50) : undefined;
    const { stderr } = await run.ended;
    clearTimeout(limit);
    clearInterval(watch);
    if (!existsSync(log)) throw new Error(`the run left no events: ${stderr}`);
    const events = eventsIn(log);
    return boards.map((board) => {
      const row = judge(board.link, name, events);
      const left = name === 'vanished' ? undefined : board.left();
      return left === undefined ? row : { ...row, wrong: [...row.wrong, left] };
    });
  } finally {
    for (const board of boards) board.vanish();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writePipelines(name: DisturbanceName, folder: string): string {
  const target = join(folder, 'pipelines');
  mkdirSync(target);
  const source = projectPath('pipelines/ota');
  for (const file of readdirSync(source)) {
    const path = join(source, file);
    writeFileSync(join(target, file), disturbed(readFileSync(path, 'utf8'), path, name));
  }
  return target;
}

/** The boards in the middle of an upload go. */
function vanishBusy(boards: readonly LinkBoard[], log: string): void {
  if (!existsSync(log)) return;
  const events = eventsIn(log);
  const boardOf = new Map(
    events.flatMap((event) => (event.kind === 'plan' ? event.cells.map(({ cell, board }) => [cell, board] as const) : [])),
  );
  const busy = events.flatMap((event) => {
    const isMiddle = event.kind === 'step-progress' && event.total !== undefined && event.done / event.total > 0.3;
    return isMiddle ? [boardOf.get(event.cell)] : [];
  });
  for (const board of boards) if (busy.includes(board.link)) board.vanish();
}

function eventsIn(log: string): readonly RunEvent[] {
  return decodeEvents(readFileSync(log, 'utf8')).events;
}

process.exitCode = await main(process.argv.slice(2));
