/**
 * Whole logs and the files that they must give, byte for byte, in `golden/`. `UPDATE_GOLDEN=1` writes the files anew. What is
 * written is also read by other people's parsers: tap-parser, `prove`, `xmllint`.
 */

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { joinRuns } from '../../src/events/join.ts';
import { decodeEvents } from '../../src/events/log.ts';
import { createReports, renderReports, reporterNames } from '../../src/report/index.ts';
import { projectPath } from '../helpers/vectors.ts';
import { findAll, readXml } from './read-xml.ts';
import { missing, readTap, run } from './readers.ts';

const folder = projectPath('test/report/golden');
const cases = readdirSync(folder).map((name) => {
  const { events, errors } = decodeEvents(readFileSync(`${folder}/${name}/events.jsonl`, 'utf8'));
  return { name, events: joinRuns(events), errors, outputs: renderReports(events, reporterNames) };
});
const fileOf = (name: string, path: string): string => `${folder}/${name}/${path}`;

for (const { name, errors, outputs } of cases) {
  void t.test(`${name}: the files`, (t) => {
    t.same(errors, [], 'every line of the log is sound');
    for (const { path, text } of outputs) {
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(fileOf(name, path), text);
      t.equal(text, existsSync(fileOf(name, path)) ? readFileSync(fileOf(name, path), 'utf8') : undefined, path);
    }
    t.end();
  });
}

for (const { name, events, outputs } of cases) {
  void t.test(`${name}: the same while it happens as afterwards`, (t) => {
    const reports = createReports(reporterNames);
    const streamed = events.flatMap((event) => reports.on(event)).filter((part) => part.name === 'tap');
    const live = streamed.map((part) => part.text).join('');
    t.same(reports.end(), { outputs, failures: [] });
    const whole = outputs.find((output) => output.path === 'results.tap')?.text ?? '';
    if (events.at(-1)?.kind === 'run-end') t.equal(live, whole);
    else t.ok(live !== '' && whole.startsWith(live), 'a killed run was streamed as far as it came');
    t.end();
  });
}

void t.test('the verdicts', (t) => {
  const verdicts = (name: string): string =>
    readFileSync(fileOf(name, 'results.tap'), 'utf8')
      .match(/^(not )?ok/gm)
      ?.join() ?? '';
  t.equal(verdicts('outcomes'), 'ok,not ok,not ok,not ok,ok,ok,not ok,not ok,not ok,not ok,not ok');
  t.equal(verdicts('killed'), 'not ok,ok,not ok');
  t.equal(verdicts('no-plan'), 'not ok', 'a run that died before its plan is red');
  t.equal(verdicts('empty'), '');
  t.equal(verdicts('joined'), 'ok,not ok,ok,ok', 'a pass in another shard hides no failure; a resumed cell counts as it ended');
  const results = findAll(readXml(readFileSync(fileOf('outcomes', 'junit.xml'), 'utf8')), 'testcase').map((one) => {
    const verdict = one.children.find((child) => !['properties', 'system-out'].includes(child.name));
    return verdict === undefined ? 'pass' : `${verdict.name} ${verdict.attributes.get('type') ?? verdict.attributes.get('message') ?? ''}`;
  });
  t.same(results, [
    'pass',
    'failure failed',
    'error infra',
    'error broken',
    'skipped not selected on this branch',
    'skipped requires bootloader.swap, which is false on sim',
    'skipped known issue FW-123: the swap timed out',
    'failure unexpected-pass',
    'flakyFailure failed',
    'error not-run',
    'error aborted',
  ]);
  t.end();
});

void t.test('tap-parser, strictly', (t) => {
  for (const { name, outputs } of cases) t.same(readTap(outputs[0]!.text).complaints, [], name);
  t.end();
});

void t.test('prove', { skip: missing('prove') }, (t) => {
  for (const { name } of cases) {
    const result = run('prove', ['-e', 'cat', fileOf(name, 'results.tap')]);
    t.notMatch(result.text, /Parse errors|Dubious|YAML/, `${name} is understood`);
    const red = /^not ok(?!.*# TODO)/m.test(readFileSync(fileOf(name, 'results.tap'), 'utf8'));
    t.equal(result.code !== 0, red, `${name}: green exactly when no point is bad`);
  }
  t.end();
});

void t.test('xmllint', { skip: missing('xmllint') }, (t) => {
  const result = run('xmllint', ['--noout', ...cases.map(({ name }) => fileOf(name, 'junit.xml'))]);
  t.equal(result.code, 0, result.text);
  t.end();
});
