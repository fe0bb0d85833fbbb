/** `npm run bench:cells [COUNT]`: whole update cells (64 KiB, upload, swap, confirm) on the simulated board in virtual time, as `run` executes them. */

import { parsePipeline, runPipelines } from '../test/helpers/run.ts';

const count = Number(process.argv[2] ?? 200);
const pipeline = parsePipeline(`version: 1
kind: pipeline
id: bench.update
title: update
inputs:
  base: { image: { build: { version: '1.0.0', size: 64 KiB } } }
  next: { image: { build: { version: '1.1.0', size: 64 KiB } } }
  round: { type: integer, default: 0 }
matrix: { axes: { round: [${Array.from({ length: count }, (_, round) => round).join(', ')}] } }
setup:
  - provision: { image: base, confirmed: true }
steps:
  - upload: { image: next }
  - mark-pending: { image: next }
  - reset: {}
  - expect: { active: next, confirmed: false }
    within: 60s
  - confirm: {}
  - expect: { active: next, confirmed: true }
  - expect: { value: '\${{ inputs.round }}', at-least: 0 }
`);

const events = { count: 0 };
const starts: number[] = [];
const times: number[] = [];
const { outcomes } = await runPipelines([pipeline], {
  write: (event) => {
    events.count += 1;
    if (event.kind === 'cell-start') starts.push(performance.now());
    if (event.kind === 'cell-end') times.push(performance.now() - starts.at(-1)!);
  },
});
times.sort((a, b) => a - b);
const total = times.reduce((sum, time) => sum + time, 0);
const passed = outcomes.filter((outcome) => outcome === 'passed').length;
console.log(`${passed} of ${count} cells passed, ${events.count} events`);
console.log(
  `per cell: median ${times[Math.floor(count / 2)]?.toFixed(1)} ms, slowest ${times.at(-1)?.toFixed(1)} ms, all ${(total / 1000).toFixed(2)} s`,
);
console.log(`memory: ${(process.memoryUsage().rss / 1_048_576).toFixed(0)} MiB`);
