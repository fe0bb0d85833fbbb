/** Where the files lie that ship with bootproof beside its code. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package; the code is some folders below it, as source or built. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'templates'))) {
    if (folder === dirname(folder)) throw new Error('the package has lost its templates');
    folder = dirname(folder);
  }
  return folder;
}
