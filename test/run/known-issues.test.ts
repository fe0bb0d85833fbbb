/** Known issues: what they excuse and what not, and shares of a run, with the real command. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createBoards } from '../../src/cli/boards.ts';
import { loadDocument } from '../../src/language/load.ts';
import type { KnownIssues } from '../../src/language/model.ts';
import { createCell } from '../../src/run/cell.ts';
import { withKnownIssue } from '../../src/run/known-issues.ts';
import { runCommand } from '../cli/command.ts';
import { parsePipeline, pipelineText, runPipelines } from '../helpers/run.ts';

function issuesOf(text: string): KnownIssues {
  return loadDocument(`version: 1\nkind: known-issues\nissues:\n${text}`, { name: 'x.yaml' }).document as KnownIssues;
}

const issue = (more: string): string =>
  `  - { id: FW-1, ticket: 'https://t.example/1', owner: ota, match: { pipeline: test.* }, expires: '2027-01-31', ${more} }\n`;
const failing = '  - expect: { active: next }';
const passing = '  - expect: { active: base }';

/** Steps, the entry, the day, and how the cell must end. */
const cases: readonly [name: string, steps: string, entry: string, today: string, outcome: string, reason: RegExp | undefined][] = [
  ['a failure that is described', failing, issue('signature: the running image'), '2027-01-31', 'xfailed', /running image/],
  ['any failure without a signature', failing, issue(''), '2026-12-01', 'xfailed', /./],
  ['a different failure', failing, issue('signature: slot 0 still'), '2026-12-01', 'failed', /this is not what FW-1 describes/],
  ['a failure after the day', failing, issue(''), '2027-02-01', 'failed', /FW-1 excused it until 2027-01-31/],
  ['an unexpected pass', passing, issue(''), '2026-12-01', 'xpassed', /delete the entry/],
  ['a pass that is not strict', passing, issue('strict: false'), '2026-12-01', 'passed', undefined],
  ['a pass in quarantine', passing, issue('mode: quarantine'), '2026-12-01', 'passed', undefined],
  ['a failure in quarantine', failing, issue('mode: quarantine'), '2026-12-01', 'xfailed', /./],
  ['another board', failing, issue('').replace('test.* }', 'test.*, cells: { board: nrf54* } }'), '2026-12-01', 'failed', /./],
  [
    'the board by a wildcard',
    failing,
    issue('').replace('test.* }', "test.*, cells: { board: 's*', transport: serial } }"),
    '2026-12-01',
    'xfailed',
    /./,
  ],
  ['another pipeline', failing, issue('').replace('test.*', 'ota.*'), '2026-12-01', 'failed', /./],
];

for (const [name, steps, entry, today, outcome, reason] of cases) {
  t.test(name, async (t) => {
    const pipeline = parsePipeline(pipelineText(steps));
    const { events, exitCode } = await runPipelines([pipeline], { knownIssues: { issues: issuesOf(entry).issues, today } });
    const end = events.find((event) => event.kind === 'cell-end');
    t.equal(end?.outcome, outcome);
    if (reason !== undefined) t.match(end?.reason, reason);
    t.equal(exitCode, ['xfailed', 'passed'].includes(outcome) ? 0 : 1);
    t.strictSame(end?.issue, ['xfailed', 'xpassed'].includes(outcome) ? { id: 'FW-1', ticket: 'https://t.example/1' } : undefined);
  });
}

t.test('a cell that passed at the second attempt is excused in quarantine only', (t) => {
  const [sim] = createBoards(undefined);
  const cell = createCell(parsePipeline(pipelineText(passing)), sim!, {});
  const outcomeUnder = (entry: string): string =>
    withKnownIssue(cell, { outcome: 'flaky', reason: 'x' }, { issues: issuesOf(entry).issues, today: '2026-12-01' }).outcome;
  t.equal(outcomeUnder(issue('mode: quarantine')), 'xfailed');
  t.equal(outcomeUnder(issue('mode: xfail')), 'flaky');
  t.end();
});

t.test('with the whole command: the failure is expected, its ticket is in the report, and an idle entry is told', async (t) => {
  const cwd = t.testdir({ 'one.pipeline.yaml': pipelineText(failing) });
  const idle = issue('').replace('FW-1', 'FW-2').replace('test.*', 'ota.gone');
  writeFileSync(join(cwd, 'known-issues.yaml'), `version: 1\nkind: known-issues\nissues:\n${issue('')}${idle}`);
  const ran = await runCommand(['run', 'one.pipeline.yaml', '--known-issues', 'known-issues.yaml', '--out', 'out'], { cwd });
  t.equal(ran.status, 0, ran.stdout + ran.stderr);
  t.match(ran.stdout, /not ok 1 - .* # TODO https:\/\/t\.example\/1: /);
  t.match((await runCommand(['report', '--from', 'out', '--report', 'junit'], { cwd })).stdout, /known issue https:\/\/t\.example\/1/);
});

t.test('shares of a run have every cell once, and one without cells is refused', async (t) => {
  const cwd = t.testdir({ 'one.pipeline.yaml': pipelineText(passing, 'matrix: { axes: { transport: [serial, udp, shell] } }') });
  const names: (string | undefined)[] = [];
  for (const share of ['1/2', '2/2']) {
    const { stdout } = await runCommand(['run', 'one.pipeline.yaml', '--shard', share, '--out', share.replace('/', '-')], { cwd });
    names.push(...[...stdout.matchAll(/^ok \d+ - .*transport=(\w+)/gm)].map(([, name]) => name));
  }
  t.same(names.sort(), ['serial', 'shell', 'udp']);
  const merged = (await runCommand(['report', '--from', '1-2', '--from', '2-2', '--report', 'tap'], { cwd })).stdout;
  t.match(merged, /^1\.\.3$/m);
  const lost = await runCommand(['report', '--from', '1-2', '--from', '1-2', '--report', 'tap'], { cwd });
  t.match(lost.stdout, /^not ok 3 - The share 2\/2 of the run is in the report/m, 'the cells of a share that is lost are no pass');
  t.equal(lost.status, 3);
  const empty = await runCommand(['run', 'one.pipeline.yaml', '--shard', '4/4', '--out', 'none'], { cwd });
  t.equal(empty.status, 2);
  t.match(empty.stderr, /the share 4\/4 has no cells: there are only 3 \(use fewer shares\)/);
  t.match(
    (await runCommand(['run', 'one.pipeline.yaml', '--shard', '3/2'], { cwd })).stderr,
    /"3\/2" is no share of a run \(write it as I\/N, such as --shard 1\/4\)/,
  );
});
