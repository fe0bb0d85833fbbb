/** From text to documents: the models, the places in them, resolved steps, and hostile texts of every sort. */

import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { formatDiagnostic, hasErrors } from '../../src/language/diagnostics.ts';
import { loadDocument } from '../../src/language/load.ts';
import type { Loaded } from '../../src/language/load.ts';
import type { AnyStep, Bench, Pipeline } from '../../src/language/model.ts';
import { isWanted, resolveStep } from '../../src/language/resolve.ts';
import type { Scope } from '../../src/language/resolve.ts';
import { positionAt } from '../../src/language/source.ts';
import type { Span } from '../../src/language/source.ts';
import { projectPath } from '../helpers/vectors.ts';

function load(text: string, existing: readonly string[] = []): Loaded {
  return loadDocument(text, { name: 'x.yaml', files: { exists: (path) => existing.includes(path), open: () => undefined } });
}

function pipelineOf(text: string): Pipeline {
  const { document, diagnostics } = load(text, ['../firmware/app-1.1.0.signed.bin']);
  t.equal(
    diagnostics
      .map(formatDiagnostic)
      .filter((line) => !line.includes('input-unused'))
      .join('\n'),
    '',
  );
  return document as Pipeline;
}

function at(span: Span): string {
  const { line, column } = positionAt(span.source, span.start);
  return `${line}:${column} ${span.source.text.slice(span.start, span.end)}`;
}

/** The example that the documentation promises to work: every key of the language. */
const example = `# yaml-language-server: $schema=../schemas/pipeline.schema.json
version: 1
kind: pipeline
id: ota.test-then-confirm
title: An uploaded image boots, is confirmed, and stays
about: Free text, shown in reports.
tags: [smoke, ota]
requires: bootloader.swap && smp.image
inputs:
  base: {image: {build: {version: "1.0.0", size: 64 KiB}}}
  next: {image: {file: ../firmware/app-1.1.0.signed.bin}}
  rate: {quantity: rate, default: "0 B/s"}
matrix:
  axes: {transport: [serial, udp, ble]}
forbid-log: ["MPU FAULT", "ASSERTION FAIL", "ZEPHYR FATAL ERROR"]
timeout: 6m
setup:
  - provision: {image: base, confirmed: true}
steps:
  - id: up
    upload: {image: next, rate: "\${{ inputs.rate }}"}
  - expect: {image: next, slot: 1, pending: false, confirmed: false}
  - mark-pending: {image: next}
  - expect: {image: next, slot: 1, pending: true}
  - reset: {}
  - expect: {active: next, confirmed: false}
    within: 60s
  - expect: {log: {none: "Image in the secondary slot is not valid!"}, until: {active: next}}
  - confirm: {}
  - reset: {}
  - expect: {active: next, confirmed: true}
    within: 60s
  - expect: {value: "\${{ steps.up.rate }}", at-least: 2 KiB/s}
    severity: warn
  - upload: {image: next}
    when: steps.up.match && cell.transport != "ble"
    retry: {max: 2, delay: 1s}
    save: {again: rate}
    expect-error: {group: image, code: NO_FREE_SLOT}
    fault: {at: {offset: 20 KiB}, do: corrupt, xor: 1}
on-failure:
  - collect: [image-list, console-tail, reset-reason]
teardown:
  - provision: {image: base, confirmed: true}
`;

t.test('a pipeline as its model', (t) => {
  const pipeline = pipelineOf(example);
  t.match(pipeline, {
    kind: 'pipeline',
    id: 'ota.test-then-confirm',
    tags: ['smoke', 'ota'],
    requires: 'bootloader.swap && smp.image',
    forbidLog: ['MPU FAULT', 'ASSERTION FAIL', 'ZEPHYR FATAL ERROR'],
    timeoutMs: 360_000,
  });
  t.same([...pipeline.axes], [['transport', ['serial', 'udp', 'ble']]]);
  t.match(pipeline.inputs.get('base'), { type: 'image', image: { from: 'build', version: '1.0.0', size: 65_536, key: 'ed25519' } });
  t.match(pipeline.inputs.get('next'), { type: 'image', image: { from: 'file', file: '../firmware/app-1.1.0.signed.bin' } });
  t.match(pipeline.inputs.get('rate'), { type: 'quantity', quantity: 'rate', default: '0 B/s' });
  t.same([pipeline.setup.length, pipeline.steps.length, pipeline.onFailure.length, pipeline.teardown.length], [1, 12, 1, 1]);
  t.match(pipeline.steps[0], { verb: 'upload', id: 'up', blocks: [], severity: 'error' });
  t.match(pipeline.steps[10], { verb: 'expect', severity: 'warn', args: { 'at-least': '2 KiB/s' } });
  const last = pipeline.steps[11] as AnyStep;
  t.match(last, {
    when: 'steps.up.match && cell.transport != "ble"',
    retry: { max: 2 },
    expectError: { group: 'image', code: 'NO_FREE_SLOT' },
  });
  t.same([...last.save], [['again', 'rate']]);
  t.throws(() => Object.assign(pipeline.steps[0]!.args, { image: 'base' }), TypeError, 'documents are frozen');
  t.end();
});

