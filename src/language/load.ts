/** Text in, document and diagnostics out: the way into the language. Never throws on what a user wrote and never stops at the first mistake. */

import { assert, unreachable } from '../base/assert.ts';
import { buildBench } from './bench/build.ts';
import { checkBench, type AddressProblem } from './bench/check.ts';
import type { AddressIdentity } from './bench/check-ports.ts';
import { child, cursorAt, spanOf, type Cursor, type Report } from './cursor.ts';
import { hasErrors, sortDiagnostics, type LanguageDiagnostic } from './diagnostics.ts';
import type { DocumentKind, Fragment, LanguageDocument } from './model.ts';
import { buildKnownIssues } from './known-issues/build.ts';
import { checkKnownIssues } from './known-issues/check.ts';
import { buildFragment, buildPipeline } from './pipeline/build.ts';
import { checkPipeline } from './pipeline/check.ts';
import type { FragmentView, OpenedFragment, OpenFragment } from './pipeline/fragment-view.ts';
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
  /** A document at such a path; undefined when it cannot be read. */
  open(path: string): OpenedFile | undefined;
}

export interface OpenedFile {
  /** The same for every way to the file, so that circles are seen. */
  readonly name: string;
  readonly text: string;
  /** Those around it. */
  readonly files: Files;
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
  return load(text, options, { callers: [options.name], known: new Map() }).loaded;
}

/** Who called whom up to this document, and the fragments that were loaded on the way. */
interface Calls {
  readonly callers: readonly string[];
  readonly known: Map<string, OpenedFragment>;
}

interface LoadedView {
  readonly loaded: Loaded;
  readonly seen: Pick<FragmentView, 'inputs' | 'outputs'>;
}

const nothingSeen: LoadedView['seen'] = { inputs: new Map(), outputs: {} };

function load(text: string, options: LoadOptions, calls: Calls): LoadedView {
  const source = createSource(options.name, text);
  const { tree, diagnostics } = parseYaml(source);
  if (tree === undefined) return { loaded: { kind: undefined, document: undefined, diagnostics, source }, seen: nothingSeen };
  const mistakes: LanguageDiagnostic[] = [...diagnostics];
  const report: Report = (code, span, message, { severity = 'error', hint, related } = {}) =>
    void mistakes.push(compact<LanguageDiagnostic>({ code, severity, message, span, hint, related }));
  const kind = readKind(cursorAt(tree), report);
  const open = (path: string): OpenedFragment => openFragment(path, options, calls);
  let seen = nothingSeen;
  if (kind !== undefined) {
    const { diagnostics: objections, roles } = validate(kind, tree.value, tree);
    for (const objection of objections) mistakes.push(objection);
    seen = checks[kind](cursorAt(tree), { options, roles, open, report, add: (mistake) => void mistakes.push(mistake) });
  }
  // A misspelt use of an input leaves it unused: one mistake, told once.
  const told = hasErrors(mistakes) ? mistakes.filter((mistake) => mistake.code !== 'input-unused') : mistakes;
  const isOwn = ({ span }: LanguageDiagnostic): boolean => span === undefined || span.source === source;
  const once = withoutDoubles(told);
  const all = [...sortDiagnostics(once.filter(isOwn)), ...once.filter((mistake) => !isOwn(mistake))];
  const document = kind === undefined || hasErrors(all) ? undefined : build(kind, tree, open);
  return { loaded: { kind, document, diagnostics: all, source }, seen };
}

/** Each file is opened once, however often it is called. */
function openFragment(path: string, options: LoadOptions, { callers, known }: Calls): OpenedFragment {
  const file = options.files?.open(path);
  if (file === undefined) return { found: false, why: 'missing' };
  const { name, text, files } = file;
  const at = callers.indexOf(name);
  if (at >= 0) return { found: false, why: 'circle', circle: [...callers.slice(at), name] };
  const opened = known.get(name) ?? viewOf(load(text, { ...options, name, files }, { callers: [...callers, name], known }));
  known.set(name, opened);
  return opened;
}

function viewOf({ loaded: { kind, document, diagnostics }, seen }: LoadedView): OpenedFragment {
  if (kind !== undefined && kind !== 'fragment') return { found: false, why: 'other-kind', kind };
  return { found: true, view: { ...seen, diagnostics, document: document?.kind === 'fragment' ? document : undefined } };
}

interface CheckContext {
  readonly options: LoadOptions;
  readonly roles: Validation['roles'];
  readonly open: OpenFragment;
  readonly report: Report;
  /** Takes the mistakes of other documents. */
  readonly add: (diagnostic: LanguageDiagnostic) => void;
}

/** The semantic checks of each kind. They see documents that the schema refuses, too. */
const checks: { readonly [K in DocumentKind]: (root: Cursor, context: CheckContext) => LoadedView['seen'] } = {
  pipeline: checkSteps,
  fragment: checkSteps,
  bench: (root, { options: { files, addressProblem, addressIdentity }, report }) => {
    checkBench(root, { exists: files && ((path) => files.exists(path)), addressProblem, addressIdentity, report });
    return nothingSeen;
  },
  profile: (root, { report }) => {
    checkProfile(root, report);
    return nothingSeen;
  },
  plan: (root, { options: { files }, report }) => {
    checkPlan(root, { exists: files && ((path) => files.exists(path)), report });
    return nothingSeen;
  },
  'known-issues': (root, { report }) => {
    checkKnownIssues(root, report);
    return nothingSeen;
  },
  // Its schema says it all.
  policy: () => nothingSeen,
};

function checkSteps(root: Cursor, { options: { files }, ...context }: CheckContext): LoadedView['seen'] {
  return checkPipeline(root, { ...context, exists: files && ((path) => files.exists(path)) });
}

function build(kind: DocumentKind, tree: YamlTree, open: OpenFragment): LanguageDocument {
  const fragmentAt = (path: string): Fragment => {
    const opened = open(path);
    assert(opened.found && opened.view.document !== undefined, 'the checks let only calls of sound fragments pass');
    return opened.view.document;
  };
  switch (kind) {
    case 'pipeline':
      return buildPipeline(tree, fragmentAt);
    case 'fragment':
      return buildFragment(tree, fragmentAt);
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
    const key = JSON.stringify([code, message, span?.source.name, span?.start, span?.end]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
