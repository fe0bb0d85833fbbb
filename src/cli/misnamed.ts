/** Documents in folders whose names do not say what they are. */

import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Diagnostic } from '../language/diagnostics.ts';
import type { DocumentKind } from '../language/model.ts';
import { createSource } from '../language/source.ts';
import { documentKinds } from '../language/validate.ts';
import { textBytesMax } from '../language/yaml.ts';
import { findFiles } from './find-files.ts';

/** Those of these kinds: they would never be found, and a check that never runs looks like a pass. */
export function findMisnamed(paths: readonly string[], kinds: readonly DocumentKind[]): readonly Diagnostic[] {
  const folders = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true);
  const named = new RegExp(`[.](${documentKinds.join('|')})[.]ya?ml$`);
  return findFiles(folders, ['.yaml', '.yml']).flatMap((path) => {
    const text = named.test(path) ? '' : readText(path);
    // Other programs have files of a `kind`, too, and none of them beside `version: 1`.
    const kind = kinds.find((one) => new RegExp(`^kind: *['"]?${one}['"]? *(#.*)?$`, 'm').test(text) && /^version: *1\b/m.test(text));
    if (kind === undefined) return [];
    const source = createSource(path, text);
    const start = source.text.indexOf('kind:');
    const message = `this is a ${kind} by its \`kind\` and not by its name, so that it would be passed over`;
    const hint = `name it ${basename(path).replace(/[.].*$/, '')}.${kind}.yaml`;
    return [{ code: 'misnamed-file', severity: 'error', message, span: { source, start, end: start + 'kind:'.length }, hint }];
  });
}

/** Nothing of what is no document in any case. */
function readText(path: string): string {
  try {
    return statSync(path).size > textBytesMax ? '' : readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
