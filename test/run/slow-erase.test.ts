/** A slot whose erase takes minutes: the limit of the first chunk is the pipeline's to set, or the bench's, in virtual time. */

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

/** Zephyr erases the five sectors of 16 KiB and a head, and the trailer's, as the upload begins: 120 s. */
const profile = readFileSync(projectPath('docs/examples/kinds/profile.profile.yaml'), 'utf8')
  .replace('erase-sector: 40ms', 'erase-sector: 20s')
  .replace('erase-progressively: true', 'erase-progressively: false');

interface Uploaded {
  readonly outcome: string | undefined;
  readonly diagnostic: EventDiagnostic | undefined;
  readonly seconds: number;
}

async function upload(t: Test, { bench = '', keys = '' }: { readonly bench?: string; readonly keys?: string }): Promise<Uploaded> {
  const board = `version: 1\nkind: bench\nboards:\n  slow: { transports: { serial: 'sim:slow.profile.yaml' }${bench} }\n`;
  const folder = t.testdir({ 'slow.profile.yaml': profile, 'lab.bench.yaml': board });
  const { document } = loadOne('bench', join(folder, 'lab.bench.yaml'));
  if (document === undefined) throw new Error('the bench of the test is wrong');
  const boards = createBoards(document);
  // The other image in the slot is what has to be erased.
  const slots = 'provision: { slots: [{ slot: 0, image: base }, { slot: 1, image: base }] }';
  const text = pipelineText(`  - upload: { image: next${keys} }\n`).replace(/provision: .*/, slots);
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
