/** `npm run bench:watch [ROUNDS]`: the time from a saved pipeline to the verdict of `run --watch`, on an update of the simulated board. */

import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const rounds = Number(process.argv[2] ?? 20);
const main = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bootproof-watch-'));
const file = join(folder, 'a.pipeline.yaml');
writeFileSync(
  file,
  `version: 1
kind: pipeline
id: bench.watch
title: Update and confirm
inputs:
  base: { image: { build: { version: '1.0.0', size: 64 KiB } } }
  next: { image: { build: { version: '1.1.0', size: 64 KiB } } }
setup:
  - provision: { image: base }
steps:
  - upload: { image: next }
  - mark-pending: { image: next }
  - reset: {}
  - expect: { active: next, confirmed: false }
    within: 90s
  - confirm: {}
  - reset: {}
  - expect: { active: next, confirmed: true }
    within: 90s
`,
);
const child = spawn(process.execPath, [main, 'run', '--watch', '--report', 'tap', file], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'pipe'],
});
let [verdicts, ends] = [0, 0];
child.stdout.setEncoding('utf8').on('data', (text: string) => (verdicts += text.match(/^ok 1 /gm)?.length ?? 0));
child.stderr.setEncoding('utf8').on('data', (text: string) => (ends += text.match(/^Watching:/gm)?.length ?? 0));
const until = async (reached: () => boolean): Promise<void> => {
  while (!reached() && child.exitCode === null) await pause(1);
};
const times: number[] = [];
await until(() => ends === 1);
for (let round = 1; round <= rounds && child.exitCode === null; round += 1) {
  // The watcher has to see the files that the last run read.
  await pause(200);
  const saved = performance.now();
  appendFileSync(file, `# round ${round}\n`);
  await until(() => verdicts > round);
  times.push(performance.now() - saved);
  await until(() => ends > round);
}
child.kill('SIGINT');
rmSync(folder, { recursive: true });
times.sort((a, b) => a - b);
const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? NaN).toFixed(0);
console.log(`${times.length} saves: from save to verdict best ${at(0)} ms, median ${at(0.5)} ms, worst ${at(1)} ms`);
