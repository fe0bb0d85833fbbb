/** `settings` and `files` against the simulated server: what they find, and how they fail. */

import { join } from 'node:path';
import t from 'tap';
import { createBoards } from '../../src/cli/boards.ts';
import { planCells } from '../../src/run/plan.ts';
import { parsePipeline, pipelineText, runPipelines, stepEnds } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';

const contents = { 'long.bin': 'abcdefg'.repeat(1001), 'empty.bin': '', 'other.bin': 'abcdefh'.repeat(1001) };

/** Runs the steps of a pipeline in a folder that holds these files. */
function runSteps(folder: string, steps: string, transport = 'serial'): Promise<Ran> {
  const pipeline = parsePipeline(pipelineText(steps, `matrix: { axes: { transport: [${transport}] } }`), join(folder, 'a.pipeline.yaml'));
  const boards = createBoards(undefined);
  return runPipelines([pipeline], { cells: planCells({ pipelines: [pipeline], boards: { all: boards, chosen: boards } }) });
}

t.test('a setting that was written is lost with a reset, and one that was saved is not', async (t) => {
  const ran = await runSteps(
    t.testdir(contents),
    `  - settings: { write: { name: app/kept, val: '00ff' } }
  - settings: { save: { name: app/kept } }
  - settings: { write: { name: app/lost, text: x } }
  - reset: {}
  - expect: { active: base }
    within: 60s
  - { id: kept, settings: { read: { name: app/kept, max-size: 1 } } }
  - settings: { read: { name: app/lost } }
    expect-error: { group: settings, code: KEY_NOT_FOUND }
  - settings: { delete: { name: app/kept } }
  - settings: { load: {} }
  - settings: { commit: {} }
  - settings: { read: { name: other/key } }
    expect-error: { group: settings, code: ROOT_KEY_NOT_FOUND }
`,
  );
  t.strictSame(ran.outcomes, ['passed']);
  t.match(stepEnds(ran).get('steps[5]')?.result, { val: '00', text: '\0' });
});

for (const transport of ['serial', 'serial-raw', 'udp', 'shell']) {
  t.test(`files go both ways over ${transport}`, async (t) => {
    const ran = await runSteps(
      t.testdir(contents),
      `  - files: { upload: { name: /lfs1/long, file: long.bin } }
  - files: { download: { name: /lfs1/long, equals: long.bin } }
  - files: { hash: { name: /lfs1/long, equals: long.bin } }
  - files: { hash: { name: /lfs1/long, type: sha256, off: 3, len: 1000, equals: long.bin } }
  - files: { upload: { name: /lfs1/long, file: other.bin } }
  - files: { status: { name: /lfs1/long, equals: long.bin } }
  - files: { download: { name: /lfs1/long, equals: other.bin } }
  - files: { upload: { name: /lfs1/empty, file: empty.bin } }
  - files: { download: { name: /lfs1/empty, equals: empty.bin } }
`,
      transport,
    );
    t.strictSame(ran.outcomes, ['passed']);
    t.equal(ran.kept.get('long'), 'abcdefh'.repeat(1001), 'what came last is kept');
  });
}

for (const [step, message] of [
  ['files: { download: { name: /lfs1/long, equals: other.bin } }', '/lfs1/long is not the same as other.bin'],
  ['files: { status: { name: /lfs1/long, equals: empty.bin } }', '/lfs1/long is not as long as empty.bin'],
  ['files: { hash: { name: /lfs1/long, equals: other.bin } }', '/lfs1/long has another crc32 than other.bin'],
] as const) {
  t.test(`${step} fails for another file`, async (t) => {
    const ran = await runSteps(t.testdir(contents), `  - files: { upload: { name: /lfs1/long, file: long.bin } }\n  - ${step}\n`);
    t.strictSame(ran.outcomes, ['failed']);
    t.equal(stepEnds(ran).get('steps[1]')?.diagnostics[0]?.message, message);
  });
}

t.test('a file arrives whole over a link that loses packets', async (t) => {
  const ran = await runSteps(
    t.testdir(contents),
    `  - files: { upload: { name: /lfs1/long, file: long.bin } }
    fault: { do: loss, share: 8% }
  - files: { download: { name: /lfs1/long, equals: long.bin } }
    fault: { do: loss, share: 8% }
`,
    'udp',
  );
  t.strictSame(ran.outcomes, ['passed']);
});
