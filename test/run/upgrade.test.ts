/** Whole updates as known clients do them: healthy ones pass, and what clients are known to get wrong is seen. */

import { strToU8, zipSync } from 'fflate';
import t from 'tap';
import type { Test } from 'tap';
import { createRng } from '../../src/base/rng.ts';
import type { Board } from '../../src/device/board.ts';
import { generateBody } from '../../src/mcuboot/body.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { demoKey } from '../../src/mcuboot/demo-keys.ts';
import { parseVersion } from '../../src/mcuboot/version.ts';
import { readProfile } from '../../src/cli/profiles.ts';
import { loadDocument } from '../../src/language/load.ts';
import type { Plan } from '../../src/language/model.ts';
import { erasesSettings, upgradeClients, type UpgradeClient, type UpgradeMode } from '../../src/language/upgrade-clients.ts';
import { strategies } from '../../src/steps/upgrade/strategies.ts';
import type { Move } from '../../src/steps/upgrade/strategy.ts';
import type { RunOptions } from '../../src/run/run-options.ts';
import { planCells } from '../../src/run/plan.ts';
import { projectPath } from '../helpers/vectors.ts';
import { boardOf } from '../helpers/boards.ts';
import { parsePipeline, pipelineText, runPipelines, runText, stepEnds, type Ran } from '../helpers/run.ts';

const swapTime = '30s';
const clients = Object.keys(upgradeClients) as UpgradeClient[];

/** What a healthy board is found in afterwards. */
const healthyEnd = {
  'test-and-confirm': '{ active: next, confirmed: true }',
  'confirm-only': '{ active: next, confirmed: true }',
  'test-only': '{ active: next, confirmed: false }',
  'upload-only': '{ image: next, slot: 1, pending: false }',
};

for (const client of clients) {
  t.test(`${client} updates a healthy board in each of its modes, and says so`, async (t) => {
    // What smpmgr does in this mode is no update: a test of its own shows it.
    const updating = upgradeClients[client].modes.filter((mode) => client !== 'smpmgr' || mode !== 'test-only');
    const steps = updating.flatMap((mode) => [
      `  - provision: { image: base, confirmed: true }`,
      `  - upgrade: { as: ${client}, mode: ${mode}, image: next, swap-time: ${swapTime} }`,
      `    id: ${mode}`,
      `  - expect: { value: '\${{ steps["${mode}"].verdict }}', equals: success }`,
      `  - expect: ${healthyEnd[mode]}`,
      `    within: 60s`,
    ]);
    assertPassed(t, await runText(pipelineText(steps.join('\n'))));
  });

  t.test(`${client} updates both images of a board`, async (t) => {
    const board = twoImageBoard();
    const pipeline = parsePipeline(`version: 1
kind: pipeline
id: test.two
title: two
inputs:
  base: { image: { build: { version: '1.0.0', size: 16 KiB } } }
  data: { image: { build: { version: '2.0.0', size: 16 KiB } } }
  next: { image: { build: { version: '1.1.0', size: 16 KiB } } }
  more: { image: { build: { version: '2.1.0', size: 16 KiB } } }
steps:
  - provision: { slots: [{ slot: 0, image: base }, { slot: 1, empty: true }, { slot: 2, image: data }, { slot: 3, empty: true }], confirmed: true }
  - upgrade: { as: ${client}, mode: confirm-only, images: [{ image: more, target: 1 }, { image: next }], swap-time: ${swapTime} }
  - expect: { active: next, confirmed: true }
    within: 60s
  - expect: { image: more, slot: 2 }
`);
    assertPassed(
      t,
      await runPipelines([pipeline], { cells: planCells({ pipelines: [pipeline], boards: { all: [board], chosen: [board] } }) }),
    );
  });
}

t.test('smpmgr never marks what it uploads to image 0 without --confirm, and reports success', async (t) => {
  const ran = await runText(
    pipelineText(`
  - upgrade: { as: smpmgr, mode: test-only, image: next }
    id: up
  - expect: { active: base, confirmed: true }
    within: 60s
  - expect: { image: next, slot: 1, pending: false }`),
  );
  assertPassed(t, ran);
  t.same(verdicts(ran), [{ verdict: 'success', text: 'Upgrade complete.', done: 'upload reset' }]);
});

const onTrial = `inputs:
  base: { image: { build: { version: '1.0.0', size: 16 KiB } } }
  trial: { image: { build: { version: '1.1.0', size: 16 KiB } } }
  next: { image: { build: { version: '1.2.0', size: 16 KiB } } }
steps:
  - provision: { image: base, confirmed: true }
  - upload: { image: trial }
  - mark-pending: { image: trial }
  - reset: {}
  - expect: { state: revert }
    within: 60s`;

/** What the client reports on a board whose running image is on trial. */
async function updateOnTrial(client: UpgradeClient): Promise<Ran> {
  return runText(`version: 1
kind: pipeline
id: test.trial
title: trial
${onTrial}
  - upgrade: { as: ${client}, image: next, report-only: true, swap-time: ${swapTime} }
  - expect: { slots: [{ slot: 0 }] }
    within: 60s
`);
}

