/** Serial recovery in pipelines: what goes wrong there on purpose, and what it can erase. */

import t from 'tap';
import { readProfile } from '../../src/cli/profiles.ts';
import { changedBy } from '../../src/sim/profile-change.ts';
import type { RecoveryFeatures } from '../../src/sim/recovery/profile.ts';
import { planCells } from '../../src/run/plan.ts';
import { boardOf } from '../helpers/boards.ts';
import { parsePipeline, pipelineText, runPipelines, stepEnds } from '../helpers/run.ts';

/** Outcome, and the step and code of the first failure, on a board with two images whose recovery the application can ask for. */
async function endOf(steps: string, overrides: Partial<RecoveryFeatures>): Promise<readonly string[]> {
  const profile = changedBy(readProfile('two-images'), {
    bootloader: { recovery: { profile: 'mcuboot-2.x', entry: { noApplication: true, request: true }, overrides } },
    server: { overrides: { os: { bootMode: true } } },
  });
  const board = boardOf(profile, 'serial');
  const data = "  data: { image: { build: { version: '2.0.0', size: 12 KiB } } }";
  const cells = planCells({ pipelines: [parsePipeline(pipelineText(steps, data))], boards: { all: [board], chosen: [board] } });
  const ran = await runPipelines([], { cells });
  const failed = [...stepEnds(ran)].find(([, { outcome }]) => outcome !== 'passed');
  return [...ran.outcomes, ...(failed === undefined ? [] : [failed[0], failed[1].diagnostics[0]?.code ?? ''])];
}

const toRecovery = '  - reset: { mode: bootloader }\n';

t.test('a wrong table of images in recovery puts one over the other, which a check of the running image finds', async (t) => {
  const steps = `${toRecovery}  - upload: { image: next }
  - upload: { image: data, target: 1 }
  - reset: {}
  - expect: { active: next }
    within: 60s
`;
  t.strictSame(await endOf(steps, {}), ['passed']);
  t.strictSame(await endOf(steps, { imageMap: { 1: 0 } }), ['failed', 'steps[4]', 'active-differs']);
});

t.test('recovery erases the settings where it was built to, and says so where it was not', async (t) => {
  const steps = `  - settings: { write: { name: app/mode, text: fast } }
  - settings: { save: {} }
${toRecovery}  - smp: { group: zephyr-basic, command: 0, op: write }
  - reset: {}
  - settings: { read: { name: app/mode } }
    expect-error: { group: settings, code: KEY_NOT_FOUND }
`;
  t.strictSame(await endOf(steps, { storageErase: true }), ['passed']);
  t.strictSame(await endOf(steps, {}), ['failed', 'steps[3]', 'smp-refused']);
});
