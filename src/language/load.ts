/** Text in, document and diagnostics out: the way into the language. Never throws on what a user wrote and never stops at the first mistake. */

import { unreachable } from '../base/assert.ts';
import { buildBench } from './bench/build.ts';
import { checkBench, type AddressProblem } from './bench/check.ts';
import type { AddressIdentity } from './bench/check-ports.ts';
import { child, cursorAt, spanOf, type Cursor, type Report } from './cursor.ts';
import { hasErrors, sortDiagnostics, type LanguageDiagnostic } from './diagnostics.ts';
import type { DocumentKind, LanguageDocument } from './model.ts';
import { buildKnownIssues } from './known-issues/build.ts';
import { checkKnownIssues } from './known-issues/check.ts';
import { buildPipeline } from './pipeline/build.ts';
import { checkPipeline } from './pipeline/check.ts';
import { compact } from './plain.ts';
import { buildPlan } from './plan/build.ts';
import { checkPlan } from './plan/check.ts';
import { buildPolicy } from './policy/build.ts';
import { buildProfile } from './profile/build.ts';
import { checkProfile } from './profile/check.ts';
import { createSource, type Source } from './source.ts';
import { documentKinds, validate, type Validation } from './validate.ts';
import { code, found, list, nearest } from './words.ts';
import { parseYaml, type YamlTree } from './yaml.ts';

/** What the language must know about the file system. */
export interface Files {
  /** Whether there is a file at a path that is relative to the folder of the document. */
  exists(path: string): boolean;
}

export interface LoadOptions {
  /** What messages call the text: the path as the user gave it. */
  readonly name: string;
  /** Without it, files that a document names are not looked for. */
  readonly files?: Files;
  /** What is wrong with a transport's address beyond its scheme. Without it, nothing else of addresses is checked. */
  readonly addressProblem?: AddressProblem;
  /** What an address leads to. Without it, addresses are told apart by their texts. */
  readonly addressIdentity?: AddressIdentity;
}

export interface Loaded {
  /** What the text says it is, if it says that legibly. */
  readonly kind: DocumentKind | undefined;
  /** Present exactly when no diagnostic is an error. */
  readonly document: LanguageDocument | undefined;
  /** In the order of the text. */
  readonly diagnostics: readonly LanguageDiagnostic[];
  readonly source: Source;
}

export function loadDocument(text: string, options: LoadOptions): Loaded {
  const source = createSource(options.name, text);
  const { tree, diagnostics } = parseYaml(source);
  if (tree === undefined) return { kind: undefined, document: undefined, diagnostics, source };
  const mistakes: LanguageDiagnostic[] = [...diagnostics];
  const report: Report = (code, span, message, { severity = 'error', hint, related } = {}) =>
    void mistakes.push(compact<LanguageDiagnostic>({ code, severity, message, span, hint, related }));
  const kind = readKind(cursorAt(tree), report);
  if (kind !== undefined) {
    const { diagnostics: objections, roles } = validate(kind, tree.value, tree);
    for (const objection of objections) mistakes.push(objection);
    checks[kind](cursorAt(tree), { options, roles, report });
  }
  // A misspelt use of an input leaves it unused: one mistake, told once.
  const told = hasErrors(mistakes) ? mistakes.filter((mistake) => mistake.code !== 'input-unused') : mistakes;
  const all = sortDiagnostics(withoutDoubles(told));
  return { kind, document: kind === undefined || hasErrors(all) ? undefined : build(kind, tree), diagnostics: all, source };
}

interface CheckContext {
  readonly options: LoadOptions;
  readonly roles: Validation['roles'];
  readonly report: Report;
}

/** The semantic checks of each kind. They see documents that the schema refuses, too. */
const checks: { readonly [K in DocumentKind]: (root: Cursor, context: CheckContext) => void } = {
  pipeline: (root, { options: { files }, roles, report }) =>
    checkPipeline(root, { exists: files && ((path) => files.exists(path)), roles, report }),
  bench: (root, { options: { files, addressProblem, addressIdentity }, report }) =>
    checkBench(root, { exists: files && ((path) => files.exists(path)), addressProblem, addressIdentity, report }),
  profile: (root, { report }) => checkProfile(root, report),
  plan: (root, { options: { files }, report }) => checkPlan(root, { exists: files && ((path) => files.exists(path)), report }),
  'known-issues': (root, { report }) => checkKnownIssues(root, report),
  // Its schema says it all.
  policy: () => undefined,
};

function build(kind: DocumentKind, tree: YamlTree): LanguageDocument {
  switch (kind) {
    case 'pipeline':
      return buildPipeline(tree);
    case 'bench':
      return buildBench(tree);
    case 'profile':
      return buildProfile(tree);
    case 'plan':
      return buildPlan(tree);
    case 'known-issues':
      return buildKnownIssues(tree);
    case 'policy':
      return buildPolicy(tree);
    default:
      return unreachable(kind);
  }
}

function readKind(root: Cursor, report: Report): DocumentKind | undefined {
  const { value } = root;
  const examples = `${code('version: 1')} and ${code('kind: pipeline')}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const what = value === null || value === undefined ? 'the file is empty' : `the file holds ${found(value)} and no keys`;
    report('file-empty', spanOf(root), `${what}; a document begins with ${examples}`);
    return undefined;
  }
  const kind = child(root, 'kind');
  if (kind.value === undefined) {
    report('kind-missing', spanOf(root), 'the document does not say what it is', {
      hint: `begin with ${examples}; there are ${list(documentKinds)}`,
    });
    return undefined;
  }
  const known = documentKinds.find((one) => one === kind.value);
  if (known === undefined) {
    const near = typeof kind.value === 'string' ? nearest(kind.value, documentKinds) : undefined;
    const hint = near === undefined ? undefined : `did you mean ${code(near)}?`;
    report('kind-unknown', spanOf(kind), `\`kind\` must be ${list(documentKinds, 'or')}; found ${found(kind.value)}`, { hint });
  }
  return known;
}

/** An anchor with a mistake is met once for each of its aliases. */
function withoutDoubles(diagnostics: readonly LanguageDiagnostic[]): LanguageDiagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, message, span }) => {
    const key = JSON.stringify([code, message, span?.start, span?.end]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
