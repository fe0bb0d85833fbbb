/** The page of each diagnostic code shows a mistake that gives exactly this code, and its mend, which gives none. */

import t from 'tap';
import { codeExamples } from '../../src/language/code-examples.ts';
import { codes } from '../../src/language/codes.ts';
import { formatDiagnostic } from '../../src/language/diagnostics.ts';
import { loadDocument } from '../../src/language/load.ts';
import type { Files, Loaded } from '../../src/language/load.ts';

/** What no text of a document can show: they are told by the command line or while a pipeline runs. */
const codesOfNoText = [
  'board-cannot',
  'board-unknown',
  'expression-failed',
  'file-too-large',
  'file-unusable',
  'input-value',
  'misnamed-file',
  'nothing-to-check',
];

const files: Files = {
  exists: (path) => ['firmware/app.bin', 'firmware/dfu_application.zip'].includes(path),
  open: (path) => (path === 'restart.fragment.yaml' ? { name: 'example.yaml', text: '', files } : undefined),
};

function load(text: string): Loaded {
  return loadDocument(text, { name: 'example.yaml', files });
}

t.test('every code has an example', (t) => {
  const missing = Object.keys(codes).filter((code) => !(code in codeExamples) && !codesOfNoText.includes(code));
  t.same(missing, [], 'add them in src/language/examples/');
  t.end();
});

for (const [code, { wrong, mended }] of Object.entries(codeExamples)) {
  t.test(code, (t) => {
    const found = load(wrong.document).diagnostics;
    t.same([...new Set(found.map((one) => one.code))], [code]);
    t.same(load(mended.document).diagnostics.map(formatDiagnostic), [], 'the mended text is clean');
    t.end();
  });
}
