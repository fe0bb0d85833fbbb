/** `bootproof lint`: every mistake in every document, before any hardware is touched. */

import { Option } from 'commander';
import type { Command } from 'commander';
import { unreachable } from '../../base/assert.ts';
import { BootproofError } from '../../base/errors.ts';
import { describeDiagnostic, formatDiagnostic } from '../../language/diagnostics.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import type { Pipeline } from '../../language/model.ts';
import { findFiles, loadFile } from '../documents.ts';
import type { CliIo } from '../io.ts';

const formats = ['text', 'json', 'github'] as const;
type Format = (typeof formats)[number];

const suffixes = ['pipeline', 'bench', 'profile'].flatMap((kind) => [`.${kind}.yaml`, `.${kind}.yml`]);

/** Exit codes: 0 no errors (warnings are none), 2 errors, also when there is nothing to check. */
export function registerLintCommand(program: Command, io: CliIo): void {
  program
    .command('lint')
    .description('check pipelines, benches and profiles, and report every mistake')
    .argument('<PATH...>', 'files, or folders that are searched for *.pipeline.yaml, *.bench.yaml and *.profile.yaml')
    .addOption(new Option('--format <format>', 'how mistakes are printed').choices(formats).default('text'))
    .addHelpText('after', '\nExamples:\n  bootproof lint pipelines\n  bootproof lint lab.bench.yaml --format json')
    .addHelpText('after', '\nExit codes: 0 no errors, 2 errors or nothing to check.')
    .action((paths: string[], { format }: { format: Format }) => {
      const checked = checkPaths(paths);
      io.stdout(render(checked, format));
      io.exit(checked.errors > 0 ? 2 : 0);
    });
}

interface Checked {
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
  readonly diagnostics: readonly Diagnostic[];
}

function checkPaths(paths: readonly string[]): Checked {
  const diagnostics: Diagnostic[] = [];
  const files = new Set(paths.flatMap((path) => collecting(diagnostics, () => filesOf(path)) ?? []));
  const pipelines: Pipeline[] = [];
  for (const file of files) {
    const loaded = collecting(diagnostics, () => loadFile(file));
    diagnostics.push(...(loaded?.diagnostics ?? []));
    if (loaded?.document?.kind === 'pipeline') pipelines.push(loaded.document);
  }
  diagnostics.push(...equalIds(pipelines));
  const count = (severity: Diagnostic['severity']): number => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return { files: files.size, errors: count('error'), warnings: count('warning'), diagnostics };
}

function filesOf(path: string): string[] {
  const files = findFiles([path], suffixes);
  if (files.length > 0) return files;
  throw new BootproofError(`there is nothing to check in ${path}`, {
    fault: 'input',
    code: 'nothing-to-check',
    hint: `in folders, files are found by their names: ${suffixes.map((suffix) => `*${suffix}`).join(', ')}`,
  });
}

/** A file that cannot be read is one mistake among others. */
function collecting<T>(diagnostics: Diagnostic[], work: () => T): T | undefined {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof BootproofError)) throw thrown;
    const { code, message, hint } = thrown;
    diagnostics.push({ code, severity: 'error', message, ...(hint === undefined ? {} : { hint }) });
    return undefined;
  }
}

/** Reports and the history know pipelines by their ids. */
function equalIds(pipelines: readonly Pipeline[]): Diagnostic[] {
  const first = new Map<string, Pipeline>();
  return pipelines.flatMap((pipeline) => {
    const other = first.get(pipeline.id);
    if (other === undefined) {
      first.set(pipeline.id, pipeline);
      return [];
    }
    const message = `another pipeline has the id \`${pipeline.id}\` already`;
    const related = [{ message: 'it is here', span: other.span }];
    return [
      { code: 'duplicate-id', severity: 'error', message, span: pipeline.span, hint: 'give each pipeline an id of its own', related },
    ];
  });
}

function render(checked: Checked, format: Format): string {
  const { diagnostics, ...counts } = checked;
  switch (format) {
    case 'text':
      return [...diagnostics.map(formatDiagnostic), summary(checked)].join('\n\n') + '\n';
    case 'json':
      return `${JSON.stringify({ ...counts, diagnostics: diagnostics.map(describeDiagnostic) }, null, 2)}\n`;
    case 'github':
      return diagnostics.map(annotation).join('');
    default:
      return unreachable(format);
  }
}

function summary({ files, errors, warnings }: Checked): string {
  const found = errors + warnings === 0 ? 'no mistakes' : `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`;
  return `${plural(files, 'file')}: ${found}`;
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
