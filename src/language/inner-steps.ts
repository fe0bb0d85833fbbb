/** Steps within steps: which arguments hold them. Whoever walks over steps (checks, model, resolution) asks here, so that every depth works the same. */

import type { Verb } from './model.ts';
import type { Path } from './yaml.ts';

/** Where the lists of inner steps are, from the arguments of each verb that has some. */
const lists: Partial<Record<Verb, (args: unknown) => readonly Path[]>> = {
  parallel: (args) => (Array.isArray(args) ? args.map((_, index) => [index, 'steps']) : []),
  repeat: () => [['steps']],
};

/** The lists of inner steps, as paths from the step. */
export function innerListsOf(verb: Verb | undefined, args: unknown): readonly Path[] {
  return verb === undefined ? [] : (lists[verb]?.(args) ?? []).map((path) => [verb, ...path]);
}

/** Whether what stands at a path from the step is read only while its inner steps run: these steps, and what is asked between them. */
export function isReadLater([verb, ...path]: Path): boolean {
  const isOfRepeat = verb === 'repeat' && (path[0] === 'steps' || path[0] === 'until');
  return isOfRepeat || (verb === 'parallel' && path[1] === 'steps');
}
