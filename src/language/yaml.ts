/** YAML text to values and back to places: the one file that knows the `yaml` package. Hostile text ends in diagnostics, within limits. */

import { Composer, isAlias, isMap, isPair, isScalar, isSeq, Lexer, Parser, visit } from 'yaml';
import type { Alias, CST, Document, Node, Pair, YAMLError, YAMLMap } from 'yaml';
import { assert } from '../base/assert.ts';
import type { DiagnosticCode } from './codes.ts';
import type { LanguageDiagnostic } from './diagnostics.ts';
import { compact } from './plain.ts';
import type { Source, Span } from './source.ts';
import { parseTemplate } from './template.ts';
import { code } from './words.ts';

/** From the root: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

/** A parsed text: its value, and the places that the value came from. */
export interface YamlTree {
  readonly source: Source;
  /** Maps as plain objects, lists as arrays, scalars as YAML 1.2 reads them. */
  readonly value: unknown;
  /** Where a value is written, or its key; of the nearest thing above that exists otherwise. Aliases lead to what they stand for. */
  locate(path: Path, part?: 'key' | 'value'): Span;
  /** The characters of an unquoted scalar; undefined for everything else. */
  plainText(path: Path): string | undefined;
  /** Where a piece of a text scalar is written, given by offsets into its value; the whole scalar where escapes or folding hide that. */
  locateText(path: Path, start: number, end: number): Span;
}

/** Where diagnostics point to; a whole tree, or the part of one that a step came from. */
export type Locator = Pick<YamlTree, 'locate' | 'plainText'>;

/** Longer texts are refused before anything looks at them. */
export const textBytesMax = 4 * 1024 * 1024;
/** The parser needs about 2 KB and 10 us for a token of the worst kind. */
const tokensMax = 250_000;
const depthMax = 64;
/** How often one anchor may be used; nested uses count by multiplication. */
const aliasesMax = 100;

export interface ParsedYaml {
  /** Absent when the text is too broken to say anything about its content. */
  readonly tree: YamlTree | undefined;
  readonly diagnostics: readonly LanguageDiagnostic[];
}

export function parseYaml(source: Source): ParsedYaml {
  const lexed = lex(source);
  if ('refused' in lexed) return { tree: undefined, diagnostics: [lexed.refused] };
  const [doc, another] = compose(lexed.lexemes, source.text.length);
  assert(doc !== undefined, 'even an empty text is a document');
  const broken = doc.errors[0];
  // Whatever follows the first syntax error is a guess of the parser.
  if (broken !== undefined) return { tree: undefined, diagnostics: [syntaxDiagnostic(source, doc, broken)] };
  if (another !== undefined) return { tree: undefined, diagnostics: [secondDocument(source, another)] };
  const { unusable, duplicates } = inspect(source, doc);
  if (unusable !== undefined) return { tree: undefined, diagnostics: [unusable] };
  const diagnostics = [...doc.warnings.map((warning) => tagDiagnostic(source, warning)), ...duplicates];
  try {
    return { tree: createTree(source, doc, doc.toJS({ maxAliasCount: aliasesMax })), diagnostics };
  } catch (thrown) {
    // The package reports aliases without an anchor, and those that multiply into a bomb, only here.
    if (!(thrown instanceof ReferenceError)) throw thrown;
    return { tree: undefined, diagnostics: [...diagnostics, aliasDiagnostic(source, doc)] };
  }
}

/** The first document of a text, and the second one if there is one. The lexemes are those that were counted, so that a text is taken apart once. */
function compose(lexemes: readonly string[], length: number): Iterable<Document.Parsed> {
  const options = {
    version: '1.2',
    merge: true,
    stringKeys: true,
    // Checked below: the parser's own check is quadratic.
    uniqueKeys: false,
  } as const;
  return new Composer(options).compose(tokensOf(lexemes), true, length);
}

function* tokensOf(lexemes: readonly string[]): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of lexemes) yield* parser.next(lexeme);
  yield* parser.end();
}

type Lexed = { readonly lexemes: readonly string[] } | { readonly refused: LanguageDiagnostic };

/** Refuses texts that are no YAML at all, or that would take the parser's time and memory beyond reason. */
function lex(source: Source): Lexed {
  const refused = refuseText(source);
  return refused === undefined ? lexWithin(source) : { refused };
}