t.test('places below a step', (t) => {
  const [upload, expect] = pipelineOf(example).steps;
  t.equal(at(upload!.span), '21:5 upload');
  t.equal(at(upload!.locate(['upload', 'image'])), '21:21 next');
  t.equal(at(upload!.locate(['upload', 'nothing'])), '21:13 {image: next, rate: "${{ inputs.rate }}"}', 'the nearest place above');
  t.equal(at(upload!.locateText(['upload', 'rate'], 4, 10)), '21:38 inputs');
  t.equal(at(expect!.locate(['expect', 'pending'])), '22:45 false');
  t.end();
});

const scope: Scope = {
  inputs: { rate: '3 KiB/s', count: 4, wrong: 'many', next: { version: '1.1.0' } },
  steps: { up: { rate: 3048.2, match: true } },
  saved: {},
  cell: { transport: 'udp' },
  facts: {},
};

function stepOf(text: string): AnyStep {
  const head = 'version: 1\nkind: pipeline\nid: a.b\ntitle: t\ninputs:\n';
  const inputs = ['rate: {quantity: rate}', 'count: {type: integer}', 'wrong: {type: string}', 'next: {image: {}}']
    .map((line) => `  ${line}\n`)
    .join('');
  const { document, diagnostics } = load(`${head}${inputs}setup:\n  - {id: up, upload: {image: next}}\nsteps:\n  - ${text}\n`);
  t.notOk(hasErrors(diagnostics), diagnostics.map(formatDiagnostic).join('\n'));
  return (document as Pipeline).steps[0]!;
}

t.test('resolved steps', (t) => {
  const resolved = resolveStep(
    stepOf(
      '{upload: {image: next, rate: "${{ inputs.rate }}", window: "${{ inputs.count * 2 }}", sha: "${{ steps.up.match }}"}, timeout: 90s, retry: {max: 2}}',
    ),
    scope,
  );
  t.match(resolved, {
    ok: true,
    value: {
      verb: 'upload',
      args: { image: 'next', rate: '3 KiB/s', window: 8, sha: true },
      timeoutMs: 90_000,
      retry: { max: 2, delayMs: 0 },
    },
  });
  const joined = resolveStep(stepOf('{echo: {d: "v${{ inputs.next.version }}: ${{ inputs.count }} of ${{ [1, 2] }}"}}'), scope);
  t.match(joined, { ok: true, value: { args: { d: 'v1.1.0: 4 of [1,2]' } } });
  const typed = resolveStep(stepOf('{expect: {value: "${{ steps.up.rate }}", at-least: 2 KiB/s}, within: 1m 30s, stays: 2s}'), scope);
  t.match(typed, { ok: true, value: { args: { value: 3048.2, 'at-least': '2 KiB/s' }, withinMs: 90_000, staysMs: 2000 } });
  t.end();
});

t.test('steps that cannot be resolved say where and why', (t) => {
  const failure = (text: string, from: Scope = scope): string => {
    const resolution = resolveStep(stepOf(text), from);
    return resolution.ok
      ? 'resolved'
      : resolution.diagnostics.map(({ code, message, span }) => `${at(span!)} ${code}: ${message}`).join('; ');
  };
  t.equal(
    failure('{upload: {image: next, window: "${{ inputs.wrong }}"}}'),
    '13:36 "${{ inputs.wrong }}" wrong-type: `window` must be a whole number (or one expression `${{ ... }}`); found the text `many`',
  );
  t.equal(
    failure('{upload: {image: next, window: "${{ inputs.count * 100 }}"}}'),
    '13:36 "${{ inputs.count * 100 }}" out-of-range: `window` must be at most 64; found the number `400`',
  );
  t.equal(
    failure('{echo: {d: "rate ${{ steps.up.rate }}"}}', { ...scope, steps: {} }),
    '13:32 up expression-failed: there is no `up` (steps.up.rate is not there)',
  );
  t.same(isWanted(stepOf('{reset: {}, when: steps.up.match}'), scope), { ok: true, value: true });
  t.same(isWanted(stepOf('{reset: {}}'), scope), { ok: true, value: true });
  t.match(isWanted(stepOf('{reset: {}, when: steps.up.match}'), { ...scope, steps: {} }), {
    ok: false,
    diagnostics: [{ code: 'expression-failed' }],
  });
  t.match(isWanted(stepOf('{reset: {}, when: facts.odd}'), { ...scope, facts: { odd: 3 } }), {
    ok: false,
    diagnostics: [{ message: '`when` must be true or false, and its value is 3' }],
  });
  t.end();
});

