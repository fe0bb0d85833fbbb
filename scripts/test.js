/** `npm test`: sets up, builds, runs the suite with tap and closes with `N passed, N failed[, N skipped]`. Arguments are files to run instead of all. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, ensurePackages, ensureSystemPackages, root } from './setup.js';

ensurePackages();
ensureSystemPackages();
build();

const { Parser } = await import('tap-parser');
const files = process.argv.slice(2).map((file) => file.replace(/^test\//, 'build/test/').replace(/\.ts$/, '.js'));
const child = spawn(process.execPath, [join(root, 'node_modules', 'tap', 'dist', 'esm', 'run.mjs'), '--reporter=tap', ...files], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const counts = { passed: 0, failed: 0, skipped: 0 };
const parser = new Parser();
// One point for each file comes after its own points; it alone says that a file crashed before it could say anything.
let before = { ...counts };
parser.on('child', (file) => count(file, []));
parser.on('assert', (file) => {
  if (!file.ok && counts.failed === before.failed) {
    counts.failed += 1;
    console.log(
      `FAILED ${nameOf(file)}: the file itself (exit code, plan or time limit)\n${JSON.stringify(file.diag ?? {}, null, 2).slice(0, 2000)}`,
    );
  }
  const passed = counts.passed - before.passed;
  console.log(`${file.ok ? 'ok    ' : 'not ok'} ${nameOf(file)}: ${passed} passed, ${counts.failed - before.failed} failed`);
  before = { ...counts };
});
parser.on('bailout', (reason) => {
  counts.failed += 1;
  console.log(`FAILED bail out: ${reason}`);
});
child.stdout.pipe(parser);
const code = await new Promise((resolve) => child.on('close', resolve));
if (code !== 0 && counts.failed === 0) counts.failed += 1;
console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exit(counts.failed > 0 ? 1 : 0);

function nameOf(file) {
  return String(file.name).replace(/^build\//, '');
}

function count(parser, path) {
  let lastChild;
  parser.on('child', (child) => {
    lastChild = child.name;
    count(child, [...path, child.name]);
  });
  parser.on('assert', (point) => {
    if (point.name === lastChild && !point.skip) {
      lastChild = undefined;
      return;
    }
    if (point.skip || point.todo) {
      counts.skipped += 1;
      console.log(`skip   ${[...path, point.name].join(' > ')}: ${point.skip || point.todo}`);
    } else if (point.ok) counts.passed += 1;
    else {
      counts.failed += 1;
      console.log(`FAILED ${[...path, point.name].join(' > ')}\n${JSON.stringify(point.diag ?? {}, null, 2).slice(0, 4000)}`);
    }
  });
}
