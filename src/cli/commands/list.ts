/** `bootproof list`: the pipelines that a run would find. */

import type { Command } from 'commander';
import { formatDiagnostic, hasErrors } from '../../language/diagnostics.ts';
import { loadPipelines } from '../documents.ts';
import type { CliIo } from '../io.ts';

const examples = `
Examples:
  bootproof list                   what \`bootproof run\` would run
  bootproof list pipelines/ota     of a folder
  bootproof list --json            for programs; \`bootproof schema list\` describes it`;

export function registerListCommand(program: Command, io: CliIo): void {
  program
    .command('list')
    .description('list pipelines with their ids, tags and titles')
    .argument('[PATH...]', 'pipelines, or folders of them (default: pipelines)')
    .option('--json', 'as JSON, for other programs')
    .addHelpText('after', examples)
    .action((paths: string[], flags: { json?: boolean }) => {
      const { pipelines, diagnostics } = loadPipelines(paths.length === 0 ? ['pipelines'] : paths);
      for (const diagnostic of diagnostics) io.stderr(`${formatDiagnostic(diagnostic)}\n`);
      const rows = pipelines.map(({ id, title, tags, source }) => ({ id, title, tags, file: source.name }));
      io.stdout(flags.json === true ? `${JSON.stringify(rows, null, 2)}\n` : rows.map(rowText).join(''));
      io.exit(hasErrors(diagnostics) ? 2 : 0);
    });
}

function rowText({ id, title, tags }: { readonly id: string; readonly title: string; readonly tags: readonly string[] }): string {
  return `${id.padEnd(34)} ${title}${tags.length === 0 ? '' : ` [${tags.join(', ')}]`}\n`;
}