function refuseText(source: Source): LanguageDiagnostic | undefined {
  const { name, text } = source;
  if (text.length > textBytesMax) {
    return problem('file-too-large', undefined, `${name} has more than ${textBytesMax / 1024 / 1024} MiB`, 'split it into several files');
  }
  const strays = text.match(strayCharacters) ?? [];
  if (strays.length > straysMax) {
    return problem('not-text', undefined, `${name} is no text file`, 'documents are YAML, saved as UTF-8 text');
  }
  const [stray] = strays;
  if (stray === undefined) return undefined;
  const start = text.indexOf(stray);
  const what =
    stray === '\ufffd' ? 'bytes that are not UTF-8' : `the control character U+${stray.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return problem('not-text', { source, start, end: start + 1 }, `the text contains ${what}`, 'remove it, and save the file as UTF-8 text');
}

/** What never stands in a text file; U+FFFD is what bytes become that are not UTF-8. */
const strayCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]/g;
/** With more of them the file is binary, and showing a place in it helps nobody. */
const straysMax = 3;

function lexWithin(source: Source): Lexed {
  const { text } = source;
  const lexemes: string[] = [];
  let [offset, flow, block] = [0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    lexemes.push(token);
    if (token === '[' || token === '{') flow += 1;
    else if (token === ']' || token === '}') flow -= 1;
    else if (token === '-' || token === '?') block += 1;
    else if (token.includes('\n')) block = 0;
    if (lexemes.length > tokensMax || flow > depthMax || block > depthMax) {
      const what = lexemes.length > tokensMax ? `has more than ${tokensMax} parts` : `is nested more than ${depthMax} levels deep`;
      const start = Math.min(offset, text.length - 1);
      return { refused: problem('yaml-too-complex', { source, start, end: start + 1 }, `the document ${what}`) };
    }
    // Lexemes that begin with a control character are marks of the lexer, not text.
    if (token > '\u001f' || /^[\t\r\n]/.test(token)) offset += token.length;
  }
  return { lexemes };
}

/** The package's words for the mistakes that happen most, in ours. */
const syntaxMistakes: Partial<Record<YAMLError['code'], { readonly message: string; readonly hint: string }>> = {
  BLOCK_AS_IMPLICIT_KEY: { message: 'here begins a map inside of a text', hint: 'put quotes around a text that contains ": "' },
  BAD_SCALAR_START: { message: 'a text cannot begin with this character', hint: 'put quotes around the text' },
  NON_STRING_KEY: { message: 'a key must be a plain word', hint: 'lists and maps cannot be keys' },
};

function syntaxDiagnostic(source: Source, doc: Document.Parsed, error: YAMLError): LanguageDiagnostic {
  const [start] = error.pos;
  const span = { source, start, end: Math.max(start + 1, error.pos[1]) };
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return problem('yaml-tab', span, 'YAML cannot be indented with tabs', 'use spaces, two per level');
    case 'RESOURCE_EXHAUSTION':
      return problem('yaml-too-complex', span, 'the document is nested too deep');
    default:
  }
  const unquoted = unquotedExpression(source, start);
  if (unquoted !== undefined) return unquoted;
  const open = unclosedNode(doc, error);
  if (open !== undefined) {
    const { start: from } = spanOf(source, open);
    const what = isScalar(open) ? 'quote' : 'bracket';
    const message = `this ${what} is never closed`;
    return problem(
      'yaml-syntax',
      { source, start: from, end: from + 1 },
      message,
      `close it with ${closingOf[source.text[from] ?? ''] ?? what}`,
    );
  }
  const { message = lowerFirst(error.message), hint } = syntaxMistakes[error.code] ?? {};
  return problem('yaml-syntax', span, `this is no valid YAML: ${message}`, hint);
}

/** To YAML, braces begin a map: an expression needs quotes within other braces, and everywhere when it begins with them. */
function unquotedExpression(source: Source, at: number): LanguageDiagnostic | undefined {
  const braces = source.text.lastIndexOf('{{', at);
  if (braces < Math.max(0, at - 1)) return undefined;
  const marked = source.text[braces - 1] === '$';
  const [rest] = /^.*/.exec(source.text.slice(braces))!;
  const template = parseTemplate(`$${rest}`);
  const [written] = template.ok ? template.placeholders : [];
  const span = { source, start: braces - (marked ? 1 : 0), end: braces + (written === undefined ? 2 : written.end - 1) };
  const quote = written?.expression.includes('"') === true ? "'" : '"';
  const mended = written === undefined ? '"${{ ... }}"' : `${quote}\${{ ${written.expression} }}${quote}`;
  return problem('yaml-syntax', span, 'an expression needs quotes here', `write ${code(mended)}`);
}

function secondDocument(source: Source, { range: [start, end] }: Document.Parsed): LanguageDiagnostic {
  const span = { source, start, end: Math.max(start + 1, end) };
  return problem('yaml-many-documents', span, 'a file holds one document, and here a second one begins', 'put it into a file of its own');
}

const closingOf: Readonly<Record<string, string>> = { '{': '`}`', '[': '`]`', '"': '`"`', "'": "`'`" };

/** The innermost bracket or quote that is open where the parser noticed that its end is missing. */
function unclosedNode(doc: Document.Parsed, error: YAMLError): Node | undefined {
  if (!/^Flow (?:map|sequence) in|^Missing closing/.test(error.message)) return undefined;
  let open: Node | undefined;
  visit(doc, {
    Node: (_key, node) => {
      const opens = isScalar(node) ? /^QUOTE/.test(node.type ?? '') : !isAlias(node) && node.flow === true;
      const [start = 0, end = 0] = node.range ?? [];
      if (opens && start <= error.pos[0] && error.pos[0] <= end + 1) open = node;
    },
  });
  return open;
}

function tagDiagnostic(source: Source, warning: YAMLError): LanguageDiagnostic {
  const [start, end] = warning.pos;
  const tag = source.text.slice(start, end);
  return problem(
    'yaml-tag',
    { source, start, end },
    `the tag \`${tag}\` means nothing here`,
    'remove the tag; put quotes around a text that begins with "!"',
  );
}

