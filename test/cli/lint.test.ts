/** `bootproof lint` over real files: every mistake of every file, the formats, the exit codes. */

import { chmodSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Command } from 'commander';
import t from 'tap';
import { registerLintCommand } from '../../src/cli/commands/lint.ts';
import { projectPath } from '../helpers/vectors.ts';

interface Outcome {
  readonly code: number;
  readonly out: string;
}

async function lint(...args: string[]): Promise<Outcome> {
  let [code, out] = [-1, ''];
  const unused = (): never => {
    throw new TypeError('lint has no use for this');
  };
  const io = {
    terminal: false,
    stdout: (text: string) => (out += text),
    stderr: unused,
    readFile: unused,
    writeFile: unused,
    exit: (to: number) => (code = to),
  };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerLintCommand(program, io);
  await program.parseAsync(['node', 'bootproof', 'lint', ...args]);
  return { code, out };
}

const good = (id: string): string => `version: 1
kind: pipeline
id: ${id}
title: Good
inputs: {next: {image: {file: app.bin}}}
steps:
  - upload: {image: next}
`;
const twoMistakes = good('a.bad').replace('upload:', 'uplaod:').replace('title: Good', 'title: ""');
const bench = 'version: 1\nkind: bench\nboards:\n  one: {transports: {udp: "udp:host:70000"}}\n';

t.test('folders are searched, and every mistake of every file is told', async (t) => {
  const folder = t.testdir({
    'app.bin': '',
    'a.pipeline.yaml': good('a.good'),
    inner: { 'app.bin': '', 'b.pipeline.yml': twoMistakes, 'notes.yaml': 'no: document' },
    'lab.bench.yaml': bench,
    empty: {},
  });
  const { code, out } = await lint(folder, `${folder}/empty`, `${folder}/nothing`);
  t.equal(code, 2);
  t.match(out, /b\.pipeline\.yml:4:8 error\[out-of-range\]/);
  t.match(out, /b\.pipeline\.yml:7:5 error\[unknown-key\].*\n.*\n.*\n.*\n +hint: did you mean `upload`\?/);
  t.match(out, /lab\.bench\.yaml:4:27 error\[malformed\]: .*port/, 'addresses are checked by the transports');
  t.match(out, /error\[nothing-to-check\]: there is nothing to check in .*empty/);
  t.match(out, /error\[file-unusable\]: cannot read .*nothing: no such file/);
  t.match(out, /3 files: 5 errors, 0 warnings \(`bootproof explain nothing-to-check`/);
});

t.test('good files, warnings and equal ids', async (t) => {
  const folder = t.testdir({
    'app.bin': '',
    'a.pipeline.yaml': good('a.good'),
    'b.pipeline.yaml': good('a.b').replace('steps:', 'tags: [x]\nsteps:'),
  });
  t.same(await lint(folder), { code: 0, out: '2 files: no mistakes\n' });
  writeFileSync(`${folder}/c.pipeline.yaml`, good('a.c').replace('}}}', '}}, spare: {type: string}}'));
  const warned = await lint(`${folder}/c.pipeline.yaml`, `${folder}/c.pipeline.yaml`);
  t.equal(warned.code, 0, 'a warning is no error');
  t.match(warned.out, /warning\[input-unused\][^]*1 file: 0 errors, 1 warning /, 'a file that is named twice is checked once');
  writeFileSync(`${folder}/d.pipeline.yaml`, good('a.good'));
  t.match((await lint(folder)).out, /d\.pipeline\.yaml:3:5 error\[duplicate-id\][^]*see .*a\.pipeline\.yaml:3:5/);
});

t.test('files that are no documents', async (t) => {
  const folder = t.testdir({
    'binary.pipeline.yaml': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0, 0xff, 0xfe]),
    'big.pipeline.yaml': '',
    'closed.pipeline.yaml': good('a.b'),
  });
  truncateSync(`${folder}/big.pipeline.yaml`, 100_000_000);
  t.match(await lint(`${folder}/binary.pipeline.yaml`), { code: 2, out: /not-text.*binary\.pipeline\.yaml is no text file/ });
  t.match(await lint(`${folder}/big.pipeline.yaml`), { code: 2, out: /file-too-large/ });
  chmodSync(`${folder}/closed.pipeline.yaml`, 0);
  const root = process.getuid?.() === 0;
  t.match((await lint(`${folder}/closed.pipeline.yaml`)).out, root ? /file-missing/ : /cannot read .*no permission/);
});

t.test('formats for programs', async (t) => {
  const folder = t.testdir({ 'a,b.pipeline.yaml': twoMistakes });
  const json = JSON.parse((await lint(folder, '--format', 'json')).out) as { diagnostics: unknown[] };
  t.match(json, { files: 1, errors: 3, warnings: 0 });
  t.match(json.diagnostics[1], {
    code: 'file-missing',
    severity: 'error',
    at: { line: 5, column: 31 },
    end: { line: 5, column: 38 },
    frame: /app\.bin/,
  });
  const validate = new Ajv2020().compile(JSON.parse(readFileSync(projectPath('schemas/output/lint.schema.json'), 'utf8')) as object);
  t.ok(validate(json), JSON.stringify(validate.errors));
  const github = (await lint(folder, '--format', 'github')).out.split('\n');
  t.match(
    github[2],
    /^::error file=.*a%2Cb\.pipeline\.yaml,line=7,col=5,endLine=7,endColumn=11,title=unknown-key::`uplaod` is no key of a step%0Ahint: did/,
  );
  await t.rejects(lint(folder, '--format', 'xml'), /choices are text, json, github, sarif/i);
});

