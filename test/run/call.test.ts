/** Fragments: called with inputs, giving outputs, at any depth; their steps are steps like any other. */

import { join } from 'node:path';
import t from 'tap';
import { createBoards } from '../../src/cli/boards.ts';
import { loadFile } from '../../src/cli/documents.ts';
import { formatDiagnostic } from '../../src/language/diagnostics.ts';
import { planCells } from '../../src/run/plan.ts';
import { pipelineText, runPipelines, stepEnds } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';

const head = 'version: 1\nkind: fragment\n';
const files = {
  fragments: {
    'update.fragment.yaml': `${head}
title: Uploads an image and tests it
inputs:
  image: { image: {} }
  limit: { quantity: duration, default: 60s }
  noise: { type: integer, default: 1 }
steps:
  - { id: up, upload: { image: image }, timeout: '\${{ inputs.limit }}' }
  - { call: { fragment: deeper/start.fragment.yaml, inputs: { wanted: image } } }
  - { id: said, echo: { d: 'noise \${{ inputs.noise }} of \${{ inputs.image.version }}' } }
outputs:
  rate: '\${{ steps.up.rate }}'
  said: '\${{ steps.said.r }}'`,
    deeper: {
      'start.fragment.yaml': `${head}
inputs:
  wanted: { image: {} }
  other: { image: { build: { version: '3.0.0', size: 8 KiB } } }
steps:
  - mark-pending: { image: wanted }
  - reset: {}
  - { expect: { active: wanted, confirmed: false }, within: 60s }
  - expect: { image: other, absent: true }
  - exec: { run: [node, -e, 'process.stdout.write(process.cwd())'] }
    id: where
  - expect: { value: '\${{ steps.where.stdout }}', matches: 'deeper$' }`,
    },
  },
};

const withCalls = (steps: string) => ({ ...files, pipelines: { 'x.pipeline.yaml': pipelineText(steps) } });

async function runCalls(folder: string): Promise<Ran> {
  const { document, diagnostics } = loadFile(join(folder, 'pipelines/x.pipeline.yaml'));
  if (document?.kind !== 'pipeline') throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return runPipelines([document]);
}

t.test('a fragment gets its inputs, and its outputs are the result of the call', async (t) => {
  const ran = await runCalls(
    t.testdir(
      withCalls(`
  - { id: said, call: { fragment: ../fragments/update.fragment.yaml, inputs: { image: next, noise: 7 } }, save: { rate: rate } }
  - expect: { value: '\${{ steps.said.said }}', equals: noise 7 of 1.1.0 }
  - expect: { value: '\${{ saved.rate }}', at-least: 1 KiB/s }
  - expect: { active: next }`),
    ),
  );
  const bad = [...stepEnds(ran)].filter(([, { outcome }]) => outcome !== 'passed');
  t.same(bad, []);
  t.same(ran.outcomes, ['passed']);
  t.match(
    [...stepEnds(ran).keys()],
    ['setup[0]', 'steps[0].call.steps[0]', 'steps[0].call.steps[1].call.steps[0]', 'steps[0].call.steps[1].call.steps[1]'],
  );
});

t.test('a failure inside names the file and line of the fragment, and the call', async (t) => {
  const ran = await runCalls(
    t.testdir(
      withCalls(`
  - call: { fragment: ../fragments/update.fragment.yaml, inputs: { image: next, limit: 1ms } }`),
    ),
  );
  t.same(ran.outcomes, ['failed']);
  const ends = stepEnds(ran);
  t.match(ends.get('steps[0].call.steps[0]')?.diagnostics, [
    { code: 'step-timeout', at: { file: /update\.fragment\.yaml$/, line: 10 } },
    { code: 'called-here', severity: 'info', at: { file: /x\.pipeline\.yaml$/, line: 13 } },
  ]);
  t.match(ends.get('steps[0]')?.diagnostics, [
    { code: 'step-timeout', message: /^steps\[0\]\.call\.steps\[0\] upload: /, at: { line: 13 } },
  ]);
  t.match(
    ran.events.find((event) => event.kind === 'cell-end'),
    { reason: /^steps\[0\]\.call\.steps\[0\] upload: / },
  );
});

t.test('what a fragment needs of a board is needed by its callers', async (t) => {
  const folder = t.testdir({
    'power.fragment.yaml': `${head}steps: [{ reset: { via: power } }]`,
    'x.pipeline.yaml': `version: 1
kind: pipeline
id: test.needs
title: needs power
steps:
  - repeat: { count: 1, steps: [{ call: { fragment: power.fragment.yaml } }] }`,
    'x.bench.yaml': 'version: 1\nkind: bench\nboards: { far: { transports: { udp: "udp:127.0.0.1:1" } } }',
  });
  const { document } = loadFile(join(folder, 'x.pipeline.yaml'));
  const { document: bench } = loadFile(join(folder, 'x.bench.yaml'));
  if (document?.kind !== 'pipeline' || bench?.kind !== 'bench') throw new Error('not loaded');
  const boards = createBoards(bench);
  const ran = await runPipelines([document], { cells: planCells({ pipelines: [document], boards: { all: boards, chosen: boards } }) });
  t.same(ran.outcomes, ['not-applicable']);
});

t.test('what `--set` says is for the inputs of the pipeline, not for those of the fragments that it calls', async (t) => {
  const folder = t.testdir({
    'say.fragment.yaml': `${head}inputs: { word: { type: string, default: inner } }\nsteps: [{ id: said, echo: { d: '\${{ inputs.word }}' } }]\noutputs: { said: '\${{ steps.said.r }}' }`,
    'x.pipeline.yaml': `version: 1
kind: pipeline
id: test.set
title: set
inputs: { word: { type: string, default: outer } }
steps:
  - { id: called, call: { fragment: say.fragment.yaml } }
  - expect: { value: '\${{ steps.called.said }}', equals: inner }
  - { id: own, echo: { d: '\${{ inputs.word }}' } }
  - expect: { value: '\${{ steps.own.r }}', equals: given }`,
  });
  const { document, diagnostics } = loadFile(join(folder, 'x.pipeline.yaml'));
  if (document?.kind !== 'pipeline') throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const { outcomes } = await runPipelines([document], { set: new Map([['word', 'given']]) });
  t.same(outcomes, ['passed']);
});
