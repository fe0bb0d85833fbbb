/** `npm run docs`: writes `docs/reference/` anew. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderReference } from './render.ts';

const folder = join(process.cwd(), 'docs', 'reference');
rmSync(folder, { recursive: true, force: true });
for (const [path, text] of await renderReference(process.cwd())) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