t.test('iOS confirms the secondary slot of a board on trial, which frees nothing, and its upload is refused (S1)', async (t) => {
  const ran = await updateOnTrial('nrf-connect-ios');
  const [end] = verdicts(ran);
  t.equal(end?.verdict, 'failure');
  t.match(end?.text, /NO_FREE_SLOT/);
  t.equal(end?.done, 'ask-params ask-bootloader list confirm-secondary upload');
});

t.test('the ideal client confirms what runs on trial, and updates it', async (t) => {
  const [end] = verdicts(await updateOnTrial('ideal'));
  t.match(end, { verdict: 'success' });
  t.equal(end?.done, 'list confirm-running upload test reset find confirm find');
});

t.test('Android resets a board on trial, and updates the old image', async (t) => {
  const [end] = verdicts(await updateOnTrial('nrf-connect-android'));
  t.match(end, { verdict: 'success' });
  t.equal(end?.done, 'ask-params ask-bootloader list reset list upload test reset confirm');
});

t.test('the mcumgr CLI prints the refusal, and its exit code is 0', async (t) => {
  const [end] = verdicts(await updateOnTrial('mcumgr-cli'));
  t.equal(end?.verdict, 'success');
  t.match(end?.text, /^Error: \d+$/);
});

t.test('a bootloader that withdraws the request: Android and iOS report success, the ideal client does not', async (t) => {
  const reported = await Promise.all(
    (['nrf-connect-android', 'nrf-connect-ios', 'ideal'] as const).map(async (client) => {
      const ran = await runText(
        pipelineText(`
  - fault: { do: knob, set: { boot.swap-policy: refuse-clear } }
  - upgrade: { as: ${client}, image: next, report-only: true, swap-time: ${swapTime} }
  - expect: { active: base }
    within: 60s`),
      );
      assertPassed(t, ran);
      return verdicts(ran)[0]?.verdict;
    }),
  );
  t.same(reported, ['success', 'success', 'failure']);
});

t.test('the failure of a client fails the step, with the refusal of the board', async (t) => {
  const update = '  - upgrade: { as: smpmgr, mode: confirm-only, image: next }\n';
  const ran = await runText(`version: 1
kind: pipeline
id: test.refused
title: refused
${onTrial}
${update}    expect-error: { group: image, code: NO_FREE_SLOT }
${update}`);
  const ends = [5, 6].map((index) => stepEnds(ran).get(`steps[${index}]`));
  t.same(
    ends.map((end) => end?.outcome),
    ['passed', 'failed'],
  );
  t.match(ends[1]?.diagnostics[0]?.message ?? '', /NO_FREE_SLOT/);
});

t.test('what the language says of the clients is what they do', (t) => {
  for (const client of clients) {
    t.same(Object.keys(strategies[client].modes).sort(), [...upgradeClients[client].modes].sort(), client);
    for (const [mode, moves] of Object.entries(strategies[client].modes as Record<UpgradeMode, readonly Move[]>))
      t.equal(
        moves.some((move) => move.do === 'erase-settings'),
        erasesSettings(client, mode as UpgradeMode),
        `${client} ${mode}`,
      );
  }
  t.end();
});

t.test('a client that cannot erase settings says so, where only the run knows that it is asked to', async (t) => {
  const step = "  - upgrade: { as: smpmgr, mode: confirm-only, image: next, erase-settings: '${{ 1 < 2 }}' }";
  const [diagnostic] = stepEnds(await runText(pipelineText(step))).get('steps[0]')?.diagnostics ?? [];
  t.match(diagnostic, { code: 'upgrade-unable', message: 'smpmgr does not erase settings in the mode confirm-only' });
});

t.test('settings go where a client is asked to erase them, and a phone waits for a swap as long as it is told', async (t) => {
  const update = (more: string): string => `
  - provision: { image: base, confirmed: true }
  - settings: { write: { name: app/a, text: v } }
  - settings: { save: {} }
  - upgrade: { as: nrf-connect-android, mode: confirm-only, image: next, ${more} }
  - settings: { load: {} }
  - settings: { read: { name: app/a } }`;
  const ran = await runText(
    pipelineText(`${update('erase-settings: false, swap-time: 30s')}${update('erase-settings: true, swap-time: 10s')}
    expect-error: { group: settings, code: KEY_NOT_FOUND }`),
  );
  assertPassed(t, ran);
  const [long, short] = ['steps[3]', 'steps[9]'].map((path) => stepEnds(ran).get(path)!.durationMs);
  t.ok(long! >= 30_000 && short! >= 10_000 && short! < 30_000, `${long} and ${short} ms`);
});

