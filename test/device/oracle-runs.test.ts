/** The update oracle over whole runs: no random pipeline on a healthy board breaks a rule, and sick bootloaders do. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { createRng } from '../../src/base/rng.ts';
import type { Board } from '../../src/device/board.ts';
import { buildImage } from '../../src/mcuboot/build.ts';
import { imageFlag } from '../../src/mcuboot/header.ts';
import { planCells } from '../../src/run/plan.ts';
import type { BootMode } from '../../src/sim/bootloader/index.ts';
import { boardOf, profileOf } from '../helpers/boards.ts';
import type { BootloaderConfig } from '../helpers/boards.ts';
import { parsePipeline, runPipelines } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';
import { toldBoard } from './told-board.ts';

const modes: readonly BootMode[] = ['move', 'scratch', 'offset', 'overwrite', 'xip', 'xip-revert', 'ramload', 'ramload-revert', 'single'];
const folder = t.testdir();
for (const major of [1, 2, 3]) {
  const file = buildImage({
    version: { major, minor: 0, revision: 0, build: 0 },
    body: createRng(major).bytes(3000 * major),
    headerSize: 32,
    flags: imageFlag.ramLoad,
    loadAddress: 0x2000_0000,
  });
  writeFileSync(`${folder}/${major}.bin`, file);
}

/** Steps that may fail do not end the pipeline: what matters is what the board does. */
function pipelineOf(
  steps: readonly string[],
  provision = '{ image: one, confirmed: true }',
  last: readonly string[] = ['wait: { for: 3s }'],
): ReturnType<typeof parsePipeline> {
  return parsePipeline(`version: 1
kind: pipeline
id: test.oracle
title: oracle
inputs:
  one: { image: { file: ${folder}/1.bin } }
  two: { image: { file: ${folder}/2.bin } }
  three: { image: { file: ${folder}/3.bin } }
setup:
  - provision: ${provision}
steps:
${[...steps, ...last].map((step) => `  - ${step}\n    severity: warn\n`).join('')}`);
}

async function runOn(board: Board, steps: readonly string[], provision?: string): Promise<Ran> {
  return await runPipelines([], {
    cells: planCells({ pipelines: [pipelineOf(steps, provision)], boards: { all: [board], chosen: [board] } }),
    jobs: 1,
  });
}

/** Codes of broken rules. */
function complaints(ran: Ran): readonly string[] {
  const reasons = ran.events.flatMap((event) => ('diagnostics' in event ? event.diagnostics : []));
  return reasons.flatMap(({ code, message }) => (code.startsWith('oracle-') ? [`${code}: ${message}`] : []));
}

const image = fc.constantFrom('one', 'two', 'three');
const step = fc.oneof(
  image.map((name) => `upload: { image: ${name} }`),
  image.map((name) => `mark-pending: { image: ${name} }`),
  image.map((name) => `confirm: { image: ${name} }`),
  image.map((name) => `expect: { active: ${name} }\n    within: 5s`),
  fc.constantFrom('confirm: {}', 'erase: { slot: 1 }', 'reset: {}', 'reset: {}', 'wait: { for: 2s }', 'echo: { d: hello }'),
  fc
    .record({ at: fc.integer({ min: 1, max: 120 }), when: fc.constantFrom('before', 'during', 'after') })
    .map(({ at, when }) => `reset: {}\n    fault: { at: { flash-op: ${at} }, do: power-cut, when: ${when} }`),
);

/** What MCUboot is known to brick itself with, in words of the pipeline (mcuboot.md 4.5, 5 and 6.2): the oracle is right to say so. */
const knownBricks: Partial<Record<BootMode, RegExp>> = {
  offset: /oracle-bricked/,
  'xip-revert': /oracle-bricked/,
  'ramload-revert': /oracle-bricked/,
};

t.setTimeout(600_000);
t.test('healthy boards break no rule', async (t) => {
  for (const mode of modes) {
    const profile = profileOf({ mode, release: 'v2.4.0' });
    const watched = boardOf(profile);
    const boards = [watched, toldBoard(watched, profile)];
    const property = fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      for (const board of boards) {
        const unexpected = complaints(await runOn(board, steps)).filter((text) => knownBricks[mode]?.test(text) !== true);
        assert.deepEqual(unexpected, []);
      }
    });
    await t.resolves(fc.assert(property, { numRuns: Number(process.env['ORACLE_RUNS'] ?? 6) }), mode);
  }
});

const update = ['upload: { image: two }', 'mark-pending: { image: two }'];
const settle = 'wait: { for: 3s }';
const cutSwap = 'reset: {}\n    fault: { at: { flash-op: { sample: 12 } }, do: power-cut }';

/** A defect, what is done to the board without a single check, and the rules that must speak. */
const sick: readonly [name: string, config: Partial<BootloaderConfig>, steps: readonly string[], codes: readonly string[]][] = [
  [
    'a swap that is forgotten after a cut',
    { defects: { resume: 'lost' } },
    [...update, cutSwap],
    ['oracle-bricked', 'oracle-trial-skipped'],
  ],
  ['a swap that goes on one sector too far', { defects: { resume: 'skips-sector' } }, [...update, cutSwap], ['oracle-way-back-lost']],
  ['a swap that is never marked done', { defects: { resume: 'unfinished' } }, [...update, cutSwap], ['oracle-trial-skipped']],
  [
    'a revert that is not confirmed',
    { mode: 'scratch', defects: { resume: 'unconfirmed' } },
    [...update, 'reset: {}', settle, cutSwap],
    ['oracle-revert-unconfirmed'],
  ],
  ['a request that stops the bootloader', { defects: { requests: 'panic' } }, [...update, 'reset: {}'], ['oracle-bricked']],
];

t.test('sick bootloaders are found, though no step checks anything', async (t) => {
  for (const [name, config, steps, codes] of sick) {
    const found = complaints(await runOn(boardOf(profileOf({ mode: 'move', release: 'v2.4.0', ...config })), steps));
    const said = [...new Set(found.map((text) => text.split(':')[0]!))];
    t.strictSame(said.sort(), [...codes].sort(), name);
  }
});

t.test('a confirm that goes nowhere is found at the next reset', async (t) => {
  const profile = { ...profileOf({ mode: 'move', release: 'v2.4.0' }), knobs: { 'app.trailer-offset-delta': { primary: 4096 } } };
  const watched = boardOf(profile);
  const steps = [...update, 'reset: {}', settle, 'confirm: {}', 'reset: {}', settle, 'confirm: {}'];
  for (const board of [watched, toldBoard(watched, profile)]) {
    const ran = await runOn(board, steps);
    t.strictSame(ran.outcomes, ['failed']);
    t.match(complaints(ran), [
      /^oracle-confirmed-replaced: a confirmed image runs until another one is asked for; before the boot: 2\.0\.0/,
    ]);
  }
});

t.test('a board that does not come back from its last reset is bricked', async (t) => {
  const kit = profileOf({ mode: 'move', release: 'v2.4.0' });
  const hangs = { ...kit, application: { ...kit.application, versions: { '2.0.0': { fault: { kind: 'hang' as const, afterMs: 0 } } } } };
  const pipeline = pipelineOf([...update, 'reset: {}'], undefined, []);
  for (const [board, outcome] of [
    [boardOf(kit), 'passed'],
    [boardOf(hangs), 'failed'],
  ] as const) {
    const ran = await runPipelines([], { cells: planCells({ pipelines: [pipeline], boards: { all: [board], chosen: [board] } }) });
    t.strictSame(ran.outcomes, [outcome]);
    t.equal(complaints(ran).length, outcome === 'passed' ? 0 : 1);
  }
});
