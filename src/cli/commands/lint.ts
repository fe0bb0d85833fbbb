/** `bootproof lint`: every mistake in every document, before any hardware is touched. */

import { Option } from 'commander';
import type { Command } from 'commander';
import type { CliIo } from '../io.ts';
import { checkPaths, lintSuffixes } from '../lint/check.ts';
import { lintFormats, renderLint } from '../lint/render.ts';
import type { LintFormat } from '../lint/render.ts';

const examples = `
Examples:
  bootproof lint pipelines                                every file in a folder
  bootproof lint lab.bench.yaml --format json             for programs; \`bootproof schema lint\` describes it
  bootproof lint pipelines --bench lab.bench.yaml         also what the boards of a bench cannot do
  bootproof lint pipelines --format sarif > lint.sarif    for code scanning

Exit codes: 0 no errors (warnings are none), 2 errors or nothing to check.`;

export function registerLintCommand(program: Command, io: CliIo): void {
  program
    .command('lint')
    .description('check pipelines, benches, plans and all other documents, and report every mistake')
    .argument('<PATH...>', `files, or folders that are searched for ${lintSuffixes.map((suffix) => `*${suffix}`).join(', ')}`)
    .option('--bench <FILE>', 'a bench to check as well, and the pipelines against its boards')
    .addOption(new Option('--format <format>', 'how mistakes are printed').choices(lintFormats).default('text'))
    .addHelpText('after', examples)
    .action(async (paths: string[], { format, bench }: { format: LintFormat; bench?: string }) => {
      const checked = await checkPaths(paths, bench);
      io.stdout(renderLint(checked, format));
      io.exit(checked.errors > 0 ? 2 : 0);
    });
}
