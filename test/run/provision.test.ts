/** `provision` brings a board into the state that it names, and leaves it running in that state. */

import { join } from 'node:path';
import t from 'tap';
import { planCells } from '../../src/run/plan.ts';
import type { BootMode } from '../../src/sim/bootloader/index.ts';
import { boardOf, profileOf } from '../helpers/boards.ts';
import { complaintOf, parsePipeline, pipelineText, runPipelines } from '../helpers/run.ts';
import { projectPath } from '../helpers/vectors.ts';

/** Undefined when all went well on a small board of this mode. */
async function complaintIn(mode: BootMode, steps: string): Promise<string | undefined> {
  const board = boardOf(profileOf({ mode, release: 'head' }));
  const pipelines = [parsePipeline(pipelineText(steps).replaceAll('16 KiB', '8 KiB'))];
  const ran = await runPipelines([], { cells: planCells({ pipelines, boards: { all: [board], chosen: [board] } }) });
  return ran.events.flatMap((event) => ('diagnostics' in event ? event.diagnostics.map(({ message }) => message) : []))[0];
}

const then = (...expectations: readonly string[]): string => expectations.map((args) => `  - expect: { ${args} }\n`).join('');
const reset = '  - reset: {}\n  - wait: { for: 60s }\n';
const updating = (state: string): string =>
  `  - provision: { slots: [{ slot: 0, image: base }, { slot: 1, image: next }], state: ${state} }\n`;
const onTrial = (more: string): string => `  - provision: { slots: [{ slot: 0, image: next }, { slot: 1, image: base }], ${more} }\n`;

for (const mode of ['move', 'scratch', 'offset'] satisfies BootMode[]) {
  t.test(`the states of an update, as \`expect\` names them: ${mode}`, async (t) => {
    const at = (steps: string): Promise<string | undefined> => complaintIn(mode, steps);
    t.equal(
      await at(updating('normal') + then('state: normal', 'active: base', 'image: next, slot: 1') + reset + then('active: base')),
      undefined,
    );
    t.equal(await at(updating('test') + then('state: test', 'active: base') + reset + then('state: revert', 'active: next')), undefined);
    t.equal(await at(updating('permanent') + then('state: permanent') + reset + then('state: normal', 'active: next')), undefined);
    for (const trial of [onTrial('state: revert'), onTrial('confirmed: false')])
      t.equal(await at(trial + then('state: revert', 'active: next, confirmed: false') + reset + then('active: base')), undefined, trial);
    t.equal(await at(onTrial('confirmed: true') + then('state: normal') + reset + then('active: next, confirmed: true')), undefined);
  });
}

t.test('a trial where nothing is swapped', async (t) => {
  const trial = (more: string): string => onTrial(more) + then('active: next, confirmed: false') + reset + then('active: base');
  for (const more of ['state: revert', 'confirmed: false']) t.equal(await complaintIn('xip-revert', trial(more)), undefined, more);
});

t.test('what is named is there afterwards, and nothing waits beside it', async (t) => {
  const raw = join(t.testdir({ 'torn.bin': Buffer.alloc(64, 0xa5) }), 'torn.bin');
  const whole = projectPath('firmware/app-1.1.0.signed.bin');
  const uploaded = '  - upload: { image: next }\n';
  const cases = [
    `${uploaded}  - provision: { image: base }\n${then('image: next, absent: true', 'active: base')}`,
    `${uploaded}  - provision: { slots: [{ slot: 1, empty: true }] }\n${then('image: next, absent: true', 'active: base')}`,
    `${uploaded}  - provision: { slots: [{ slot: 1, raw: '${raw}' }] }\n${then('slots: [{ slot: 1, empty: true }]', 'active: base')}`,
    `  - provision: { slots: [{ slot: 1, raw: '${whole}' }] }\n${then('slots: [{ slot: 1, version: "1.1.0" }]')}`,
    `${uploaded}  - provision: { slots: [{ slot: 0, image: next }] }\n${then('active: next', 'image: next, slot: 1')}`,
    `${uploaded}  - provision: { slots: [{ slot: 0, image: base }], erase: all }\n${then('image: next, absent: true')}`,
    `${uploaded}  - provision: { slots: [{ slot: 0, image: base }], erase: settings }\n${then('image: next, slot: 1')}`,
  ];
  for (const steps of cases) t.equal(await complaintOf(steps), undefined, steps);
});

t.test('settings outlive an image, and no erase', async (t) => {
  const steps = (provision: string): string => `
  - settings: { write: { name: app/kept, text: x } }
  - settings: { save: {} }
  - provision: { ${provision} }
  - settings: { read: { name: app/kept } }
`;
  t.equal(await complaintOf(steps('image: base')), undefined);
  for (const erase of ['settings', 'all']) t.not(await complaintOf(steps(`image: base, erase: ${erase}`)), undefined, erase);
});
