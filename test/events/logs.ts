/** Logs of runs that never happened, with any text in every field that can hold text. */

import fc from 'fast-check';
import { encodeConsole } from '../../src/events/console-text.ts';
import { cellOutcomes, executionOutcomes } from '../../src/events/outcome.ts';
import type { Test } from 'tap';
import type { EventDiagnostic, JsonValue, PlannedCell, RunEvent, RunEventBody } from '../../src/events/event.ts';

const traps = [
  ']]>',
  '# TODO x',
  ' # SKIP',
  'a\\',
  '\\#',
  '{',
  '\ud83d',
  '\udc00x',
  '\u0000\u001b[31m',
  'x: y',
  '- a',
  '\n...\n',
  '  ---',
  '"',
];
const moreTraps = [
  '\nBail out!',
  '1..0',
  '\nok 1',
  '\r\n',
  '\r',
  '\t',
  '\u2028',
  '\ufeff',
  '\uffff',
  '\u0085',
  '',
  '  ',
  "'",
  '&lt;',
  '<b>',
  '~',
  'null',
  '\u{1f9ea}',
];

/** Any UTF-16 code units, lone surrogates among them, and what is special to some format. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...traps, ...moreTraps),
      fc.string({ maxLength: 6 }),
      fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)), maxLength: 4 }),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(''));

const texts = fc.dictionary(anyText, anyText, { maxKeys: 3 });
const ms = fc.oneof(
  fc.nat(100_000),
  fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0),
);
const json = fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
const position = fc.record({ file: anyText, line: fc.nat(), column: fc.nat() });

const diagnostic: fc.Arbitrary<EventDiagnostic> = fc.record(
  {
    code: anyText,
    severity: fc.constantFrom('error', 'warning', 'info'),
    message: anyText,
    at: position,
    frame: anyText,
    hint: anyText,
    found: json,
    wanted: json,
  },
  { requiredKeys: ['code', 'severity', 'message'] },
);

const step = fc.record({
  title: anyText,
  verb: anyText,
  section: fc.constantFrom('setup', 'steps', 'on-failure', 'teardown'),
  source: fc.option(position, { nil: undefined }),
  outcome: fc.constantFrom(...executionOutcomes, 'never'),
  durationMs: ms,
  diagnostics: fc.array(diagnostic, { maxLength: 2 }),
});

const attempt = fc.record({
  board: anyText,
  transport: anyText,
  steps: fc.array(step, { maxLength: 3 }),
  console: fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 3 }),
  outcome: fc.constantFrom(...executionOutcomes),
});

const cell = fc.record({
  plan: fc.record(
    {
      cell: anyText,
      pipeline: anyText,
      title: anyText,
      file: anyText,
      line: fc.nat(),
      board: anyText,
      axes: texts,
      tags: fc.array(anyText, { maxLength: 2 }),
      properties: texts,
    },
    { requiredKeys: ['cell', 'pipeline', 'title', 'file', 'line', 'board', 'axes', 'tags'] },
  ),
  attempts: fc.array(attempt, { maxLength: 2 }),
  artifact: anyText,
  end: fc.record(
    {
      outcome: fc.constantFrom(...cellOutcomes),
      reason: anyText,
      diagnostics: fc.array(diagnostic, { maxLength: 2 }),
      issue: fc.record({ id: anyText, ticket: anyText }),
      properties: texts,
    },
    { requiredKeys: ['outcome', 'diagnostics'] },
  ),
});

/** A whole run with up to three cells. */
export const anyLog: fc.Arbitrary<RunEvent[]> = fc
  .record({
    run: anyText,
    seed: fc.nat(),
    host: texts,
    selection: fc.dictionary(anyText, json, { maxKeys: 2 }),
    cells: fc.array(cell, { maxLength: 3 }),
    cancelled: fc.boolean(),
  })
  .map(({ run, seed, host, selection, cells, cancelled }) => {
    const planned = cells.map((cell, index) => ({ ...cell, id: `${cell.plan.cell}#${index}` }));
    const plan: PlannedCell[] = planned.map(({ plan, id }) => ({ ...plan, cell: id }));
    return stamp([
      { kind: 'run-start', format: 1, run, seed, bootproof: '0.1.0', started: '2026-01-01T00:00:00.000Z', virtual: true, host, selection },
      { kind: 'plan', cells: plan },
      ...planned.flatMap(({ id, attempts, artifact, end }) => [
        { kind: 'cell-start' as const, cell: id },
        ...attempts.flatMap((attempt, index) => attemptEvents({ cell: id, attempt: index + 1 }, attempt)),
        { kind: 'artifact' as const, cell: id, name: 'log', path: artifact, bytes: 1 },
        { kind: 'cell-end' as const, cell: id, attempts: attempts.length, durationMs: 12.5, ...end },
      ]),
      { kind: 'run-end', exitCode: 0, counts: {}, cancelled },
    ]);
  });

/** Runs the property; the failure names the seed and the smallest case that fast-check found. */
export function holds<Values extends [unknown, ...unknown[]]>(t: Test, property: fc.IProperty<Values>, numRuns: number): void {
  t.doesNotThrow(() => fc.assert(property, { numRuns, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: true }));
}

/** The bodies as a log: numbered, one millisecond apart. */
export function stamp(bodies: readonly RunEventBody[]): RunEvent[] {
  const events = bodies.map((body, index) => ({ seq: index, at: index, ...body }));
  // fast-check makes objects without prototype, which no log can hold.
  return JSON.parse(JSON.stringify(events)) as RunEvent[];
}

type ValueOf<T> = T extends fc.Arbitrary<infer Value> ? Value : never;

function attemptEvents(where: { cell: string; attempt: number }, made: ValueOf<typeof attempt>): RunEventBody[] {
  const { board, transport, steps, console, outcome } = made;
  return [
    { kind: 'attempt-start', ...where, board, transport },
    { kind: 'boot-epoch', ...where, board, epoch: 1, cause: transport },
    ...console.map((bytes) => ({ kind: 'console' as const, ...where, board, epoch: 1, text: encodeConsole(bytes) })),
    ...steps.flatMap(({ title, verb, section, source, outcome, durationMs, diagnostics }, index): RunEventBody[] => {
      const path = { ...where, step: `${section}[${index}]` };
      const begin: RunEventBody = { kind: 'step-start', ...path, section, verb, title, ...(source && { source }) };
      return outcome === 'never' ? [begin] : [begin, { kind: 'step-end', ...path, outcome, durationMs, diagnostics }];
    }),
    { kind: 'attempt-end', ...where, outcome, durationMs: 1 },
  ];
}
