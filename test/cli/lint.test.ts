/** `bootproof lint` over real files: every mistake of every file, the formats, the exit codes. */

import { chmodSync, truncateSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import t from 'tap';
import { registerLintCommand } from '../../src/cli/commands/lint.ts';

interface Outcome {
  readonly code: number;
  readonly out: string;
}

function lint(...args: string[]): Outcome {
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
  program.parse(['node', 'bootproof', 'lint', ...args]);
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

t.test('folders are searched, and every mistake of every file is told', (t) => {
  const folder = t.testdir({
    'app.bin': '',
    'a.pipeline.yaml': good('a.good'),
    inner: { 'app.bin': '', 'b.pipeline.yml': twoMistakes, 'notes.yaml': 'no: document' },
    'lab.bench.yaml': bench,
    empty: {},
  });
  const { code, out } = lint(folder, `${folder}/empty`, `${folder}/nothing`);
  t.equal(code, 2);
  t.match(out, /b\.pipeline\.yml:4:8 error\[out-of-range\]/);
  t.match(out, /b\.pipeline\.yml:7:5 error\[unknown-key\].*\n.*\n.*\n.*\n +hint: did you mean `upload`\?/);
  t.match(out, /lab\.bench\.yaml:4:27 error\[malformed\]: .*port/, 'addresses are checked by the transports');
  t.match(out, /error\[nothing-to-check\]: there is nothing to check in .*empty/);
  t.match(out, /error\[file-unusable\]: cannot read .*nothing: no such file/);
  t.match(out, /3 files: 5 errors, 0 warnings\n$/);
  t.end();
});

t.test('good files, warnings and equal ids', (t) => {
  const folder = t.testdir({
    'app.bin': '',
    'a.pipeline.yaml': good('a.good'),
    'b.pipeline.yaml': good('a.b').replace('steps:', 'tags: [x]\nsteps:'),
  });
  t.same(lint(folder), { code: 0, out: '2 files: no mistakes\n' });
  writeFileSync(`${folder}/c.pipeline.yaml`, good('a.c').replace('}}}', '}}, spare: {type: string}}'));
  const warned = lint(`${folder}/c.pipeline.yaml`, `${folder}/c.pipeline.yaml`);
  t.equal(warned.code, 0, 'a warning is no error');
  t.match(warned.out, /warning\[input-unused\][^]*1 file: 0 errors, 1 warning\n$/, 'a file that is named twice is checked once');
  writeFileSync(`${folder}/d.pipeline.yaml`, good('a.good'));
  t.match(lint(folder).out, /d\.pipeline\.yaml:3:5 error\[duplicate-id\][^]*see .*a\.pipeline\.yaml:3:5/);
  t.end();
});

t.test('files that are no documents', (t) => {
  const folder = t.testdir({
    'binary.pipeline.yaml': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0, 0xff, 0xfe]),
    'big.pipeline.yaml': '',
    'closed.pipeline.yaml': good('a.b'),
  });
  truncateSync(`${folder}/big.pipeline.yaml`, 100_000_000);
  t.match(lint(`${folder}/binary.pipeline.yaml`), { code: 2, out: /not-text.*binary\.pipeline\.yaml is no text file/ });
  t.match(lint(`${folder}/big.pipeline.yaml`), { code: 2, out: /file-too-large/ });
  chmodSync(`${folder}/closed.pipeline.yaml`, 0);
  const root = process.getuid?.() === 0;
  t.match(lint(`${folder}/closed.pipeline.yaml`).out, root ? /file-missing/ : /cannot read .*no permission/);
  t.end();
});

t.test('formats for programs', (t) => {
  const folder = t.testdir({ 'a,b.pipeline.yaml': twoMistakes });
  const json = JSON.parse(lint(folder, '--format', 'json').out) as { diagnostics: unknown[] };
  t.match(json, { files: 1, errors: 3, warnings: 0 });
  t.match(json.diagnostics[1], {
    code: 'file-missing',
    severity: 'error',
    at: { line: 5, column: 31 },
    end: { line: 5, column: 38 },
    frame: /app\.bin/,
  });
  const github = lint(folder, '--format', 'github').out.split('\n');
  t.match(
    github[2],
    /^::error file=.*a%2Cb\.pipeline\.yaml,line=7,col=5,endLine=7,endColumn=11,title=unknown-key::`uplaod` is no key of a step%0Ahint: did/,
  );
  t.throws(() => lint(folder, '--format', 'xml'), /choices are text, json, github/i);
  t.end();
});
