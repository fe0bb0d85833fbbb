/** Diagnostics as SARIF 2.1.0, which code scanning services read. */

import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import packageJson from '../../../package.json' with { type: 'json' };
import { codes } from '../../language/codes.ts';
import { describeDiagnostic, placeOf } from '../../language/diagnostics.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import { positionAt } from '../../language/source.ts';
import type { Span } from '../../language/source.ts';

export function sarifLog(diagnostics: readonly Diagnostic[]): object {
  const rules = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: packageJson.name, version: packageJson.version, rules: rules.map(rule) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic) => result(diagnostic, rules)),
      },
    ],
  };
}

function rule(code: string): object {
  const explanation = (codes as Readonly<Record<string, string>>)[code];
  return {
    id: code,
    ...(explanation === undefined ? {} : { fullDescription: { text: explanation } }),
    help: { text: `\`bootproof explain ${code}\` says more.` },
  };
}

function result(diagnostic: Diagnostic, rules: readonly string[]): object {
  const { span, related = [] } = diagnostic;
  const { code, severity, message, hint } = describeDiagnostic(diagnostic);
  return {
    ruleId: code,
    ruleIndex: rules.indexOf(code),
    level: severity === 'info' ? 'note' : severity,
    message: { text: hint === undefined ? message : `${message}\nhint: ${hint}` },
    ...(span === undefined ? {} : { locations: [location(span)] }),
    ...(related.length === 0
      ? {}
      : { relatedLocations: related.map((other, id) => ({ id, ...location(other.span), message: { text: other.message } })) }),
  };
}

function location(span: Span): object {
  const { file, line, column } = placeOf(span);
  const end = positionAt(span.source, span.end);
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: line, startColumn: column, endLine: end.line, endColumn: end.column },
    },
  };
}

/** Relative paths stay relative, as services that know the repository want them. */
function uriOf(path: string): string {
  return isAbsolute(path) ? pathToFileURL(path).href : encodeURI(path.replaceAll('\\', '/')).replace(/[?#]/g, encodeURIComponent);
}
