/**
 * One test file in a process of its own, and its TAP counted. This is not left to tap's own runner, which puts loaders into each process
 * that a test starts: they double the time of the suite.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Parser } from 'tap-parser';
import { root } from './setup.js';

/** A file says by itself which test was too slow; the process is killed only when it no longer does. */
const limitSeconds = 300;
const killAfterMs = (limitSeconds + 30) * 1000;

/** Gives the counts of its points, and lines about those that failed or were skipped. */
export async function runTestFile(file) {
  const begin = performance.now();
  const child = spawn(process.execPath, [join('build', file.replace(/\.ts$/, '.js'))], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TAP_TIMEOUT: String(limitSeconds) },
    timeout: killAfterMs,
    killSignal: 'SIGKILL',
  });
  const counted = { counts: { passed: 0, failed: 0, skipped: 0 }, lines: [] };
  const parser = new Parser();
  count(parser, [file], counted);
  const results = once(parser, 'complete');
  child.stdout.pipe(parser, { end: false });
  // Whatever a test left running may hold the pipe open.
  child.once('exit', () => setTimeout(() => child.stdout.destroy(), 5000).unref());
  const [code, signal] = await once(child, 'close');
  parser.end();
  const [{ ok, failures }] = await results;
  const { passed, failed, skipped } = counted.counts;
  // A file can crash before it has said anything, or say less than it planned.
  if (failed === 0 && (code !== 0 || !ok || passed + skipped === 0))
    fail(counted, `${file}: the file itself ended with ${signal ?? code}`, failures);
  return { ...counted, ms: performance.now() - begin };
}

function count(parser, path, counted) {
  let lastChild;
  parser.on('child', (child) => {
    lastChild = child.name;
    count(child, [...path, child.name], counted);
  });
  parser.on('assert', (point) => {
    const name = [...path, point.name].join(' > ');
    // The point that sums up a subtest.
    if (point.name === lastChild && !point.skip) lastChild = undefined;
    else if (point.skip || point.todo) {
      counted.counts.skipped += 1;
      counted.lines.push(`skip   ${name}: ${point.skip || point.todo}`);
    } else if (point.ok) counted.counts.passed += 1;
    else fail(counted, name, point.diag);
  });
}

function fail({ counts, lines }, name, detail) {
  counts.failed += 1;
  lines.push(`FAILED ${name}\n${JSON.stringify(detail ?? {}, null, 2).slice(0, 4000)}`);
}
