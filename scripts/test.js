/** `npm test`: sets up, builds, runs the suite and closes with `N passed, N failed[, N skipped]`. Arguments are files to run instead of all. */

import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { build, ensurePackages, ensureSystemPackages, root } from './setup.js';

ensurePackages();
ensureSystemPackages();
build();

// Only now, because its packages may have been missing.
const { runTestFile } = await import('./test-file.js');
const given = process.argv.slice(2).map((file) => file.replace(/^build\//, '').replace(/\.js$/, '.ts'));
const files = given.length > 0 ? given : allFiles();
const total = { passed: 0, failed: 0, skipped: 0 };
// Two at the least, since many a file waits for real time.
const jobs = Math.max(2, availableParallelism());
await Promise.all(Array.from({ length: jobs }, runFiles));
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

function allFiles() {
  const names = readdirSync(join(root, 'test'), { recursive: true });
  return names
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .sort();
}

async function runFiles() {
  for (let file = files.shift(); file !== undefined; file = files.shift()) {
    const { counts, lines, ms } = await runTestFile(file);
    for (const line of lines) console.log(line);
    const seconds = (ms / 1000).toFixed(1);
    console.log(`${counts.failed > 0 ? 'not ok' : 'ok    '} ${file}: ${counts.passed} passed, ${counts.failed} failed in ${seconds} s`);
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
}
