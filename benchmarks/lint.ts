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

/** What no check can be faster than: a process that only parses the same files. */
const parseOnly = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { parseDocument } from 'yaml';
  for (const name of readdirSync(${JSON.stringify(folder)})) parseDocument(readFileSync(${JSON.stringify(`${folder}/`)} + name, 'utf8')).toJS();`;
const commands = { lint: [main, 'lint', folder], parse: ['--input-type=module', '-e', parseOnly] } as const;
const times = { lint: [] as number[], parse: [] as number[] };
for (let round = 0; round < 5; round += 1) {
  for (const name of ['lint', 'parse'] as const) {
    const started = performance.now();
    const { stdout, status, stderr } = spawnSync(process.execPath, commands[name], { encoding: 'utf8' });
    times[name].push(performance.now() - started);
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    if (round === 0 && name === 'lint') console.log(stdout.trim().split('\n').at(-1));
  }
}
rmSync(folder, { recursive: true });
const shown = ([best = 0, , median = 0]: readonly number[]): string => `best of 5 ${best.toFixed(0)} ms, median ${median.toFixed(0)} ms`;
const [lint, parse] = [times.lint, times.parse].map((all) => all.sort((a, b) => a - b)) as [number[], number[]];
const limitMs = 2 * count;
const met = lint[0]! < limitMs;
console.log(`${count} pipelines, start of the command included: ${shown(lint)}`);
console.log(`the yaml package alone on the same files: ${shown(parse)}; lint takes ${(lint[0]! / parse[0]!).toFixed(2)} times as long`);
console.log(`${met ? 'met   ' : 'MISSED'} under ${limitMs} ms`);
console.log(`${met ? 1 : 0} of 1 targets met`);
process.exitCode = met ? 0 : 1;
