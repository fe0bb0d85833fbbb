/** Entry of `npm run matrix:links -- [LINK|DISTURBANCE...]`: the stock pipelines over every kind of link, each undisturbed and disturbed, against `bootproof sim`. */

import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunEvent } from '../../src/events/event.ts';
import { decodeEvents } from '../../src/events/log.ts';
import { startBootproof } from '../cli/process.ts';
import { projectPath } from '../helpers/vectors.ts';
import { linkNames, startBoard } from './boards.ts';
import type { LinkBoard, LinkName } from './boards.ts';
import { disturbed, disturbances } from './disturbed.ts';
import type { DisturbanceName } from './disturbed.ts';

type CellEnd = Extract<RunEvent, { kind: 'cell-end' }>;

const speed = 20;
/** Boards vanish after this, in the middle of the first cells. */
const vanishMs = 4_000;
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
  console.log(`${'link'.padEnd(9)}${'disturbance'.padEnd(13)}cells  result`);
  for (const name of names) {
    for (const { link, cells, wrong, reasons } of await round(name, links)) {
      totals[wrong.length === 0 ? 'passed' : 'failed'] += 1;
      const said = reasons.length === 0 ? 'pass' : reasons.join('; ');
      console.log(`${link.padEnd(9)}${name.padEnd(13)}${String(cells).padEnd(7)}${said}`);
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

interface Row {
  readonly link: LinkName;
  readonly cells: number;
  /** Cells that neither passed nor ended as infra, or that the disturbance does not excuse. */
  readonly wrong: readonly string[];
  /** Of the cells that ended as infra, with how many there were. */
  readonly reasons: readonly string[];
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
    const run = startBootproof(['run', writePipelines(name, folder), ...args]);
    const limit = setTimeout(() => run.child.kill('SIGKILL'), roundMsMax);
    if (name === 'vanished') void pause(vanishMs).then(() => boards.forEach((board) => board.vanish()));
    const { stderr } = await run.ended;
    clearTimeout(limit);
    const ends = readEnds(join(folder, 'out', 'events.jsonl'), stderr);
    return boards.map((board) => {
      const row = rowOf(board.link, name, ends);
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

function readEnds(path: string, stderr: string): readonly CellEnd[] {
  try {
    return decodeEvents(readFileSync(path, 'utf8')).events.filter((event): event is CellEnd => event.kind === 'cell-end');
  } catch (cause) {
    throw new Error(`the run left no events: ${stderr}`, { cause });
  }
}

function rowOf(link: LinkName, name: DisturbanceName, all: readonly CellEnd[]): Row {
  const ends = all.filter(({ cell }) => cell.includes(`@${link}[`) || cell.endsWith(`@${link}`) || cell.includes(`@${link}#`));
  const infra = ends.filter(({ outcome }) => outcome === 'infra');
  const counts = new Map<string, number>();
  for (const end of infra) counts.set(reasonOf(end), (counts.get(reasonOf(end)) ?? 0) + 1);
  const excused = (end: CellEnd): boolean => end.outcome === 'infra' && name !== 'none' && end.reason !== undefined;
  const bad = ends.filter((end) => end.outcome !== 'passed' && !excused(end));
  const wrong = bad.map((end) => `${end.cell}: ${end.outcome}: ${end.reason ?? end.diagnostics[0]?.message ?? 'no reason'}`);
  if (ends.length === 0) wrong.push('no cell ended: the run hung, or the board was never used');
  return { link, cells: ends.length, wrong, reasons: [...counts].map(([reason, count]) => `infra ${count}: ${reason}`) };
}

function reasonOf({ reason = 'no reason' }: CellEnd): string {
  return reason.split('\n')[0]!.slice(0, 160);
}

process.exitCode = await main(process.argv.slice(2));
