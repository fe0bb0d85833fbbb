/** What `bootproof lint` found, for people and for programs. */

import { unreachable } from '../../base/assert.ts';
import { describeDiagnostic, formatDiagnostic } from '../../language/diagnostics.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import type { Checked } from './check.ts';
import { sarifLog } from './sarif.ts';

export const lintFormats = ['text', 'json', 'github', 'sarif'] as const;
export type LintFormat = (typeof lintFormats)[number];

export function renderLint(checked: Checked, format: LintFormat): string {
  const { diagnostics, ...counts } = checked;
  switch (format) {
    case 'text':
      return [...diagnostics.map(formatDiagnostic), summary(checked)].join('\n\n') + '\n';
    case 'json':
      return json({ ...counts, diagnostics: diagnostics.map(describeDiagnostic) });
    case 'github':
      return diagnostics.map(annotation).join('');
    case 'sarif':
      return json(sarifLog(diagnostics));
    default:
      return unreachable(format);
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function summary({ files, errors, warnings, diagnostics }: Checked): string {
  const found = errors + warnings === 0 ? 'no mistakes' : `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`;
  const [example] = diagnostics;
  const more = example === undefined ? '' : ` (\`bootproof explain ${example.code}\` says more about a code)`;
  return `${plural(files, 'file')}: ${found}${more}`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** A workflow command of GitHub Actions, which shows the mistake beside the changed line. */
function annotation(diagnostic: Diagnostic): string {
  const { code, severity, message, at, end, hint } = describeDiagnostic(diagnostic);
  const place = at === undefined ? {} : { file: at.file, line: at.line, col: at.column, endLine: end?.line, endColumn: end?.column };
  const properties = Object.entries({ ...place, title: code }).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const command = severity === 'info' ? 'notice' : severity;
  return `::${command} ${properties.join(',')}::${escapeData(hint === undefined ? message : `${message}\nhint: ${hint}`)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
