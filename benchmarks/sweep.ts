/**
 * `npm run bench:sweep [SIZE]`: the complete power-cut sweep of one test-and-revert update on the 1 MiB layout of the nRF52840:
 * both swaps, every flash operation, with images of SIZE (default 64 KiB). The goal is less than 60 s on two cores.
 */

import { parsePipeline, runPipelines } from '../test/helpers/run.ts';

const size = process.argv[2] ?? '64 KiB';

function sweep(id: string, steps: string): ReturnType<typeof parsePipeline> {
  return parsePipeline(`version: 1
kind: pipeline
id: bench.${id}
title: ${id}
inputs:
  base: { image: { build: { version: '1.0.0', size: ${size} } } }
  next: { image: { build: { version: '1.1.0', size: ${size} } } }
setup:
  - provision: { slots: [{ slot: 0, image: base }, { slot: 1, image: next }] }
  - mark-pending: { image: next }
steps:
${steps}`);
}

const pipelines = [
  sweep(
    'test-swap',
    `  - reset: {}
    timeout: 15m
    fault: { at: { flash-op: all }, do: power-cut }
  - expect: { active: next, confirmed: false }
    within: 5m
`,
  ),
  sweep(
    'revert',
    `  - reset: {}
  - expect: { active: next, confirmed: false }
    within: 5m
  - reset: {}
    timeout: 15m
    fault: { at: { flash-op: all }, do: power-cut }
  - expect: { active: base, confirmed: true }
    within: 5m
`,
  ),
];

const begin = performance.now();
const worst = { cell: '', ms: 0 };
let startedAt = 0;
let events = 0;
const { outcomes } = await runPipelines(pipelines, {
  write: (event) => {
    events += 1;
    if (event.kind === 'cell-start') startedAt = performance.now();
    if (event.kind !== 'cell-end') return;
    const ms = performance.now() - startedAt;
    if (ms > worst.ms) Object.assign(worst, { cell: event.cell, ms });
  },
});
const seconds = (performance.now() - begin) / 1000;
const passed = outcomes.filter((outcome) => outcome === 'passed').length;
console.log(`${passed} of ${outcomes.length} cells passed with images of ${size}, ${events} events`);
console.log(`${seconds.toFixed(1)} s, ${(outcomes.length / seconds).toFixed(0)} cells/s`);
console.log(`slowest: ${worst.cell} in ${worst.ms.toFixed(1)} ms`);
console.log(`memory: ${(process.memoryUsage().rss / 1_048_576).toFixed(0)} MiB`);
