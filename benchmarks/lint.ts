/** `npm run bench:lint [COUNT]`: how long the command takes to check many pipelines, start included. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const count = Number(process.argv[2] ?? 500);
const main = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bootproof-lint-'));
const stock = readdirSync('pipelines', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.pipeline.yaml'))
  .map((path) => readFileSync(join('pipelines', path), 'utf8').replaceAll(/file: .*?(?= })/g, 'file: app.bin'));
writeFileSync(join(folder, 'app.bin'), '');
for (let index = 0; index < count; index += 1) {
  const text = stock[index % stock.length] ?? '';
  writeFileSync(join(folder, `${index}.pipeline.yaml`), text.replace(/^id: (.*)$/m, `id: $1-${index}`));
}
const times: number[] = [];
for (let round = 0; round < 5; round += 1) {
  const started = performance.now();
  const { stdout } = spawnSync(process.execPath, [main, 'lint', folder], { encoding: 'utf8' });
  times.push(performance.now() - started);
  if (round === 0) console.log(stdout.trim().split('\n').at(-1));
}
rmSync(folder, { recursive: true });
const [best = 0] = times.sort((a, b) => a - b);
console.log(
  `${count} pipelines: best of ${times.length} ${best.toFixed(0)} ms, median ${(times[2] ?? 0).toFixed(0)} ms, start of the command included`,
);
