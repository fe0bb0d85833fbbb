/** Diagnostics: the one form of every mistake, from the YAML text to the failed expectation, and how they are shown. */

import { codeFrameColumns } from '@babel/code-frame';
import { lineText, positionAt, type Position, type Span } from './source.ts';
import type { DiagnosticCode } from './codes.ts';

export interface Diagnostic<Code extends string = string> {
  /** Stable, in kebab-case. The language's own are explained in `codes.ts`. */
  readonly code: Code;
  readonly severity: 'error' | 'warning' | 'info';
  /** One sentence without a full stop: what is wrong, and what was expected. */
  readonly message: string;
  /** The text that is wrong. Absent when the mistake is in no text, such as a file that cannot be read. */
  readonly span?: Span;
  /** What to type or do to mend it. */
  readonly hint?: string;
  /** Other places that explain the mistake, such as the first of two equal ids. */
  readonly related?: readonly { readonly message: string; readonly span: Span }[];
}

export type LanguageDiagnostic = Diagnostic<DiagnosticCode>;

/** A diagnostic as plain data that survives without its source text; the shape of `--format json`. */
export interface DescribedDiagnostic {
  readonly code: string;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  readonly at?: { readonly file: string } & Position;
  /** Where the text that is wrong ends (exclusive). */
  readonly end?: Position;
  /** The lines around `at`, with a marker under the text that is wrong. */
  readonly frame?: string;
  readonly hint?: string;
  readonly related?: readonly { readonly message: string; readonly at: { readonly file: string } & Position }[];
}

export function describeDiagnostic(diagnostic: Diagnostic): DescribedDiagnostic {
  const { code, severity, message, span, hint, related } = diagnostic;
  return {
    code,
    severity,
    message,
    ...(span === undefined ? {} : { at: placeOf(span), end: positionAt(span.source, span.end), frame: frameOf(span) }),
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined ? {} : { related: related.map((other) => ({ message: other.message, at: placeOf(other.span) })) }),
  };
}

/**
 * The text for people:
 *
 *     ota/revert.pipeline.yaml:19:41 error[unquoted-scalar]: `hash` must be a string in quotes, ...
 *       19 |   - expect: {image: 12e45678}
 *          |                     ^^^^^^^^
 *       hint: write "12e45678"
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { code, severity, message, span, hint, related = [] } = diagnostic;
  const lines = [`${span === undefined ? '' : `${formatPlace(span)} `}${severity}[${code}]: ${message}`];
  if (span !== undefined) lines.push(indent(frameOf(span)));
  if (hint !== undefined) lines.push(`  hint: ${hint}`);
  for (const other of related) lines.push(`  see ${formatPlace(other.span)}: ${other.message}`);
  return lines.map(printable).join('\n');
}

/** In the order of the text; diagnostics without a place come first. */
export function sortDiagnostics<Code extends string>(diagnostics: readonly Diagnostic<Code>[]): Diagnostic<Code>[] {
  return [...diagnostics].sort((a, b) => (a.span?.start ?? -1) - (b.span?.start ?? -1));
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

/** Lines and columns as people count them, with the name of the file. */
export function placeOf(span: Span): { readonly file: string } & Position {
  return { file: span.source.name, ...positionAt(span.source, span.start) };
}

/** `FILE:LINE:COLUMN`. */
export function formatPlace(span: Span): string {
  const { file, line, column } = placeOf(span);
  return `${file}:${line}:${column}`;
}

/** Longer lines are cut around the mistake, since nobody can read them and terminals break them. */
const frameWidthMax = 160;

/** The line before, the line of the mistake and a marker, without colours. A mistake over several lines is marked on its first. */
export function frameOf({ source, start, end }: Span): string {
  const { line, column } = positionAt(source, start);
  const text = lineText(source, line);
  const cut = column > frameWidthMax ? column - frameWidthMax / 2 : 0;
  const firstLine = Math.max(1, line - 1);
  const lines = line === 1 ? [text] : [lineText(source, line - 1), text];
  const shown = lines.map((one) => printable(one.slice(cut, cut + frameWidthMax)));
  const from = column - cut;
  const widthMax = Math.max(1, Math.min(text.length - column + 1, frameWidthMax - from));
  const to = from + Math.min(Math.max(1, end - start), widthMax);
  const location = { start: { line, column: from }, end: { line, column: to } };
  // Newer than the package's types.
  const options = { linesBelow: 0, startLine: firstLine };
  return codeFrameColumns(shown.join('\n'), location, options);
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}

/** A file may hold anything; what reaches a terminal may not. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');
}
