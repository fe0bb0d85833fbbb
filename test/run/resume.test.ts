/** A run that dies at any moment and goes on, on simulated boards in virtual time: each event is the last one of a killed run once. */

import assert from 'node:assert/strict';
import t from 'tap';
import { BootproofError } from '../../src/base/errors.ts';
import type { RunEvent } from '../../src/events/event.ts';
import { forResumption } from '../../src/events/resume.ts';
import { decodeEvents, encodeEvent } from '../../src/events/log.ts';
import { createReports, renderReports, reporterNames } from '../../src/report/index.ts';
import { readPast } from '../../src/run/past.ts';
import { parsePipeline, runPipelines } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';

const text = (id: string, steps: string): string => `version: 1
kind: pipeline
id: ${id}
title: ${id}
inputs:
  base: { image: { build: { version: '1.0.0', size: 4 KiB } } }
setup:
  - provision: { image: base, confirmed: true }
steps:
  - id: said
    echo: { d: hello }
    save: { heard: r }
${steps}
teardown:
  - expect: { value: '\${{ has(steps.said) ? steps.said.r : "hello" }}', equals: hello }
  - echo: { d: bye }
`;

const pipelines = [
  parsePipeline(text('one.passes', '  - repeat: { count: 2, steps: [{ echo: { d: again } }] }')),
  parsePipeline(text('two.fails', '  - expect: { response: { r: hallo } }')),
  parsePipeline(text('three.passes', '  - wait: { for: 3s }')),
];
const options = { retry: { max: 1, on: ['failed'], board: 'same' } } as const;

function endsOf(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === 'cell-end' ? [`${event.cell} ${event.outcome} ${event.reason ?? ''}`] : [])).sort();
}

/** The run goes on after `before`; gives the whole log, and how the reports that were fed while it went on look. */
async function resume(
  before: readonly RunEvent[],
): Promise<Ran & { readonly log: readonly RunEvent[]; readonly live: readonly unknown[] }> {
  const reports = createReports(reporterNames);
  for (const event of forResumption(before)) reports.on(event);
  const ran = await runPipelines(pipelines, { ...options, past: readPast(before) });
  for (const event of ran.events) reports.on(event);
  return { ...ran, log: [...before, ...ran.events], live: reports.end().outputs };
}

/** What happened in the attempt that was open when the run died. */
function openAttempt(
  before: readonly RunEvent[],
): { readonly cell: string; readonly attempt: number; readonly isTornDown: boolean } | undefined {
  const start = before.findLast((event) => event.kind === 'attempt-start');
  if (start === undefined) return undefined;
  const own = before.filter((event) => 'attempt' in event && event.cell === start.cell && event.attempt === start.attempt);
  if (own.some(({ kind }) => kind === 'attempt-end')) return undefined;
  const begun = own.some(({ kind }) => kind === 'step-start');
  const isTornDown = !begun || own.some((event) => event.kind === 'step-end' && event.step === 'teardown[1]');
  return { cell: start.cell, attempt: start.attempt, isTornDown };
}

t.test('killed after any event, the run goes on to the same results', { timeout: 300_000 }, async (t) => {
  const whole = await runPipelines(pipelines, options);
  t.equal(whole.exitCode, 1);
  const first = whole.events.findIndex(({ kind }) => kind === 'plan') + 1;
  for (let count = first; count < whole.events.length; count += 1) {
    const before = whole.events.slice(0, count);
    // What the board said changes nothing.
    if (['console', 'wire'].includes(before.at(-1)!.kind)) continue;
    const { log, live, exitCode } = await resume(before);
    const what = `after event ${count}, ${before.at(-1)?.kind}`;
    assert.deepEqual(endsOf(log), endsOf(whole.events), what);
    assert.equal(exitCode, whole.exitCode, what);
    assert.deepEqual(
      log.map(({ seq }) => seq),
      log.map((_, index) => index),
      `${what}: numbered without gaps`,
    );
    assert.ok(
      log.every(({ at }, index) => index === 0 || at >= log[index - 1]!.at),
      `${what}: time never goes back`,
    );
    assert.deepEqual(renderReports(log, reporterNames), live, `${what}: the reports are those of the log`);
    const open = openAttempt(before);
    const again = log.slice(count).filter((event) => 'attempt' in event && event.cell === open?.cell && event.attempt === open?.attempt);
    const teardown = again.flatMap((event) => (event.kind === 'step-end' ? [`${event.step} ${event.outcome}`] : []));
    const expected = open === undefined || open.isTornDown ? [] : ['teardown[0] passed', 'teardown[1] passed'];
    assert.deepEqual(teardown, expected, `${what}: the teardown`);
    if (open !== undefined)
      assert.ok(
        again.some((event) => event.kind === 'attempt-end' && event.outcome === 'aborted'),
        what,
      );
  }
  t.pass(`${whole.events.length - first} moments`);
});