/** What leaves a document without a value, and keys that stand twice in a map. */
function inspect(
  source: Source,
  doc: Document.Parsed,
): { readonly unusable: LanguageDiagnostic | undefined; readonly duplicates: readonly LanguageDiagnostic[] } {
  const duplicates: LanguageDiagnostic[] = [];
  let unusable: LanguageDiagnostic | undefined;
  visit(doc, {
    Alias: (_key, alias, ancestors) => void (unusable ??= circleOf(source, doc, { alias, ancestors })),
    Pair: (_key, pair) => void (unusable ??= badMergeOf(source, doc, pair)),
    Map: (_key, map) => void duplicates.push(...duplicateKeys(source, map)),
  });
  return { unusable, duplicates };
}

function duplicateKeys(source: Source, map: YAMLMap): LanguageDiagnostic[] {
  const first = new Map<string, Node>();
  return map.items.flatMap((pair) => {
    const key = keyText(pair);
    if (key === undefined || key === '<<') return [];
    const earlier = first.get(key);
    if (earlier !== undefined) return [duplicateKey(key, spanOf(source, pair.key as Node), spanOf(source, earlier))];
    first.set(key, pair.key as Node);
    return [];
  });
}

function duplicateKey(key: string, span: Span, earlier: Span): LanguageDiagnostic {
  const diagnostic = problem('yaml-duplicate-key', span, `the key \`${key}\` appears twice in the same map`, 'keep one of the two');
  return { ...diagnostic, related: [{ message: 'it appears here first', span: earlier }] };
}

/** An alias inside of what it stands for would make the value endless. */
function circleOf(
  source: Source,
  doc: Document.Parsed,
  { alias, ancestors }: { readonly alias: Alias; readonly ancestors: readonly unknown[] },
): LanguageDiagnostic | undefined {
  const target = targetOf(doc, alias);
  if (target === undefined || !ancestors.includes(target)) return undefined;
  return problem('yaml-alias', spanOf(source, alias), `the alias \`*${alias.source}\` stands inside of what it stands for`);
}

/** `<<` brings the keys of other maps into a map; anything but maps makes the package throw. */
function badMergeOf(source: Source, doc: Document.Parsed, pair: Pair): LanguageDiagnostic | undefined {
  if (keyText(pair) !== '<<' || mergeSources(doc, pair.value).every((one) => isMap(one))) return undefined;
  return problem('yaml-merge', spanOf(source, pair.key as Node), '`<<` takes a map or an alias of one', 'for example `<<: *defaults`');
}

function aliasDiagnostic(source: Source, doc: Document.Parsed): LanguageDiagnostic {
  const aliases: Alias[] = [];
  visit(doc, { Alias: (_key, alias) => void aliases.push(alias) });
  const dangling = aliases.find((alias) => targetOf(doc, alias) === undefined);
  if (dangling !== undefined) {
    const message = `there is no anchor \`&${dangling.source}\` above this alias`;
    return problem('yaml-alias', spanOf(source, dangling), message, 'put quotes around a text that begins with "*"');
  }
  const span = spanOf(source, aliases.at(-1)!);
  return problem('yaml-alias', span, `aliases multiply here beyond ${aliasesMax} uses of one anchor`, 'write the values out');
}

