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
const parser = new Parser({}, (results) => (counts.ok = results.ok));
parser.on('child', (file) => report(file));
child.stdout.pipe(parser);
const code = await new Promise((resolve) => child.on('close', resolve));
console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exit(counts.failed > 0 ? 1 : (code ?? 1));

/** One test file: its points are counted wherever they are nested, its failures and skips are shown. */
function report(file) {
  const before = { ...counts };
  const name = () => String(file.name).replace(/^build\//, '');
  count(file, []);
  file.on('complete', (results) => {
    if (!results.ok && counts.failed === before.failed) {
      counts.failed += 1;
      console.log(`not ok ${name()}: the file itself failed (exit code, plan or time limit)`);
    }
    console.log(
      `${results.ok ? 'ok    ' : 'not ok'} ${name()}: ${counts.passed - before.passed} passed, ${counts.failed - before.failed} failed`,
    );
  });
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