t.test('a link that breaks ends the update of a phone; the ideal client goes on', async (t) => {
  const reported = await Promise.all(
    (['nrf-connect-ios', 'ideal'] as const).map(async (client) => {
      const ran = await runText(
        pipelineText(`
  - upgrade: { as: ${client}, image: next, report-only: true, swap-time: ${swapTime} }
    fault: { at: { progress: 40% }, do: link-drop, for: 2s }`),
      );
      return verdicts(ran)[0]?.verdict;
    }),
  );
  t.same(reported, ['failure', 'success']);
});

function twoImageBoard(): Board {
  return boardOf(readProfile(projectPath('pipelines/profiles/two-images.profile.yaml')));
}

function assertPassed(t: Test, ran: Ran): void {
  const failed = [...stepEnds(ran).values()].filter(({ outcome }) => outcome !== 'passed');
  t.same(
    failed.map(({ step, diagnostics }) => [step, diagnostics[0]?.message, diagnostics[0]?.found]),
    [],
  );
  t.equal(ran.exitCode, 0);
}

function verdicts(ran: Ran): readonly { readonly verdict: string; readonly text: string; readonly done: string }[] {
  return ran.events.flatMap((event) => {
    if (event.kind !== 'step-end') return [];
    const { verdict, text, done } = (event.result ?? {}) as Record<string, unknown>;
    return typeof verdict === 'string' ? [{ verdict, text: String(text), done: String(done) }] : [];
  });
}

/** A package with two images, of versions `major`.1.0. */
function updatePackage(...majors: readonly number[]): Uint8Array {
  const image = (major: number): Uint8Array =>
    buildImage({ version: parseVersion(`${major}.1.0`)!, body: generateBody(8192, createRng(7), 0xc200) }, demoKey('ed25519'));
  const files = Object.fromEntries(majors.map((major, index) => [`image-${index}.bin`, image(major)]));
  const manifest = { 'format-version': 1, files: Object.keys(files).map((file, index) => ({ file, image_index: String(index) })) };
  return zipSync({ 'manifest.json': strToU8(JSON.stringify(manifest)), ...files });
}

const twoImages = `  - provision: { slots: [{ slot: 0, image: base }, { slot: 1, empty: true }, { slot: 2, image: data }, { slot: 3, empty: true }], confirmed: true }`;

function packagePipeline(update: string, steps: string, extra = ''): string {
  return `version: 1
kind: pipeline
id: test.package
title: package
inputs:
  update: { package: ${update} }
  base: { image: { build: { version: '1.0.0', size: 16 KiB } } }
  data: { image: { build: { version: '2.0.0', size: 16 KiB } } }
${extra}steps:
${twoImages}
${steps}`;
}

/** Runs it on a board with two images; files are had from `files`, by path. */
function runPackages(text: string, files: Readonly<Record<string, Uint8Array>>, options: Partial<RunOptions> = {}): Promise<Ran> {
  const board = twoImageBoard();
  const pipeline = parsePipeline(text);
  return runPipelines([pipeline], {
    cells: planCells({ pipelines: [pipeline], boards: { all: [board], chosen: [board] } }),
    readFile: (path) => files[path]!,
    ...options,
  });
}

const updated = `  - upgrade: { mode: confirm-only, package: update }
    id: up
  - expect: { value: '\${{ steps.up.bytes == inputs.update.images[0].size + inputs.update.images[1].size }}', equals: true }
  - expect: { slots: [{ slot: 0, image: '\${{ inputs.update.images[0].hash }}' }, { slot: 2, version: '2.1.0' }] }
`;

t.test('a package updates both images of a board, and expressions read what is in it', async (t) => {
  assertPassed(t, await runPackages(packagePipeline('{ file: my.zip }', updated), { 'my.zip': updatePackage(1, 2) }));
});

t.test('a package is given by --set, by an axis, and by a plan', async (t) => {
  const files = { 'my.zip': updatePackage(1, 2) };
  const needed = packagePipeline('{}', updated);
  assertPassed(t, await runPackages(needed, files, { set: new Map([['update', 'my.zip']]) }));
  const axis = packagePipeline('{ file: other.zip }', updated, 'matrix: { axes: { update: [second, my.zip] } }\n');
  const two = await runPackages(axis.replace('inputs:\n', 'inputs:\n  second: { package: { file: my.zip } }\n'), files);
  t.same(two.outcomes, ['passed', 'passed']);
  const { document } = loadDocument(
    'version: 1\nkind: plan\nid: p\nselect: { paths: [.] }\ninputs: { update: { package: { file: my.zip } } }\n',
    { name: 'a.plan.yaml' },
  );
  const plan = document as Plan;
  assertPassed(t, await runPackages(needed, files, { plan }));
  t.same((await runPackages(needed, files)).outcomes, ['broken'], 'nobody gives it');
});

t.test('what is no package breaks the cell before anything is done to the board', async (t) => {
  const ran = await runPackages(packagePipeline('{ file: my.zip }', updated), { 'my.zip': strToU8('PK no zip') });
  t.same(ran.outcomes, ['broken']);
  t.match(JSON.stringify(ran.events), /the package my.zip is not a zip, or is damaged/);
  t.equal(stepEnds(ran).size, 0);
});
