/** Public keys of signed records: files named after the record's `sig`, in `keys/` beside the vectors. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../../src/base/assert.ts';
import { loadPublicKey } from '../../../src/mcuboot/keys.ts';
import type { PublicKey } from '../../../src/mcuboot/keys.ts';
import { projectPath } from '../../helpers/vectors.ts';

/** Finds a public key by the name in a record; throws when there is none. */
export type KeyFinder = (sig: string) => PublicKey;

/** Looks into `keys/` of the given folders, then into the project's own. Each key is read once. */
export function findKeyIn(folders: readonly string[]): KeyFinder {
  const found = new Map<string, PublicKey>();
  return (sig) => {
    const known = found.get(sig);
    if (known !== undefined) return known;
    const files = [...folders, projectPath('test/vectors/bootutil')].map((folder) => join(folder, 'keys', `${sig}.pub.pem`));
    const file = files.find((candidate) => existsSync(candidate));
    assert(file !== undefined, `no key ${sig}.pub.pem`);
    const key = loadPublicKey(readFileSync(file, 'utf8'));
    found.set(sig, key);
    return key;
  };
}
