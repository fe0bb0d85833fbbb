/** Reports of runs with any text in any field: always well-formed, and a reader finds in them what the log says. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { createBoundedText } from '../../src/base/bounded-text.ts';
import { createRunFold } from '../../src/report/fold.ts';
import { createReports, renderReports } from '../../src/report/index.ts';
import { clip, headAndTail, oneLine, printable } from '../../src/report/text.ts';
import { anyLog, anyText, holds, stamp } from '../events/logs.ts';
import { findAll, readXml } from './read-xml.ts';
import { missing, readTap, run } from './readers.ts';
import type { PlannedCell, RunEvent, RunEventBody } from '../../src/events/event.ts';
import type { CellSummary } from '../../src/report/summary.ts';
import type { XmlNode } from './read-xml.ts';

const summarize = (events: readonly RunEvent[]): readonly CellSummary[] => {
  const fold = createRunFold();
  events.forEach((event) => fold.on(event));
  return fold.summary().cells;
};
const render = (events: readonly RunEvent[], name: 'tap' | 'junit'): string => renderReports(events, [name])[0]!.text;

void t.test('text', (t) => {
  const cases: [string, string, string][] = [
    ['plain \u00e4 \u{1f680}', 'plain \u00e4 \u{1f680}', 'plain \u00e4 \u{1f680}'],
    ['\u001b[0m\u0000\u007f\u009b', '\\x1b[0m\\x00\\x7f\\x9b', '\\x1b[0m\\x00\\x7f\\x9b'],
    ['a\r\nb\rc\td\n', 'a\nb\\x0dc\td\n', 'a b\\x0dc d'],
    ['\ud800x\udc00', '\ufffdx\ufffd', '\ufffdx\ufffd'],
    ['\u2028\ufeff\ufffe', '\\u2028\\ufeff\\ufffe', '\\u2028\\ufeff\\ufffe'],
    ['  two  blanks \n\n next ', '  two  blanks \n\n next ', 'two  blanks next'],
  ];
  for (const [text, visible, line] of cases) {
    t.equal(printable(text), visible);
    t.equal(oneLine(text), line);
  }
  holds(
    t,
    fc.property(anyText, fc.integer({ min: 100, max: 130 }), (part, bytesMax) => {
      const text = printable(part.repeat(30));
      assert.equal(printable(text), text);
      for (const cut of [clip(text, bytesMax), headAndTail(text, bytesMax)]) {
        assert.ok(Buffer.byteLength(cut) <= bytesMax && cut === printable(cut));
        assert.ok(Buffer.byteLength(text) > bytesMax || cut === text, 'short text stays');
      }
    }),
    100,
  );
  t.equal(clip('\u{1f680}\u{1f680}', 7), '\u{1f680}\u2026', 'characters are not cut in two');
  t.equal(headAndTail('a'.repeat(99) + 'b'.repeat(99), 60), `${'a'.repeat(15)}\n[... 168 bytes left out ...]\n${'b'.repeat(15)}`);
  t.end();
});

void t.test('bounded text keeps both ends, whatever the pieces', (t) => {
  holds(
    t,
    fc.property(fc.array(fc.string({ maxLength: 40 }), { maxLength: 30 }), (pieces) => {
      const bounded = createBoundedText({ headMax: 20, tailMax: 30 });
      for (const piece of pieces) bounded.append(piece);
      const whole = pieces.join('');
      const dropped = whole.length - 50;
      assert.equal(
        bounded.text(),
        dropped <= 0 ? whole : `${whole.slice(0, 20)}\n[... ${dropped} characters left out ...]\n${whole.slice(-30)}`,
      );
    }),
    100,
  );
  t.end();
});

void t.test('TAP says what the log says', (t) => {
  holds(
    t,
    fc.property(anyLog, (events) => {
      const cells = summarize(events);
      const { points, complaints } = readTap(render(events, 'tap'));
      assert.deepEqual(complaints, []);
      assert.equal(points.length, cells.length);
      for (const [index, cell] of cells.entries()) {
        const point = points[index]!;
        const reason = oneLine(cell.reason ?? cell.outcome);
        assert.equal(point.name, `${oneLine(cell.plan.title)} (${oneLine(cell.plan.cell)})`.trim());
        assert.equal(point.ok, ['passed', 'skipped', 'not-applicable'].includes(cell.outcome));
        assert.equal(Boolean(point.todo), cell.outcome === 'xfailed');
        if (cell.outcome === 'skipped' && cell.reason !== undefined) assert.equal(withoutBrace(point.skip), withoutBrace(reason || true));
        const block = point.diag as { outcome: string; board: string; steps?: { title: string }[] };
        assert.equal(block.outcome, cell.outcome);
        assert.deepEqual(
          block.steps?.map((step) => step.title) ?? [],
          (cell.attempts.at(-1)?.steps ?? []).map((step) => printable(step.title)),
        );
      }
    }),
    150,
  );
  t.end();
});

/** tap-parser drops a brace that ends a reason, of several the last; so all at the end are left out of the comparison. */
function withoutBrace(reason: string | boolean): string | boolean {
  return typeof reason === 'string' ? reason.replace(/[\s{]+$/, '') || true : reason;
}

const verdicts = ['failure', 'error', 'skipped'];

void t.test('JUnit says what the log says', (t) => {
  holds(
    t,
    fc.property(anyLog, (events) => {
      const cells = summarize(events);
      const root = readXml(render(events, 'junit'));
      const found = findAll(root, 'testcase');
      assert.equal(found.length, cells.length);
      assert.equal(
        new Set(found.map((one) => JSON.stringify([one.attributes.get('classname'), one.attributes.get('name')]))).size,
        found.length,
        'unique',
      );
      for (const suite of findAll(root, 'testsuite')) checkCounts(suite);
      for (const cell of cells) {
        const one = found.find((one) => propertyOf(one, 'cell') === oneLine(cell.plan.cell))!;
        assert.ok(one.attributes.get('name')?.startsWith(oneLine(cell.plan.title)));
        assert.equal(one.attributes.get('classname'), oneLine(`${cell.plan.pipeline}.${cell.plan.board}`));
        assert.equal(propertyOf(one, 'outcome'), cell.outcome);
        const verdict = one.children.filter((child) => verdicts.includes(child.name));
        assert.equal(verdict.length, cell.outcome === 'passed' || cell.outcome === 'flaky' ? 0 : 1, 'one verdict at most');
        for (const diagnostic of cell.outcome === 'failed' ? cell.diagnostics : []) {
          assert.ok(verdict[0]?.text.includes(printable(`[${diagnostic.code}]: ${diagnostic.message}`)), 'the diagnostic is in the body');
        }
        const output = one.children.find((child) => child.name === 'system-out')?.text ?? '';
        assert.ok(Buffer.byteLength(output) <= 64 * 1024);
        assert.ok(output.endsWith(`[[ATTACHMENT|${oneLine(cell.artifacts[0]!.path)}]]\n`));
        assert.equal(output.split('[[ATTACHMENT|').length, 2, 'no attachment but our own');
      }
    }),
    150,
  );
  t.end();
});

function checkCounts(suite: XmlNode): void {
  const having = (name: string): string => String(suite.children.filter((one) => one.children.some((child) => child.name === name)).length);
  assert.equal(suite.attributes.get('tests'), String(findAll(suite, 'testcase').length));
  assert.equal(suite.attributes.get('failures'), having('failure'));
  assert.equal(suite.attributes.get('errors'), having('error'));
  assert.equal(suite.attributes.get('skipped'), having('skipped'));
}

function propertyOf(testcase: XmlNode, name: string): string | undefined {
  return findAll(testcase, 'property')
    .findLast((property) => property.attributes.get('name') === name)
    ?.attributes.get('value');
}

void t.test('a run that is killed anywhere still reports each planned cell once', (t) => {
  holds(
    t,
    fc.property(anyLog, fc.nat(), (events, at) => {
      const part = events.slice(0, 2 + (at % (events.length - 1)));
      const reports = createReports(['tap', 'junit']);
      const streamed = part.flatMap((event) => reports.on(event)).map(({ text }) => text);
      const { outputs, failures } = reports.end();
      const [tap, junit] = outputs;
      assert.deepEqual(failures, []);
      assert.deepEqual(outputs, renderReports(part, ['tap', 'junit']), 'afterwards as while it happened');
      assert.ok(tap!.text.startsWith(streamed.join('')));
      const planned = summarize(events).length;
      const { points, complaints } = readTap(tap!.text);
      assert.deepEqual(complaints, []);
      assert.equal(points.length, planned);
      assert.equal(findAll(readXml(junit!.text), 'testcase').length, planned);
    }),
    150,
  );
  t.end();
});

void t.test('events in any order do no harm', (t) => {
  holds(
    t,
    fc.property(
      anyLog.chain((events) => fc.shuffledSubarray(events, { minLength: events.length })),
      (events) => {
        assert.deepEqual(readTap(render(events, 'tap')).complaints, []);
        readXml(render(events, 'junit'));
      },
    ),
    100,
  );
  t.end();
});

const planned = (id: string): PlannedCell => ({ cell: id, pipeline: id, title: 'T', file: 'f', line: 1, board: 'b', axes: {}, tags: [] });
const start: RunEventBody = {
  kind: 'run-start',
  format: 1,
  run: 'r',
  seed: 1,
  bootproof: '0',
  started: '2026-01-01T00:00:00Z',
  virtual: true,
  host: {},
  selection: {},
};
const where = { cell: 'a', attempt: 1 };
const step = { ...where, section: 'steps', verb: 'v', title: '' } as const;

void t.test('what comes late changes no outcome', (t) => {
  const [cell] = summarize(
    stamp([
      { kind: 'plan', cells: [planned('a')] },
      { kind: 'cell-start', cell: 'a' },
      { kind: 'attempt-start', ...where, board: 'b', transport: 't' },
      { kind: 'step-start', ...step, step: 'steps[0]' },
      { kind: 'step-start', ...step, step: 'steps[1]' },
      { kind: 'step-start', ...step, step: 'steps[0]', title: 'again' },
      { kind: 'cell-end', cell: 'a', outcome: 'failed', diagnostics: [], attempts: 1, durationMs: 1 },
      { kind: 'artifact', cell: 'a', name: 'late', path: 'p', bytes: 1 },
      { kind: 'step-end', ...where, step: 'steps[0]', outcome: 'passed', durationMs: 1, diagnostics: [] },
      { kind: 'cell-end', cell: 'a', outcome: 'passed', diagnostics: [], attempts: 1, durationMs: 1 },
      { kind: 'cell-end', cell: 'z', outcome: 'failed', diagnostics: [], attempts: 1, durationMs: 1 },
    ]),
  );
  t.equal(cell?.outcome, 'failed');
  t.same(
    cell?.attempts[0]?.steps.map((one) => [one.step, one.title, one.outcome]),
    [
      ['steps[1]', '', 'aborted'],
      ['steps[0]', 'again', 'aborted'],
    ],
  );
  t.equal(cell?.artifacts[0]?.name, 'late', 'but an artifact may follow');
  t.end();
});

void t.test('a CR at the end of a text is not lost in the line end that follows', (t) => {
  const diagnostics = [
    { code: 'c', severity: 'error', message: '\r', found: 'f\r', frame: 'g\r' },
    { code: 'd', severity: 'error', message: 'm', hint: 'h\r' },
  ] as const;
  const events = stamp([
    start,
    { kind: 'plan', cells: [planned('a')] },
    { kind: 'attempt-start', ...where, board: 'b', transport: 't' },
    { kind: 'console', ...where, board: 'b', epoch: 0, text: 'tail\r' },
    { kind: 'cell-end', cell: 'a', outcome: 'failed', diagnostics, attempts: 1, durationMs: 1 },
  ]);
  const [found] = findAll(readXml(render(events, 'junit')), 'testcase');
  const textOf = (name: string): string | undefined => found?.children.find((child) => child.name === name)?.text;
  t.equal(textOf('failure'), 'error[c]: \\x0d\ng\\x0d\nfound:  f\\x0d\nerror[d]: m\nhint: h\\x0d');
  t.match(textOf('system-out'), /tail\\x0d\n$/);
  t.match(render(events, 'tap'), 'message: "\\\\x0d"');
  t.end();
});

void t.test('equal names are made unique, large reports are divided', (t) => {
  const noise = 'x'.repeat(60_000);
  const ids = Array.from({ length: 460 }, (_, index) => `a${index}`);
  const events = stamp([
    start,
    { kind: 'plan', cells: ids.map((id, index) => ({ ...planned(id), pipeline: `p${index >> 1}` })) },
    ...ids.flatMap((cell): RunEventBody[] => [
      { kind: 'cell-start', cell },
      { kind: 'attempt-start', cell, attempt: 1, board: 'b', transport: 't' },
      { kind: 'console', cell, attempt: 1, board: 'b', epoch: 0, text: noise },
      { kind: 'cell-end', cell, outcome: 'failed', diagnostics: [], attempts: 1, durationMs: 1 },
    ]),
  ]);
  const files = renderReports(events, ['junit']);
  t.same(
    files.map((file) => file.path),
    ['junit.xml', 'junit-2.xml'],
  );
  t.ok(files.every((file) => Buffer.byteLength(file.text) < 25_000_000));
  const roots = files.map((file) => readXml(file.text));
  const found = roots.flatMap((root) => findAll(root, 'testcase'));
  t.same(
    roots.map((root) => Number(root.attributes.get('tests'))),
    roots.map((root) => findAll(root, 'testcase').length),
  );
  t.equal(found.length, ids.length);
  t.same(
    found.slice(0, 2).map((one) => one.attributes.get('name')),
    ['T', 'T (2)'],
  );
  t.end();
});

void t.test('a reporter that fails takes nothing else with it', (t) => {
  const reports = createReports(['tap', 'junit']);
  const untyped = { ...planned('a'), title: undefined } as unknown as PlannedCell;
  const end: RunEventBody = { kind: 'cell-end', cell: 'a', outcome: 'passed', diagnostics: [], attempts: 1, durationMs: 1 };
  for (const event of stamp([start, { kind: 'plan', cells: [untyped] }, end, { kind: 'run-end', exitCode: 0, counts: {} }]))
    reports.on(event);
  const { outputs, failures } = reports.end();
  t.same(outputs, []);
  t.same(
    failures.map((failure) => failure.name),
    ['tap', 'junit'],
    'each is told once',
  );
  t.end();
});

const samples = fc.sample(anyLog, { numRuns: 25, seed: 7 }).filter((events) => summarize(events).length > 0);

void t.test('prove understands it', { skip: missing('prove') }, (t) => {
  const files = writeAll(
    t.testdir(),
    samples.map((events) => render(events, 'tap')),
  );
  const result = run('prove', ['-e', 'cat', ...files]);
  t.notMatch(result.text, /Parse errors|Dubious|YAML/);
  t.match(result.text, `Files=${files.length}`);
  t.end();
});

void t.test('xmllint understands it', { skip: missing('xmllint') }, (t) => {
  const files = writeAll(
    t.testdir(),
    samples.map((events) => render(events, 'junit')),
  );
  const result = run('xmllint', ['--noout', ...files]);
  t.equal(result.code, 0, result.text);
  t.end();
});

function writeAll(folder: string, texts: readonly string[]): readonly string[] {
  return texts.map((text, index) => {
    const path = `${folder}/${index}`;
    writeFileSync(path, text);
    return path;
  });
}
