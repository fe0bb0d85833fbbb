/** Mutated documents: each must end in diagnostics or in a document, soon, and leave nothing behind. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { assert } from '../../src/base/assert.ts';
import { createRng, type Rng } from '../../src/base/rng.ts';
import { formatDiagnostic, hasErrors } from '../../src/language/diagnostics.ts';
import { loadDocument } from '../../src/language/load.ts';
import { projectPath } from '../helpers/vectors.ts';

export interface DocumentFuzzReport {
  readonly inputs: number;
  /** Inputs that were still documents. */
  readonly documents: number;
  readonly refused: number;
  readonly diagnostics: number;
  /** How many codes the diagnostics had. */
  readonly codes: number;
  /** Of the input that took longest; the time of its second reading, so that a collection of garbage does not count. */
  readonly slowestMs: number;
  readonly slowest: string;
  /** Growth of the heap from a tenth of the way to the end; exact only with `--expose-gc`. */
  readonly heapGrowthBytes: number;
}

const stock: readonly string[] = readdirSync(projectPath('pipelines'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yaml'))
  .sort()
  .map((path) => readFileSync(join(projectPath('pipelines'), path), 'utf8'));
/** The values of the stock documents. */
export const trees: readonly unknown[] = stock.map((text) => parse(text) as unknown);
const lines = stock.flatMap((text) => text.split('\n'));

/** What people and attackers write into documents. */
const pieces = [
  ...[
    '${{',
    '}}',
    '${{ ',
    "${{ inputs['",
    'steps.up.rate',
    '${{ 1/0 }}',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ': ',
    '- ',
    '\t',
    '\n',
    '#',
    '|',
    '>',
    '---\n',
  ],
  ...[
    '&a ',
    '*a',
    '<<: *a',
    '!tag ',
    '? ',
    '%YAML 1.1\n',
    '~',
    'null',
    'true',
    '.inf',
    '.nan',
    '0x',
    '1e999',
    '1.10',
    '12e45678',
    '90',
    '90s',
  ],
  ...[
    '\u0000',
    '\ufeff',
    '\u2028',
    '\ud800',
    '\r',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '/(a+)+$/',
    '64 KiB',
    'mark.',
    '💥',
  ],
];
const values: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    '',
    ' ',
    '${{',
    '${{ }}',
    '${{ inputs }}',
    '${{ steps.x.y }}',
    [],
    {},
    [[]],
    [null],
    { a: 1 },
  ],
  ...[
    '90',
    '90s',
    '1.10',
    '/x/',
    '/(/',
    'x'.repeat(5000),
    '${{ '.repeat(50),
    '${{ 1 + 1 }}',
    `\${{ ${'('.repeat(200)}1${')'.repeat(200)} }}`,
  ],
];

/** Reads `count` mutated stock documents. Throws what should not have been thrown, with the input that did it. */
export function fuzzDocuments(count: number, seed: number): DocumentFuzzReport {
  const rng = createRng(seed);
  const found = { documents: 0, refused: 0, diagnostics: 0 };
  const codes = new Set<string>();
  let slowestMs = 0;
  let slowest = '';
  let heapAtStart = 0;
  for (let index = 0; index < count; index += 1) {
    if (index === Math.floor(count / 10)) heapAtStart = heapUsed();
    const text = index % 2 === 0 ? mutateText(rng, pick(rng, stock)) : mutateTree(rng, pick(rng, trees));
    const read = readText(text);
    found[read.document ? 'documents' : 'refused'] += 1;
    found.diagnostics += read.codes.length;
    for (const code of read.codes) codes.add(code);
    const ms = read.ms > slowestMs ? Math.min(read.ms, readText(text).ms) : 0;
    if (ms > slowestMs) {
      slowestMs = ms;
      slowest = text;
    }
  }
  return { inputs: count, ...found, codes: codes.size, slowestMs, slowest, heapGrowthBytes: heapUsed() - heapAtStart };
}

