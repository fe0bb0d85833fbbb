/** Checking the files that a user names: each by itself, all of them together, and against a bench. */

import { BootproofError } from '../../base/errors.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import type { Loaded } from '../../language/load.ts';
import type { Pipeline } from '../../language/model.ts';
import { documentKinds } from '../../language/validate.ts';
import { loadFile, loadOne } from '../documents.ts';
import { findFiles } from '../find-files.ts';
import { findMisnamed } from '../misnamed.ts';

/** The names of files that folders are searched for. */
export const lintSuffixes = documentKinds.map((kind) => `.${kind}.yaml`);

const searched = lintSuffixes.flatMap((suffix) => [suffix, suffix.replace(/yaml$/, 'yml')]);

export interface Checked {
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** `bench` is the file of a bench that the pipelines are to run on. */
export async function checkPaths(paths: readonly string[], bench?: string): Promise<Checked> {
  const diagnostics: Diagnostic[] = [...findMisnamed(paths, documentKinds)];
  const files = new Set(paths.flatMap((path) => collecting(diagnostics, () => filesOf(path)) ?? []));
  if (bench !== undefined) files.delete(bench);
  const found: Diagnostic[] = [];
  const named: Named[] = [];
  const pipelines: Pipeline[] = [];
  for (const file of files) {
    const loaded = collecting(diagnostics, () => loadFile(file));
    if (loaded === undefined) continue;
    found.push(...diagnosticsOf(loaded, files));
    if (loaded.document?.kind !== 'pipeline') continue;
    const { id, span } = loaded.document;
    named.push({ id, span });
    // A pipeline holds on to the tree of its text: thousands of them are kept only where they are needed.
    if (bench !== undefined) pipelines.push(loaded.document);
  }
  diagnostics.push(...found, ...equalIds(named), ...(await againstBench(pipelines, bench)));
  const count = (severity: Diagnostic['severity']): number => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return { files: files.size + (bench === undefined ? 0 : 1), errors: count('error'), warnings: count('warning'), diagnostics };
}

/** A fragment that is checked itself is not told of once more by its callers. */
function diagnosticsOf({ diagnostics, source }: Loaded, files: ReadonlySet<string>): readonly Diagnostic[] {
  return diagnostics.filter(({ span }) => span === undefined || span.source === source || !files.has(span.source.name));
}

async function againstBench(pipelines: readonly Pipeline[], path: string | undefined): Promise<readonly Diagnostic[]> {
  if (path === undefined) return [];
  // Making boards takes half of the program, which no other check needs.
  const { whatBoardsCannot } = await import('./bench-fit.ts');
  const diagnostics: Diagnostic[] = [];
  const loaded = collecting(diagnostics, () => loadOne('bench', path));
  const bench = loaded?.document;
  const unfit = bench === undefined ? undefined : collecting(diagnostics, () => whatBoardsCannot(pipelines, bench));
  return [...diagnostics, ...(loaded?.diagnostics ?? []), ...(unfit ?? [])];
}

function filesOf(path: string): string[] {
  const files = findFiles([path], searched);
  if (files.length > 0) return files;
  throw new BootproofError(`there is nothing to check in ${path}`, {
    fault: 'input',
    code: 'nothing-to-check',
    hint: `in folders, files are found by their names: ${searched.map((suffix) => `*${suffix}`).join(', ')}`,
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

type Named = Pick<Pipeline, 'id' | 'span'>;

/** Reports and the history know pipelines by their ids. */
function equalIds(pipelines: readonly Named[]): Diagnostic[] {
  const first = new Map<string, Named>();
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
