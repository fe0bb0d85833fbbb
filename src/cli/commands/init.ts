/** `bootproof init`: a project that passes at once on the simulator. Its files are in `templates/project/`. */

import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { BootproofError } from '../../base/errors.ts';
import { documentSchemas } from '../../language/validate.ts';
import type { CliIo } from '../io.ts';
import { packageFolder } from '../package-folder.ts';
import { fileError } from '../problems.ts';

const examples = `
Examples:
  bootproof init             in this folder
  bootproof init my-proof    in a new folder

Files that are there already are never overwritten: the command then writes nothing.`;

export function registerInitCommand(program: Command, io: CliIo): void {
  program
    .command('init')
    .description('begin a project: a pipeline, a bench, a plan, known issues, schemas and settings for editors, and snippets for CI')
    .argument('[DIR]', 'the folder of the project', '.')
    .addHelpText('after', examples)
    .action((folder: string) => {
      const files = projectFiles();
      refuseToOverwrite(folder, [...files.keys()]);
      for (const [path, text] of files) writeFile(join(folder, path), text, io);
      io.stdout(`${[...files.keys()].map((path) => `wrote ${join(folder, path)}`).join('\n')}\n\n${nextSteps(folder)}`);
      io.exit(0);
    });
}

/** The text of each file by its path in the project. */
function projectFiles(): ReadonlyMap<string, string> {
  const folder = join(packageFolder(), 'templates', 'project');
  const templates = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map([
    ...templates.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')] as const),
    ...Object.entries(documentSchemas).map(
      ([kind, schema]) => [join('schemas', `${kind}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`] as const,
    ),
  ]);
}

function refuseToOverwrite(folder: string, paths: readonly string[]): void {
  const present = paths.map((path) => join(folder, path)).filter((path) => existsSync(path));
  if (present.length === 0) return;
  throw new BootproofError(`nothing was written, because there is already: ${present.join(', ')}`, {
    fault: 'input',
    code: 'usage',
    hint: 'choose another folder, as in `bootproof init my-proof`',
  });
}

function writeFile(path: string, text: string, io: CliIo): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    io.writeFile(path, Buffer.from(text));
  } catch (cause) {
    throw fileError(`cannot write ${path}`, cause);
  }
}

function nextSteps(folder: string): string {
  const enter = folder === '.' ? '' : `  cd ${folder}\n`;
  return `Next:
${enter}  bootproof run                           the pipeline, on the simulated board
  bootproof run --plan nightly.plan.yaml  with two bases, as a matrix
  bootproof run --bench lab.bench.yaml    on the boards of your lab, once they are in the bench

Editors that know YAML language servers complete and explain the files. Keep reports/ out of version control.
`;
}
