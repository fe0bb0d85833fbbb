/** A slot whose erase takes minutes: how long it may take is the pipeline's to say, or the bench's, in virtual time. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { createBoards } from '../../src/cli/boards.ts';
import { loadOne } from '../../src/cli/documents.ts';
import type { EventDiagnostic } from '../../src/events/event.ts';
import { planCells } from '../../src/run/plan.ts';
import { parsePipeline, pipelineText, runPipelines, stepEnds } from '../helpers/run.ts';
import { projectPath } from '../helpers/vectors.ts';

/** Zephyr erases the five sectors of 16 KiB and a head, and the trailer's, as the upload begins: six sectors. */
const profile = (erase: string): string =>
  readFileSync(projectPath('docs/examples/kinds/profile.profile.yaml'), 'utf8')
    .replace('erase-sector: 40ms', `erase-sector: ${erase}`)
    .replace('erase-progressively: true', 'erase-progressively: false');

interface Ended {
  readonly outcome: string | undefined;
  readonly diagnostic: EventDiagnostic | undefined;
  readonly seconds: number;
}

interface Given {
  readonly bench?: string;
  readonly keys?: string;
}

function upload(t: Test, { keys = '', ...given }: Given): Promise<Ended> {
  return run(t, { ...given, step: `upload: { image: next${keys} }`, sector: '20s' });
}

function erase(t: Test, { keys = '', ...given }: Given): Promise<Ended> {
  return run(t, { ...given, step: `erase: { slot: 1 }${keys}`, sector: '10s' });
}

interface Work extends Given {
  readonly step: string;
  /** What a sector takes. */
  readonly sector: string;
}

async function run(t: Test, { bench = '', step, sector }: Work): Promise<Ended> {
  const board = `version: 1\nkind: bench\nboards:\n  slow: { transports: { serial: 'sim:slow.profile.yaml' }${bench} }\n`;
  const folder = t.testdir({ 'slow.profile.yaml': profile(sector), 'lab.bench.yaml': board });
  const { document } = loadOne('bench', join(folder, 'lab.bench.yaml'));
  if (document === undefined) throw new Error('the bench of the test is wrong');
  const boards = createBoards(document);
  // The other image in the slot is what has to be erased.
  const slots = 'provision: { slots: [{ slot: 0, image: base }, { slot: 1, image: base }] }';
  const text = pipelineText(`  - ${step}\n`).replace(/provision: .*/, slots);
  const pipelines = [parsePipeline(text)];
  const ran = await runPipelines(pipelines, { cells: planCells({ pipelines, boards: { all: boards, chosen: boards } }) });
  const end = stepEnds(ran).get('steps[0]');
  return { outcome: ran.outcomes[0], diagnostic: end?.diagnostics[0], seconds: (end?.durationMs ?? 0) / 1000 };
}

t.test('an erase that takes longer than the limit ends the upload, and says what to raise', async (t) => {
  const { outcome, diagnostic } = await upload(t, {});
  t.equal(outcome, 'infra');
  t.match(diagnostic, { code: 'smp-no-answer', message: /within 1 m 00 s/, hint: /`first-timeout`.*`erase-time`/ });
});

t.test('the pipeline gives the time, or the bench for all pipelines', async (t) => {
  for (const given of [{ keys: ', first-timeout: 3m' }, { bench: ', erase-time: 3m' }]) {
    const { outcome, seconds } = await upload(t, given);
    t.equal(outcome, 'passed', JSON.stringify(given));
    t.ok(seconds > 120 && seconds < 180, `${seconds} s`);
  }
});

t.test('the pipeline can demand more than the bench allows for', async (t) => {
  const { outcome, diagnostic } = await upload(t, { bench: ', erase-time: 3m', keys: ', first-timeout: 30s' });
  t.equal(outcome, 'infra');
  t.match(diagnostic, { code: 'smp-no-answer', message: /within 30 s/ });
});

t.test('`erase` has a limit that says what to raise, and keeps to what the step says, or the bench', async (t) => {
  const unlimited = await erase(t, {});
  t.match(unlimited, {
    outcome: 'infra',
    diagnostic: { code: 'smp-no-answer', message: /within 3 m 00 s/, hint: /`timeout`.*`erase-time`/ },
  });
  for (const given of [{ keys: '\n    timeout: 30m' }, { bench: ', erase-time: 30m' }]) {
    const { outcome, seconds } = await erase(t, given);
    t.equal(outcome, 'passed', JSON.stringify(given));
    t.ok(seconds > 180 && seconds < 1800, `${seconds} s`);
  }
  const demanding = await erase(t, { bench: ', erase-time: 30m', keys: '\n    timeout: 20s' });
  t.match(demanding, { outcome: 'failed', diagnostic: { code: 'step-timeout', message: /after 20 s/ } });
});
