/** Entry of `npm run conform:bootutil -- FILE...`: replays vector files, prints every difference, and fails if there is one. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readVectors } from '../../helpers/vectors.ts';
import { findKeyIn } from './keys.ts';
import { replayBootutil } from './replay.ts';
import type { CaseResult } from './replay.ts';

function main(files: readonly string[]): number {
  if (files.length === 0) {
    console.error('usage: npm run conform:bootutil -- FILE.jsonl...');
    return 2;
  }
  const records = files.flatMap(readRecords);
  const library = [...readVectors('bootutil/vectors.jsonl'), ...companionsOf(files).flatMap(readRecords)];
  const results: CaseResult[] = [];
  replayBootutil(
    records,
    (result) => {
      results.push(result);
      if (result.verdict === 'failed') console.log([`not ok ${result.id}`, ...result.differences.map((line) => `  ${line}`)].join('\n'));
    },
    { library, keys: findKeyIn(files.map((file) => dirname(file))) },
  );
  return summarise(results);
}

function summarise(results: readonly CaseResult[]): number {
  const count = (verdict: CaseResult['verdict']): number => results.filter((result) => result.verdict === verdict).length;
  for (const result of results) if (result.verdict === 'skipped') console.log(`skipped ${result.id}: ${result.reason}`);
  const skipped = count('skipped');
  console.log(`${count('passed')} passed, ${count('failed')} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
  return count('failed') === 0 ? 0 : 1;
}

/** Records of older trees take geometry and images from the scenarios with the same ids, which lie beside them. */
function companionsOf(files: readonly string[]): string[] {
  const beside = new Set(files.map((file) => join(dirname(file), 'vectors.jsonl')));
  return [...beside].filter((file) => !files.includes(file) && existsSync(file));
}

function readRecords(file: string): unknown[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as unknown);
}

process.exitCode = main(process.argv.slice(2));