/** Loads one text and holds it to what `loadDocument` promises. The time is that of the processor: other programs do not count. */
export function readText(text: string): { readonly document: boolean; readonly codes: readonly string[]; readonly ms: number } {
  const started = process.cpuUsage();
  try {
    const { document, diagnostics } = loadDocument(text, { name: 'fuzz.yaml', files: { exists: () => true, open: () => undefined } });
    assert((document === undefined) === hasErrors(diagnostics), 'a document exactly when nothing is an error');
    for (const diagnostic of diagnostics) {
      const { span } = diagnostic;
      assert(
        span === undefined || (span.start >= 0 && span.start <= span.end && span.end <= text.length),
        `${diagnostic.code} lies in the text`,
      );
      assert(formatDiagnostic(diagnostic).length < 20_000, `${diagnostic.code} is short`);
    }
    const { user, system } = process.cpuUsage(started);
    return { document: document !== undefined, codes: diagnostics.map(({ code }) => code), ms: (user + system) / 1000 };
  } catch (cause) {
    throw new Error(`this document breaks the language:\n${JSON.stringify(text)}`, { cause });
  }
}

function mutateText(rng: Rng, text: string): string {
  let mutated = text;
  for (let left = 1 + rng.below(4); left > 0; left -= 1) mutated = mutateOnce(rng, mutated);
  return mutated;
}

function mutateOnce(rng: Rng, text: string): string {
  const at = rng.below(text.length + 1);
  const rows = text.split('\n');
  const row = rng.below(rows.length);
  switch (rng.below(7)) {
    case 0:
      return text.slice(0, at) + pick(rng, pieces) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + rng.below(20));
    case 2:
      return rows.toSpliced(row, 0, pick(rng, lines)).join('\n');
    case 3:
      return rows.toSpliced(row, 1 + rng.below(3)).join('\n');
    case 4:
      return rows.with(row, `${' '.repeat(rng.below(6))}${rows[row]?.trimStart() ?? ''}`).join('\n');
    case 5:
      return rows.toSpliced(row, 0, rows[rng.below(rows.length)] ?? '').join('\n');
    default:
      return (
        text.slice(0, at) + String.fromCharCode(rng.below(4) === 0 ? rng.below(0x1_0000) : rng.below(0x80)) + text.slice(at + rng.below(2))
      );
  }
}

export function mutateValue(rng: Rng, tree: unknown): unknown {
  let mutated = tree;
  for (let left = 1 + rng.below(3); left > 0; left -= 1) mutated = mutateNode(rng, mutated, 0);
  return mutated;
}

function mutateTree(rng: Rng, tree: unknown): string {
  return stringify(mutateValue(rng, tree), {
    aliasDuplicateObjects: rng.below(2) === 0,
    defaultStringType: rng.below(2) === 0 ? 'PLAIN' : 'QUOTE_DOUBLE',
  });
}

/** Walks down to some node, and changes it. */
function mutateNode(rng: Rng, node: unknown, depth: number): unknown {
  const isBranch = typeof node === 'object' && node !== null;
  if (!isBranch || (depth > 0 && rng.below(4) === 0)) return rng.below(3) === 0 ? subtree(rng) : pick(rng, values);
  if (Array.isArray(node)) {
    const at = rng.below(node.length + 1);
    if (at === node.length || rng.below(6) === 0) return node.toSpliced(at, rng.below(2), subtree(rng));
    return node.with(at, mutateNode(rng, node[at], depth + 1));
  }
  const entries: [string, unknown][] = Object.entries(node);
  if (entries.length === 0) return { [pick(rng, pieces)]: pick(rng, values) };
  const at = rng.below(entries.length);
  const [key, value] = entries[at]!;
  switch (rng.below(8)) {
    case 0:
      return Object.fromEntries(entries.toSpliced(at, 1));
    case 1:
      return Object.fromEntries(entries.with(at, [misspell(rng, key), value]));
    case 2:
      return { ...node, [pick(rng, pieces)]: pick(rng, values) };
    default:
      return Object.fromEntries(entries.with(at, [key, mutateNode(rng, value, depth + 1)]));
  }
}

/** A piece of some stock document. */
function subtree(rng: Rng): unknown {
  let node = pick(rng, trees);
  while (typeof node === 'object' && node !== null && rng.below(4) !== 0) {
    const inner: unknown[] = Object.values(node);
    if (inner.length === 0) return node;
    node = pick(rng, inner);
  }
  return node;
}

function misspell(rng: Rng, key: string): string {
  const at = rng.below(key.length + 1);
  return key.slice(0, at) + String.fromCharCode(97 + rng.below(26)) + key.slice(at + rng.below(2));
}

function pick<T>(rng: Rng, items: readonly T[]): T {
  return items[rng.below(items.length)]!;
}

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