t.test('a bench as its model', (t) => {
  const text = `version: 1
kind: bench
boards:
  dk-7:
    labels: [nrf52840dk, spi-nor]
    facts: {bootloader: {swap: true}, images: 1}
    transports:
      serial: "serial:/dev/serial/by-id/usb-SEGGER_J-Link_000683-if00?baud=115200"
      ble: "ble:Zephyr?adapter=kernel:0"
    console: "serial:/dev/serial/by-id/usb-SEGGER_J-Link_000683-if02?baud=115200"
    provision: {run: [nrfutil, device, program, --firmware, "{image}"], timeout: 90s}
    power: {cycle: {run: [uhubctl, -l, "1-1", -p, "2", -a, cycle]}}
    locks: [ble-adapter:hci0]
  sim-spi:
    transports: {serial: "sim:profiles/nrf52840dk-spi.profile.yaml"}
    console: serial
    simulator: tcp:127.0.0.1:4100
`;
  const { document, diagnostics } = load(text);
  t.same(diagnostics, []);
  const { boards } = document as Bench;
  t.same([...boards.keys()], ['dk-7', 'sim-spi']);
  const board = boards.get('dk-7')!;
  t.match(board, { name: 'dk-7', facts: { bootloader: { swap: true }, images: 1 }, locks: ['ble-adapter:hci0'] });
  t.same([...board.transports.keys()], ['serial', 'ble'], 'the order of the file decides which transport comes first');
  t.match(board.provision, { run: ['nrfutil', 'device', 'program', '--firmware', '{image}'], env: {}, timeoutMs: 90_000 });
  t.match(board.power, { cycle: { run: ['uhubctl', '-l', '1-1', '-p', '2', '-a', 'cycle'] } });
  t.match(boards.get('sim-spi'), {
    console: { at: 'transport', transport: 'serial' },
    simulator: 'tcp:127.0.0.1:4100',
    labels: [],
    power: {},
  });
  const refused = loadDocument(text, {
    name: 'x',
    addressProblem: (address) => (address.startsWith('ble:') ? `${address} is off` : undefined),
  });
  t.match(refused.diagnostics, [{ code: 'malformed', message: 'ble:Zephyr?adapter=kernel:0 is off' }]);
  t.end();
});

t.test('anchors, merges, a byte order mark and line ends of Windows', (t) => {
  const text = `\ufeffversion: 1\r
kind: pipeline\r
id: a.b\r
title: t\r
inputs: {next: {image: {}}}\r
steps:\r
  - upload: &up {image: next, window: 2}\r
  - upload: {<<: *up, window: 3}\r
  - upload: {<<: *up, windw: 4}\r
  - upload: *up\r
`;
  const { diagnostics } = load(text);
  t.same(
    diagnostics.map(({ code, span }) => `${code} ${at(span!)}`),
    ['unknown-key 9:23 windw'],
  );
  const { document } = load(text.replace('windw', 'window'));
  t.same(
    (document as Pipeline).steps.map((step) => (step.args as { window: number }).window),
    [2, 3, 4, 2],
  );
  t.end();
});

t.test('a mistake in an anchor is told once', (t) => {
  const lines = Array.from({ length: 50 }, () => '  - upload: *up').join('\n');
  const { diagnostics } = load(
    `version: 1\nkind: pipeline\nid: a.b\ntitle: t\ninputs: {next: {image: {}}}\nsteps:\n  - upload: &up {image: next, window: 0}\n${lines}\n`,
  );
  t.same(
    diagnostics.map(({ code }) => code),
    ['out-of-range'],
  );
  t.end();
});

