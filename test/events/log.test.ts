/** The event log: console bytes, the JSONL codec against damage of every kind, and joined logs. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { decodeConsole, encodeConsole } from '../../src/events/console-text.ts';
import { joinRuns } from '../../src/events/join.ts';
import { decodeEvents, encodeEvent } from '../../src/events/log.ts';
import { anyLog, holds } from './logs.ts';
import type { RunEvent } from '../../src/events/event.ts';

const bytesOf = (...parts: (string | number)[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part)))));

void t.test('console bytes as text', (t) => {
  const cases: [Uint8Array, string][] = [
    [bytesOf('I: ok\r\n\tdone'), 'I: ok\r\n\tdone'],
    [bytesOf('\u001b[31mred', 0), '\\x1b[31mred\\x00'],
    [bytesOf('C:\\x41'), 'C:\\\\x41'],
    [bytesOf('\u00e4\u20ac\u{1f680}'), '\u00e4\u20ac\u{1f680}'],
    [bytesOf(0xff, 0xfe, 'a', 0x80), '\\xff\\xfea\\x80'],
    [bytesOf(0xc0, 0xaf), '\\xc0\\xaf'],
    [bytesOf(0xed, 0xa0, 0x80), '\\xed\\xa0\\x80'],
    [bytesOf(0xf0, 0x9f, 0x9a), '\\xf0\\x9f\\x9a'],
    [bytesOf('\u0085\u2028\ufeff\uffff', 0x7f), '\\xc2\\x85\\xe2\\x80\\xa8\\xef\\xbb\\xbf\\xef\\xbf\\xbf\\x7f'],
  ];
  for (const [bytes, text] of cases) {
    t.equal(encodeConsole(bytes), text);
    t.same(decodeConsole(text), bytes, `${text} comes back`);
  }
  t.same(decodeConsole('\\x4 \\q \\'), bytesOf('\\x4 \\q \\'), 'a backslash that starts no escape stands for itself');
  holds(
    t,
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => {
      const text = encodeConsole(bytes);
      assert.deepEqual(decodeConsole(text), bytes);
      assert.match(text, /^[\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u);
      const split = encodeConsole(bytes.subarray(0, at)) + encodeConsole(bytes.subarray(at));
      assert.equal(encodeConsole(decodeConsole(split)), text, 'characters that two chunks share are healed');
    }),
    200,
  );
  t.end();
});

void t.test('a log comes back event for event', (t) => {
  holds(
    t,
    fc.property(anyLog, (events) => {
      const text = events.map(encodeEvent).join('');
      assert.deepEqual(decodeEvents(text), { events, errors: [], torn: false });
      assert.deepEqual(decodeEvents(Buffer.from(text)), { events, errors: [], torn: false });
      assert.equal(text.split('\n').length, events.length + 1, 'one line each');
    }),
    100,
  );
  t.end();
});

const start = line({
  kind: 'run-start',
  format: 1,
  run: 'r',
  seed: 1,
  bootproof: '0',
  started: '2026-01-01T00:00:00Z',
  virtual: true,
  host: {},
  selection: {},
});
const plan = line({ kind: 'plan', cells: [{ cell: 'a', pipeline: 'p', title: '', file: '', line: 1, board: 'b', axes: {}, tags: [] }] });
const end = line({ kind: 'cell-end', cell: 'a', outcome: 'passed', diagnostics: [], attempts: 1, durationMs: 0 });

function line(body: object): string {
  return `${JSON.stringify({ seq: 0, at: 0, ...body })}\n`;
}

void t.test('damaged logs', (t) => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const cases: { name: string; text: string; errors: [number, string][]; torn?: boolean; kinds?: string[] }[] = [
    { name: 'nothing', text: '', errors: [], kinds: [] },
    { name: 'blank lines and CR LF', text: `\n${start.replace('\n', '\r\n')}\n`, errors: [], kinds: ['run-start'] },
    { name: 'a torn last line', text: start + plan + end.slice(0, 30), errors: [], torn: true, kinds: ['run-start', 'plan'] },
    { name: 'a torn line before a resumed run', text: `${start}${plan}{"seq\n${start}${plan}`, errors: [] },
    {
      name: 'a damaged middle line',
      text: `${start}{"seq\n${plan}\u0000\u0000\n${end}`,
      errors: [
        [2, 'event-log-not-json'],
        [4, 'event-log-not-json'],
      ],
    },
    { name: 'not an event', text: `${start}7\n[]\nnull\n{}\n{"kind":7}\n`, errors: [2, 3, 4, 5, 6].map((n) => [n, 'event-log-bad-event']) },
    { name: 'a field of another type', text: start + plan + end.replace('"passed"', '"good"'), errors: [[3, 'event-log-bad-event']] },
    { name: 'a field missing', text: start + plan + end.replace('"cell":"a",', ''), errors: [[3, 'event-log-bad-event']] },
    {
      name: 'a time that no report could print',
      text: start + plan + end.replace('"at":0', '"at":1e300'),
      errors: [[3, 'event-log-bad-event']],
    },
    { name: 'no date', text: start.replace('2026-01-01', '2026-13-01'), errors: [[1, 'event-log-bad-event']] },
    {
      name: 'a field named like a property of all objects',
      text: line({ kind: '__proto__' }) + line({ kind: 'toString' }),
      errors: [],
      kinds: [],
    },
    {
      name: 'values nested too deep',
      text: start.replace('"selection":{}', `"selection":{"x":${deep}}`),
      errors: [[1, 'event-log-bad-event']],
    },
    { name: 'a later format', text: start.replace('"format":1', '"format":2'), errors: [[1, 'event-log-format']] },
    {
      name: 'kinds and fields of a later version',
      text: start + line({ kind: 'moon-phase' }) + plan.replace('{', '{"new":1,'),
      errors: [],
      kinds: ['run-start', 'plan'],
    },
    { name: 'a result that nobody planned', text: start + plan + end.replace('"a"', '"z"'), errors: [[3, 'event-log-unplanned-cell']] },
    { name: 'results without any plan', text: start + end, errors: [], kinds: ['run-start', 'cell-end'] },
  ];
  for (const { name, text, errors, torn = false, kinds } of cases) {
    const log = decodeEvents(text);
    t.same(
      log.errors.map((error) => [error.line, error.code]),
      errors,
      name,
    );
    t.equal(log.torn, torn, `${name}: torn`);
    t.same(decodeEvents(Buffer.from(text)), log, `${name}: as a file has it`);
    if (kinds !== undefined)
      t.same(
        log.events.map((event) => event.kind),
        kinds,
        `${name}: what is left`,
      );
  }
  t.end();
});

void t.test('any text decodes to events and typed errors, any cut of a log to its whole lines', (t) => {
  holds(
    t,
    fc.property(anyLog, fc.nat(), fc.string({ unit: 'binary' }), (events, at, junk) => {
      const text = events.map(encodeEvent).join('');
      const cut = decodeEvents(text.slice(0, at % (text.length + 1)));
      assert.deepEqual(cut.errors, []);
      assert.deepEqual(cut.events, events.slice(0, cut.events.length));
      const spoilt = decodeEvents(`${text}${junk}\n${text}`);
      assert.ok(spoilt.events.length >= events.length * 2, 'junk costs its own line only');
    }),
    100,
  );
  t.end();
});

void t.test('joined logs', (t) => {
  const cells = (...ids: string[]): RunEvent => {
    const [made] = (JSON.parse(plan) as { cells: [object] }).cells;
    return read(line({ kind: 'plan', cells: ids.map((cell) => ({ ...made, cell })) }));
  };
  const run = (name: string, second: number, shard: number, ...events: RunEvent[]): RunEvent[] => [
    read(
      start
        .replace('"r"', JSON.stringify(name))
        .replace('00:00Z', `00:${String(second).padStart(2, '0')}Z`)
        .replace('"selection":{}', `"selection":{"shard":${shard}}`),
    ),
    ...events,
  ];
  const ended = (cell: string, outcome: string, at = 0): RunEvent =>
    read(end.replace('"a"', JSON.stringify(cell)).replace('passed', outcome).replace('"at":0', `"at":${at}`));
  const began = (cell: string): RunEvent => read(line({ kind: 'cell-start', cell }));
  const over = (exitCode: number, counts = {}): RunEvent => read(line({ kind: 'run-end', exitCode, counts }));
  const show = (events: readonly RunEvent[]): string[] =>
    events.map((event) => {
      switch (event.kind) {
        case 'plan':
          return `plan ${event.cells.map((cell) => cell.cell).join()}`;
        case 'cell-end':
          return `${event.cell} ${event.outcome} @${event.at}`;
        case 'run-end':
          return `end ${event.exitCode} ${JSON.stringify(event.counts)}`;
        case 'run-start':
          return `start ${event.run}`;
        default:
          return event.kind;
      }
    });

  const single = run('r', 0, 1, cells('a'), ended('a', 'passed'));
  t.equal(joinRuns(single), single, 'one run stays as it is');

  const shards = joinRuns([
    ...run('r', 5, 1, cells('a', 'b'), ended('a', 'passed', 100), ended('b', 'infra'), over(3, { passed: 1, infra: 1 })),
    ...run('r', 0, 2, cells('c', 'b'), ended('c', 'failed', 100), ended('b', 'passed'), over(1, { failed: 1, passed: 1 })),
  ]);
  t.same(show(shards), [
    'start r',
    'plan a,b,c',
    'a passed @5100',
    'b infra @5000',
    'c failed @100',
    'end 1 {"passed":2,"infra":1,"failed":1}',
  ]);
  t.same(
    shards.map((event) => event.seq),
    [0, 1, 2, 3, 4, 5],
    'numbered anew',
  );

  const resume = read(line({ kind: 'run-resume', started: '2026-01-01T00:00:09Z', host: {} }));
  const conclusion = read(line({ kind: 'note', severity: 'error', text: 'a sweep failed' }));
  const resumed = [
    ...run(
      'r',
      0,
      1,
      cells('a', 'b', 'c'),
      ended('a', 'passed'),
      began('b'),
      ended('b', 'aborted'),
      ended('c', 'not-run'),
      conclusion,
      over(130),
    ),
    ...[resume, ended('b', 'failed', 9), conclusion],
  ];
  const again = ['start r', 'plan a,b,c', 'a passed @0', 'cell-start', 'run-resume', 'b failed @9'];
  t.same(show(joinRuns(resumed)), [...again, 'note'], 'a resumption makes void what only the unfinished run said');
  t.same(show(joinRuns([...resumed, resume, ended('c', 'passed', 9), over(1)])), [...again, 'run-resume', 'c passed @9', 'end 1 {}']);

  t.same(show(joinRuns(run('r', 0, 1))), ['start r', 'plan plan of r'], 'a run without a plan is not a run without cells');
  const lost = joinRuns([...run('x', 0, 1, cells('a'), ended('a', 'passed'), over(0)), ...run('y', 0, 2)]);
  t.same(show(lost), ['start x+y', 'plan a,plan of y', 'a passed @0'], 'nor is a shard without one; the whole has not ended');
  t.end();
});

function read(text: string): RunEvent {
  const { events, errors } = decodeEvents(text);
  if (errors[0] !== undefined) throw errors[0];
  return events[0]!;
}
