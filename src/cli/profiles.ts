/** The profile that a user names: one that ships with bootproof, or a file. */

import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { closestMatch } from 'leven';
import { BootproofError } from '../base/errors.ts';
import { formatDiagnostic } from '../language/diagnostics.ts';
import { defaultProfile } from '../sim/profile.ts';
import type { SimProfile } from '../sim/profile.ts';
import { loadFile } from './documents.ts';
import type { FilesRead } from './documents.ts';
import { flagError } from './flags.ts';
import { packageFolder } from './package-folder.ts';

/**
 * A profile that ships with bootproof by its name, or a file by its path: relative to the document `beside`, or to the working
 * folder. Throws an input error for a name that no profile has, and for a file with mistakes, all of which it tells.
 */
export function readProfile(nameOrPath: string, beside?: string, read?: FilesRead): SimProfile {
  if (/[/\\]|\.ya?ml$/.test(nameOrPath))
    return readProfileFile(beside === undefined ? nameOrPath : resolve(dirname(beside), nameOrPath), read);
  if (nameOrPath === defaultProfile.name) return defaultProfile;
  const names = shippedNames();
  if (names.includes(nameOrPath)) return readProfileFile(join(shippedFolder(), nameOrPath + suffix), read);
  const near = closestMatch(nameOrPath, names, { maxDistance: 3 });
  const known = near === undefined ? `there are: ${names.join(', ')}` : `did you mean ${near}?`;
  throw flagError(`there is no profile "${nameOrPath}"`, `${known}; files have a name like board.profile.yaml`);
}

const suffix = '.profile.yaml';

function shippedFolder(): string {
  return join(packageFolder(), 'pipelines', 'profiles');
}

function shippedNames(): readonly string[] {
  const files = readdirSync(shippedFolder()).filter((file) => file.endsWith(suffix));
  return files.map((file) => file.slice(0, -suffix.length)).sort();
}

function readProfileFile(path: string, read: FilesRead | undefined): SimProfile {
  const { document, diagnostics } = loadFile(path, read);
  if (document?.kind === 'profile') return document.profile;
  const mistakes = document === undefined ? diagnostics.map(formatDiagnostic).join('\n\n') : `it is a ${document.kind}`;
  throw new BootproofError(`${path} is no usable profile:\n${mistakes}\n`, { fault: 'input', code: 'profile-unusable' });
}
