/** The pages of the reference as they stand on disk. */

import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { referencePages } from './pages.ts';

export async function renderReference(root: string): Promise<ReadonlyMap<string, string>> {
  const style = await resolveConfig(join(root, 'package.json'));
  const pages = new Map<string, string>();
  // The examples of mistakes must keep them.
  for (const [path, text] of referencePages(root))
    pages.set(path, await format(text, { ...style, parser: 'markdown', embeddedLanguageFormatting: 'off' }));
  return pages;
}
