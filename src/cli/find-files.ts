/** Finding the files that a user names, in folders by their suffixes. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from './problems.ts';

/** Folders that never hold a user's documents. */
export const skippedFolders = new Set(['node_modules', '.git', 'build', 'reports']);
/** A folder tree deeper than this is a loop of links or a mistake. */
const depthMax = 16;

/** The files that `paths` name: files as they are, folders searched for names that end in one of `suffixes`. Throws an input error for a path that is not there. */
export function findFiles(paths: readonly string[], suffixes: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => (isFolder(path) ? search(path, suffixes, 0) : [path])))];
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw fileError(`cannot read ${path}`, cause);
  }
}

function search(folder: string, suffixes: readonly string[], depth: number): string[] {
  if (depth > depthMax) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : search(path, suffixes, depth + 1);
    return suffixes.some((suffix) => entry.name.endsWith(suffix)) ? [path] : [];
  });
}
