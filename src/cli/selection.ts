/** Which of the loaded pipelines run, and whether what was asked for fits any of them. Nothing selected is an error: it would prove nothing. */

import { closestMatch } from 'leven';
import type { Pipeline } from '../language/model.ts';
import { flagError } from './flags.ts';

export function selectByTags(
  pipelines: readonly Pipeline[],
  { tag, notTag }: { readonly tag: readonly string[]; readonly notTag: readonly string[] },
): readonly Pipeline[] {
  const selected = pipelines.filter(({ tags }) => tag.every((one) => tags.includes(one)) && !notTag.some((one) => tags.includes(one)));
  if (selected.length > 0) return selected;
  const known = [...new Set(pipelines.flatMap(({ tags }) => tags))].sort();
  throw flagError(`none of ${pipelines.length} pipelines has the tags that were asked for`, `tags: ${known.join(', ') || 'none'}`);
}

/** Each `--set` must name an input of at least one selected pipeline. */
export function checkSettings(set: ReadonlyMap<string, string>, pipelines: readonly Pipeline[]): void {
  const inputs = [...new Set(pipelines.flatMap((pipeline) => [...pipeline.inputs.keys()]))];
  for (const name of set.keys()) {
    if (inputs.includes(name)) continue;
    const near = closestMatch(name, inputs, { maxDistance: 2 });
    throw flagError(
      `--set ${name}: no selected pipeline has such an input`,
      near === undefined ? `inputs: ${inputs.join(', ') || 'none'}` : `did you mean ${near}?`,
    );
  }
}
