/** `shell` fails when the command returned another status than the demanded one. */

import t from 'tap';
import { parsePipeline, pipelineText, runPipelines } from '../helpers/run.ts';

for (const [step, outcome] of [
  ['shell: { argv: [kernel, version] }', 'passed'],
  ['shell: { argv: [no-such-command] }', 'failed'],
  ['shell: { argv: [no-such-command], ret: -8 }', 'passed'],
  ['shell: { argv: [kernel, version], ret: -8 }', 'failed'],
] as const) {
  t.test(`${step}: ${outcome}`, async (t) => {
    t.strictSame((await runPipelines([parsePipeline(pipelineText(`  - ${step}\n`))])).outcomes, [outcome]);
  });
}