const roles = parsePipeline(`version: 1
kind: pipeline
id: four.roles
title: four
devices: { left: {}, right: {} }
steps:
  - { id: said, device: left, echo: { d: hello } }
  - { device: right, echo: { d: '\${{ steps.said.r }}' } }
teardown:
  - { device: left, echo: { d: bye } }
  - { device: right, echo: { d: bye } }
`);
const swept = `  - upload: { image: base }
    fault: { do: power-cut, at: { flash-op: { sample: 3 } } }
  - expect: { active: base }
    within: 60s`;

t.test('a share of a run, the cells of a sweep and several boards go on like all others', { timeout: 300_000 }, async (t) => {
  const many = [parsePipeline(text('five.sweeps', swept)), roles];
  let moments = 0;
  for (const index of [1, 2]) {
    const shared = { shard: { index, count: 2 } };
    const whole = await runPipelines(many, shared);
    t.same(whole.outcomes, ['passed', 'passed']);
    const start = whole.events.findIndex(({ kind }) => kind === 'plan') + 1;
    const ends = whole.events.flatMap(({ kind }, at) => (at >= start && /^(cell|attempt|step)-/.test(kind) ? [at + 1] : []));
    for (const count of ends.filter((_, at) => at % 3 === 0)) {
      const before = whole.events.slice(0, count);
      const ran = await runPipelines(many, { ...shared, past: readPast(before) });
      assert.deepEqual(endsOf([...before, ...ran.events]), endsOf(whole.events), `share ${index}, after event ${count}`);
      moments += 1;
    }
  }
  t.ok(moments > 10, `${moments} moments`);
});

t.test('killed again while it goes on', async (t) => {
  const whole = await runPipelines(pipelines, options);
  const before = whole.events.slice(
    0,
    whole.events.findIndex((event) => event.kind === 'step-end' && event.cell.startsWith('three')),
  );
  const once = await resume(before);
  for (let count = before.length + 1; count < once.log.length; count += 11) {
    const twice = await resume(once.log.slice(0, count));
    assert.deepEqual(endsOf(twice.log), endsOf(whole.events), `after event ${count}`);
    assert.deepEqual(renderReports(twice.log, reporterNames), twice.live);
  }
  t.pass();
});

t.test('a retry that died is no retry: the failure before it still counts', async (t) => {
  const whole = await runPipelines(pipelines, options);
  const at = whole.events.findIndex((event) => event.kind === 'attempt-start' && event.cell.startsWith('two') && event.attempt === 2);
  const { log } = await resume(whole.events.slice(0, at + 2));
  const attempts = log.flatMap((event) => (event.kind === 'attempt-end' && event.cell.startsWith('two') ? [event.outcome] : []));
  t.same(attempts, ['failed', 'aborted', 'failed']);
});

t.test('a run that was interrupted goes on, and its cells end once', async (t) => {
  const whole = await runPipelines(pipelines, options);
  const stop = new AbortController();
  const events: RunEvent[] = [];
  const write = (event: RunEvent): void => {
    events.push(event);
    if (event.kind === 'step-start' && event.cell.startsWith('two'))
      stop.abort(new BootproofError('stopped', { fault: 'cancelled', code: 'cancelled' }));
  };
  const { exitCode } = await runPipelines(pipelines, { ...options, write, signal: stop.signal });
  t.equal(exitCode, 130);
  t.ok(events.some((event) => event.kind === 'cell-end' && event.outcome === 'not-run'));
  const { log, live } = await resume(events);
  t.same(endsOf(forResumption(log)), endsOf(whole.events));
  t.same(renderReports(log, reporterNames), live);
});

t.test('another plan is refused', async (t) => {
  const whole = await runPipelines(pipelines, options);
  const past = readPast(whole.events.slice(0, 20));
  await t.rejects(runPipelines(pipelines.slice(1), { ...options, past }), {
    fault: 'input',
    message: /its plan is another now.*one\.passes@sim/,
  });
});

t.test('a log that is cut at any byte says what its whole lines say', async (t) => {
  const whole = await runPipelines(pipelines, options);
  const bytes = Buffer.from(whole.events.map(encodeEvent).join(''));
  const ids = whole.events.flatMap((event) => (event.kind === 'plan' ? event.cells.map(({ cell }) => cell) : []));
  const last = Buffer.from(whole.events.slice(-12).map(encodeEvent).join('')).length;
  for (let end = bytes.length - last; end <= bytes.length; end += 1) {
    const { events, errors, torn } = decodeEvents(bytes.subarray(0, end).toString('utf8'));
    assert.deepEqual(errors, []);
    assert.deepEqual(events, whole.events.slice(0, events.length));
    const written = Buffer.from(events.map(encodeEvent).join('')).length;
    assert.ok(torn ? written < end : written === end || written === end + 1, `cut at ${end}`);
    if (bytes[end - 1] !== 0x0a && bytes[end] !== 0x0a) continue;
    const [tap] = renderReports(events, ['tap']);
    for (const id of ids) assert.equal(tap!.text.split(`(${id})`).length, 2, `cut at ${end}: ${id} is reported once`);
  }
  t.pass(`${last} cuts`);
});