t.test('hostile texts end in diagnostics, soon', (t) => {
  const texts: Readonly<Record<string, string>> = {
    brackets: '['.repeat(4_000_000),
    closing: ']'.repeat(1_000_000),
    dashes: '- '.repeat(500_000),
    keys: Array.from({ length: 40_000 }, (_, index) => `k${index}: 1\n`).join(''),
    unknown: `version: 1\nkind: pipeline\n${Array.from({ length: 10_000 }, (_, index) => `k${index}: 1\n`).join('')}`,
    tags: `version: 1\nkind: pipeline\ntags: [${Array.from({ length: 20_000 }, (_, index) => `t${index}`).join(',')}, 1.10]\n`,
    collect: `version: 1\nkind: pipeline\nsteps: [{collect: [${Array.from({ length: 20_000 }, (_, index) => `t${index}`).join(',')}]}]\n`,
    duplicates: 'a: 1\n'.repeat(40_000),
    steps: `version: 1\nkind: pipeline\nsteps:\n${'  - upload: {image: a, b: c}\n'.repeat(2000)}`,
    large: ' '.repeat(5_000_000),
    prototype: 'version: 1\nkind: pipeline\n__proto__: {id: x}\nconstructor: 1\ninputs: {__proto__: {image: {}}}\nsteps: []\n',
    indents: Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
  };
  for (const [name, text] of Object.entries(texts)) {
    const cpu = process.cpuUsage();
    const { document, diagnostics } = load(text);
    t.equal(document, undefined, name);
    t.ok(hasErrors(diagnostics), `${name} is refused`);
    t.ok(process.cpuUsage(cpu).user < 5_000_000, `${name} in time`);
  }
  t.equal(({} as Record<string, unknown>)['id'], undefined, 'no prototype is changed');
  t.end();
});

t.test('an empty value at the end of a text has a place that can be shown', (t) => {
  const { diagnostics, source } = load('!x ');
  t.same(
    diagnostics.map(({ code, span }) => [code, source.text.slice(span?.start, span?.end)]),
    [
      ['yaml-tag', '!x'],
      ['file-empty', ' '],
    ],
  );
  t.end();
});

t.test('property: a mutilated document is told of within limits, never thrown at', (t) => {
  const folder = projectPath('test/failing');
  const seeds = [
    example,
    ...readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
  ];
  const bits = fc.constantFrom(
    '',
    ' ',
    '\n',
    '  - ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '#',
    '&a ',
    '*a',
    '!x ',
    '|',
    '>',
    '- ',
    '? ',
    '<<: *a',
    '${{',
    '}}',
    '\t',
    '\0',
    '1.10',
    'null',
    'true',
    '12e99',
    'upload: ',
    'expect: ',
    'image: ',
    'within: 1',
    'steps:',
    '__proto__: ',
    '\ufeff',
    '---\n',
  );
  const cuts = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 12 }), bits), { minLength: 1, maxLength: 6 });
  // The first document of each kind compiles its schema, which is no property of a text.
  for (const seed of seeds) load(seed);
  const cpuMicros = (text: string): number => {
    const cpu = process.cpuUsage();
    load(text);
    return process.cpuUsage(cpu).user;
  };
  fc.assert(
    fc.property(fc.constantFrom(...seeds), cuts, (seed, edits) => {
      const text = edits.reduce((whole, [place, length, insert]) => {
        const start = Math.floor(place * whole.length);
        return whole.slice(0, start) + insert + whole.slice(start + length);
      }, seed);
      const { document, diagnostics, source } = load(text);
      const inside = diagnostics.every(
        ({ span }) => span === undefined || (span.start >= 0 && span.start <= source.text.length && span.end > span.start),
      );
      const lines = diagnostics.map(formatDiagnostic);
      // A collection of garbage may fall into one reading; a slow text is slow in all of them.
      const quick = [1, 2, 3].some(() => cpuMicros(text) < 200_000);
      return inside && quick && lines.length < 200 && (document === undefined) === hasErrors(diagnostics);
    }),
    { numRuns: 250 },
  );
  t.end();
});

t.test('property: any words of the language in any order are told of, never thrown at', (t) => {
  const roots = 'id title tags requires inputs matrix forbid-log timeout setup steps on-failure teardown boards constructor'.split(' ');
  const keys =
    'upload expect wait provision reset id when within retry save fault at do image active log none match order until for value equals slots slot'.split(
      ' ',
    );
  const others =
    'default type quantity build file axes next transports console power cycle run code group constructor __proto__ toString <<'.split(' ');
  const texts =
    'next rate string image constructor __proto__ 90s 20% corrupt ${{ inputs.next }} ${{ steps.next.rate }} ${{ 1 has(saved.next) /(a+)+/ udp:x mark.next'.split(
      ' ',
    );
  const scalars = fc.oneof(fc.constantFrom(...texts), fc.constantFrom(0, 1, -1, 1.5, true, false, null, ''));
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      scalars,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys, ...others), tie('tree'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(fc.constantFrom('pipeline', 'bench'), fc.dictionary(fc.constantFrom(...roots), tree, { maxKeys: 5 }), (kind, document) => {
      load(JSON.stringify({ version: 1, kind, ...document })).diagnostics.forEach(formatDiagnostic);
    }),
    { numRuns: 250 },
  );
  t.end();
});