function createTree(source: Source, doc: Document.Parsed, value: unknown): YamlTree {
  const root = { source, start: 0, end: 1 };
  const index = createIndex(doc);
  const find = (path: Path): Found => findNode(index, path);
  const locate = (path: Path, part: 'key' | 'value' = 'value'): Span => {
    const found = find(path);
    const node = part === 'key' && found.complete ? (found.key ?? found.node) : found.node;
    return node === undefined ? root : spanOf(source, node);
  };
  return {
    source,
    value,
    locate,
    plainText: (path) => {
      const { node, complete } = find(path);
      return complete && isScalar(node) && node.type === 'PLAIN' ? textOf(source, node) : undefined;
    },
    locateText: (path, start, end) => {
      const whole = locate(path);
      const node = find(path).node;
      if (!isScalar(node) || typeof node.value !== 'string') return whole;
      const at = textOf(source, node).indexOf(node.value);
      if (at >= 0) return { source, start: whole.start + at + start, end: whole.start + at + end };
      const piece = textOf(source, node).indexOf(node.value.slice(start, end));
      return piece >= 0 ? { source, start: whole.start + piece, end: whole.start + piece + end - start } : whole;
    },
  };
}

interface Found {
  /** The value at the path, or the nearest one above it. */
  readonly node: Node | undefined;
  readonly key: Node | undefined;
  readonly complete: boolean;
}

/** A document with the pairs of its maps by key, so that places in large maps are found at once. */
interface Index {
  readonly doc: Document.Parsed;
  readonly pairsOf: (map: YAMLMap) => ReadonlyMap<string, Pair>;
}

function createIndex(doc: Document.Parsed): Index {
  const known = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  return {
    doc,
    pairsOf: (map) => {
      const pairs = known.get(map) ?? new Map(map.items.map((pair) => [keyText(pair) ?? '', pair]));
      known.set(map, pairs);
      return pairs;
    },
  };
}

function findNode(index: Index, path: Path): Found {
  let node = resolved(index.doc, index.doc.contents);
  let key: Node | undefined;
  for (const part of path) {
    const next = childOf(index, node, part);
    if (next === undefined) return { node, key, complete: false };
    key = next.key;
    // An empty value (`reset:`) has a place only through its key.
    node = resolved(index.doc, next.value) ?? key;
  }
  return { node, key, complete: true };
}

function childOf(index: Index, parent: Node | undefined, part: string | number): { key?: Node; value: unknown } | undefined {
  if (isSeq(parent) && typeof part === 'number') return part < parent.items.length ? { value: parent.items[part] } : undefined;
  if (!isMap(parent)) return undefined;
  const own = index.pairsOf(parent).get(String(part));
  if (own !== undefined) return { key: own.key as Node, value: own.value };
  for (const merged of mergedMaps(index, parent)) {
    const inherited = childOf(index, merged, part);
    if (inherited !== undefined) return inherited;
  }
  return undefined;
}

/** The maps that `<<` brings in. */
function mergedMaps({ doc, pairsOf }: Index, map: YAMLMap): Node[] {
  const merge = pairsOf(map).get('<<');
  return merge === undefined ? [] : mergeSources(doc, merge.value).filter((part) => part !== undefined);
}

function mergeSources(doc: Document.Parsed, value: unknown): (Node | undefined)[] {
  const node = resolved(doc, value);
  return isSeq(node) ? node.items.map((item) => resolved(doc, item)) : [node];
}

function resolved(doc: Document.Parsed, node: unknown): Node | undefined {
  if (isAlias(node)) return targetOf(doc, node);
  return isScalar(node) || isMap(node) || isSeq(node) ? node : undefined;
}

/** Kept by document, since the package's own search goes through the whole of it for each alias. */
const targetsOf = new WeakMap<Document.Parsed, ReadonlyMap<Alias, Node | undefined>>();

/** What an alias stands for: the nearest anchor of its name above it. */
function targetOf(doc: Document.Parsed, alias: Alias): Node | undefined {
  const targets = targetsOf.get(doc) ?? aliasTargets(doc);
  targetsOf.set(doc, targets);
  return targets.get(alias);
}

function aliasTargets(doc: Document.Parsed): ReadonlyMap<Alias, Node | undefined> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node | undefined>();
  visit(doc, {
    Node: (_key, node) => {
      if (isAlias(node)) targets.set(node, anchors.get(node.source));
      else if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

function keyText(pair: unknown): string | undefined {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : undefined;
}

function spanOf(source: Source, node: Node): Span {
  const [first, end] = node.range ?? [0, 1];
  const { length } = source.text;
  // An empty value at the end of the text has no character of its own, and lends the one before it.
  const start = Math.max(0, Math.min(first, length - 1));
  return { source, start, end: Math.min(length, Math.max(start + 1, end)) };
}

function textOf(source: Source, node: Node): string {
  const { start, end } = spanOf(source, node);
  return source.text.slice(start, end);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function problem(code: DiagnosticCode, span: Span | undefined, message: string, hint?: string): LanguageDiagnostic {
  return compact<LanguageDiagnostic>({ code, severity: 'error', message, span, hint });
}