/** SchemaStore's copy of the OASIS schema, whose words of draft 4 it does not need. */
function sarifSchema(): object {
  const compressed = readFileSync(projectPath('test/cli/sarif-2.1.0.schema.json.br'));
  const schema = JSON.parse(brotliDecompressSync(compressed).toString('utf8')) as Record<string, unknown>;
  delete schema['$schema'];
  delete schema['id'];
  return schema;
}

t.test('SARIF as its official schema wants it', async (t) => {
  const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(sarifSchema());
  const folder = t.testdir({ 'a b#.pipeline.yaml': twoMistakes, 'c.pipeline.yaml': good('a.same'), 'd.pipeline.yaml': good('a.same') });
  const log = JSON.parse((await lint(folder, `${folder}/nothing`, '--format', 'sarif')).out) as {
    runs: { results: { ruleId: string; locations?: unknown[] }[] }[];
  };
  t.ok(validate(log), JSON.stringify(validate.errors));
  t.notOk(validate({ ...log, runs: [{ results: [] }] }), 'the schema refuses a run without a tool');
  const results = log.runs[0]?.results ?? [];
  t.same([...new Set(results.map(({ ruleId }) => ruleId))].sort(), ['file-missing', 'file-unusable', 'out-of-range', 'unknown-key']);
  t.match(results.find(({ ruleId }) => ruleId === 'unknown-key')?.locations, [
    {
      physicalLocation: {
        artifactLocation: { uri: /^file:\/\/.*a%20b%23\.pipeline\.yaml$/ },
        region: { startLine: 7, startColumn: 5, endLine: 7, endColumn: 11 },
      },
    },
  ]);
  t.equal(results.find(({ ruleId }) => ruleId === 'file-unusable')?.locations, undefined);
});

t.test('what the boards of a bench cannot do', async (t) => {
  const steps = `  - upload: {image: next}\n    fault: {at: {flash-op: 3}, do: power-cut}\n  - wait: {until: {log: ready}, timeout: 9s}\n  - wait: {until: {advertising: udp}, timeout: 9s}\n`;
  const folder = t.testdir({
    'app.bin': '',
    'a.pipeline.yaml': good('a.b')
      .replace(/ {2}- upload.*\n/, steps)
      .replace('steps:', 'matrix: {axes: {transport: [udp, ble]}}\nsteps:'),
    'lab.bench.yaml': `version: 1
kind: bench
boards:
  real: {transports: {udp: "udp:192.0.2.1:1337"}}
  desk: {transports: {udp: "sim:nrf52840dk"}}
`,
  });
  const { code, out } = await lint(folder, '--bench', `${folder}/lab.bench.yaml`);
  t.equal(code, 0, 'other boards may be able to');
  t.match(
    out,
    /a\.pipeline\.yaml:8:5 warning\[board-cannot\]: this step makes the pipeline not applicable to `real`\n.*\n.*\n.*\n.*flash operation/,
  );
  t.match(out, /:10:5 warning\[board-cannot\]: .* `real`\n.*\n.*\n.*\n.*console/);
  t.match(out, /:11:5 warning\[board-cannot\]: .* `real` and `desk`\n.*\n.*\n.*\n.*over BLE only/);
  t.match(out, /:3:5 warning\[board-cannot\]: no board of the bench has the transport `ble`/);
  t.match(out, /2 files: 0 errors, \d warnings/);
  t.match(await lint(folder, '--bench', `${folder}/none.bench.yaml`), { code: 2, out: /cannot read .*none\.bench\.yaml/ });
});

t.test('a board whose addresses only listen is served, and cannot be asked', async (t) => {
  const served = good('a.served').replace(/ {2}- upload.*\n/, '  - serve: {until: {uploaded: true}, timeout: 2m}\n');
  const waiting = good('a.waiting').replace(/ {2}- upload.*\n/, '  - wait: {for: 1s}\n');
  const folder = t.testdir({
    'app.bin': '',
    'asks.pipeline.yaml': good('a.asks'),
    'asks-udp.pipeline.yaml': good('a.asks-udp').replace('steps:', 'matrix: {axes: {transport: [udp]}}\nsteps:'),
    'expects.pipeline.yaml': good('a.expects').replace(/ {2}- upload.*\n/, '  - wait: {for: 1s}\n  - expect: {active: next}\n'),
    'served.pipeline.yaml': served,
    'served-asks.pipeline.yaml': `${served.replace('a.served', 'a.served-asks')}  - confirm: {image: next}\n`,
    'waits.pipeline.yaml': waiting,
    'lab.bench.yaml': `version: 1
kind: bench
boards:
  only: {transports: {link: "udp:127.0.0.1:1337?listen=on"}}
  both: {transports: {link: "udp:127.0.0.1:1338?listen=on", udp: "udp:192.0.2.1:1337"}}
`,
  });
  const { code, out } = await lint(folder, '--bench', `${folder}/lab.bench.yaml`);
  t.equal(code, 0, out);
  const found = [
    ...out.matchAll(/(\S+)\.pipeline\.yaml:(\d+):\d+ warning\[board-cannot\]: this step .* to (.*)\n(?:.*\n)*? +hint: (.*)/g),
  ].map(
    ([, file = '', line, boards, hint = '']) =>
      `${file.split('/').at(-1)}:${line} ${boards} ${/give it a transport with the address of its own server/.test(hint) ? 'needs another' : hint.replace(/,.*/, '')}`,
  );
  t.strictSame(found.sort(), [
    'asks-udp:8 `only` needs another',
    'asks:7 `both` its address has listen=on',
    'asks:7 `only` needs another',
    'expects:7 `both` its address has listen=on',
    'expects:8 `only` needs another',
    'served-asks:8 `only` needs another',
    'waits:7 `both` its address has listen=on',
  ]);
});
