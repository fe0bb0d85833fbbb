/** Entry of `npm run conform:smp -- [--groups os,image] FILE...`: replays recordings, prints every difference, and fails if there is one. */

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { groupNumber } from '../../../src/smp/codes.ts';
import { replaySmp } from './replay.ts';
import type { CaseResult } from './replay.ts';

const usage = 'usage: conform:smp -- [--groups os,image,...] FILE.jsonl...';

async function main(args: readonly string[]): Promise<number> {
  const restricted = args[0] === '--groups';
  const groups = restricted ? (args[1] ?? '').split(',').map(groupNumber) : undefined;
  const files = args.slice(restricted ? 2 : 0);
  if (files.length === 0 || groups?.includes(undefined)) {
    console.error(usage);
    return 2;
  }
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const report = (result: CaseResult): void => {
      totals[result.verdict] += 1;
      print(basename(file), result);
    };
    await replaySmp(readRecords(file), { report, groups: groups?.filter((group) => group !== undefined) });
  }
  const { passed, failed, skipped } = totals;
  console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
  return failed === 0 ? 0 : 1;
}

function print(file: string, result: CaseResult): void {
  if (result.verdict === 'failed')
    console.log([`not ok ${file} ${result.name}`, ...result.differences.map((line) => `  ${line}`)].join('\n'));
  if (result.verdict === 'skipped') console.log(`skipped ${file} ${result.name}: ${result.reason}`);
}

function readRecords(file: string): unknown[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as unknown);
}

process.exitCode = await main(process.argv.slice(2));
