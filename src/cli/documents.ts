/** Loading the files that a user names: pipelines and the bench, with every mistake in all of them. */

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { toHex } from '../base/bytes.ts';
import { BootproofError, messageOf } from '../base/errors.ts';
import { formatSize } from '../base/quantities.ts';
import { identityOfAddress } from '../language/addresses.ts';
import { hasErrors } from '../language/diagnostics.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { loadDocument } from '../language/load.ts';
import type { Files, Loaded } from '../language/load.ts';
import type { DocumentKind, LanguageDocument, Pipeline } from '../language/model.ts';
import { textBytesMax } from '../language/yaml.ts';
import { hash } from '../mcuboot/hash.ts';
import { parseAddress } from '../transport/open.ts';
import { findFiles } from './find-files.ts';
import { findMisnamed } from './misnamed.ts';
import { fileError } from './problems.ts';

/** Files that were looked into for the user, or for which that was tried: absolute paths. Of documents what they held is known. */
export type FilesRead = Map<string, Uint8Array | undefined>;

/** The documents among them, by their paths as the working folder sees them, each with its SHA-256 in hex. */
export function documentsAmong(read: FilesRead): ReadonlyMap<string, string> {
  return new Map(
    [...read].flatMap(([path, bytes]) => (bytes === undefined ? [] : [[relative('.', path), toHex(hash('sha256', bytes))] as const])),
  );
}

/** Loads one file. Its own mistakes are in the result; a file that cannot be read is an input error. What is read is noted in `read`, here and below. */
export function loadFile(path: string, read: FilesRead = new Map()): Loaded {
  return loadDocument(readText(path, read), {
    name: path,
    files: filesBeside(path, read),
    addressProblem,
    addressIdentity: identityOf,
  });
}

function filesBeside(document: string, read: FilesRead): Files {
  const folder = dirname(document);
  return {
    exists: (path) => existsSync(resolve(folder, path)),
    open: (path) => {
      const name = isAbsolute(path) ? path : join(folder, path);
      try {
        return { name, text: readText(name, read), files: filesBeside(name, read) };
      } catch (thrown) {
        if (thrown instanceof BootproofError) return undefined;
        throw thrown;
      }
    },
  };
}

/** What the transports say about an address; the simulator's own are looked at when its boards are made. */
function addressProblem(address: string): string | undefined {
  if (address.startsWith('sim:')) return undefined;
  try {
    parseAddress(address);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** What an address leads to: its options do not matter, and links of udev are followed to the port. */
export function identityOf(address: string): string {
  const identity = identityOfAddress(address);
  if (!identity.startsWith(serialScheme)) return identity;
  try {
    return `${serialScheme}${realpathSync(identity.slice(serialScheme.length))}`;
  } catch {
    // A port that is not there now is found to be missing where it is opened.
    return identity;
  }
}

const serialScheme = 'serial:';

function readText(path: string, read: FilesRead): string {
  const absolute = resolve(path);
  read.set(absolute, undefined);
  let size: number;
  try {
    ({ size } = statSync(path));
    if (size <= textBytesMax) {
      const bytes = readFileSync(path);
      read.set(absolute, bytes);
      return bytes.toString('utf8');
    }
  } catch (cause) {
    throw fileError(`cannot read ${path}`, cause);
  }
  throw new BootproofError(`${path} is no document: it has ${formatSize(size)}`, {
    fault: 'input',
    code: 'file-too-large',
    hint: `documents have at most ${formatSize(textBytesMax)}`,
  });
}

export interface LoadedPipelines {
  readonly pipelines: readonly Pipeline[];
  readonly diagnostics: readonly Diagnostic[];
}

const pipelineSuffixes = ['.pipeline.yaml', '.pipeline.yml'];

export function findPipelines(paths: readonly string[]): string[] {
  return findFiles(paths, pipelineSuffixes);
}

export function isPipelineFile(path: string): boolean {
  return pipelineSuffixes.some((suffix) => path.endsWith(suffix));
}

/** All pipelines that `paths` name. Throws an input error when there is none. */
export function loadPipelines(paths: readonly string[], read: FilesRead = new Map()): LoadedPipelines {
  const files = findPipelines(paths);
  if (files.length === 0) {
    throw new BootproofError(`no pipelines in ${paths.join(', ')}`, {
      fault: 'input',
      code: 'no-pipelines',
      hint: 'pipelines are files whose names end in .pipeline.yaml',
    });
  }
  const loaded = files.map((file) => loadFile(file, read));
  return {
    pipelines: loaded.flatMap(({ document }) => (document?.kind === 'pipeline' ? [document] : [])),
    diagnostics: [...findMisnamed(paths, ['pipeline']), ...loaded.flatMap((one) => [...one.diagnostics, ...wrongKind(one, 'pipeline')])],
  };
}

interface LoadedOne<Kind extends DocumentKind> {
  readonly document: Extract<LanguageDocument, { kind: Kind }> | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The one document of a flag, which must be of this kind; undefined without the flag, or when it has mistakes. */
export function loadOne<Kind extends DocumentKind>(kind: Kind, path: string | undefined, read: FilesRead = new Map()): LoadedOne<Kind> {
  if (path === undefined) return { document: undefined, diagnostics: [] };
  const loaded = loadFile(path, read);
  const isOfKind = (document: LanguageDocument): document is Extract<LanguageDocument, { kind: Kind }> => document.kind === kind;
  const document = loaded.document !== undefined && isOfKind(loaded.document) ? loaded.document : undefined;
  return { document, diagnostics: [...loaded.diagnostics, ...wrongKind(loaded, kind)] };
}

function wrongKind({ document, diagnostics }: Loaded, wanted: DocumentKind): readonly Diagnostic[] {
  if (document === undefined || document.kind === wanted || hasErrors(diagnostics)) return [];
  const message = `this file is a ${document.kind}, but a ${wanted} is needed here`;
  return [{ code: 'wrong-kind', severity: 'error', message, span: document.span }];
}

/** Reads a file that a document names, relative to the document; or one that the user names, relative to the working folder. */
export function readBeside(path: string, document: string | undefined, read: FilesRead = new Map()): Uint8Array {
  const absolute = document === undefined ? path : resolve(dirname(document), path);
  if (!read.has(resolve(absolute))) read.set(resolve(absolute), undefined);
  try {
    return readFileSync(absolute);
  } catch (cause) {
    throw fileError(`cannot read ${path}`, cause);
  }
}
