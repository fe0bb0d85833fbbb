/** A plan without mistakes as its model. */

import { imageOrigin, packageOrigin } from '../origin.ts';
import type { Plan as PlanFile } from '../grammar.generated.ts';
import type { Plan, PlanInput } from '../model.ts';
import { compact, frozen } from '../plain.ts';
import type { YamlTree } from '../yaml.ts';
import { expandMatrix } from './matrix.ts';

export function buildPlan(tree: YamlTree): Plan {
  const { id, about, select, boards, matrix = {}, inputs = {}, retry } = tree.value as PlanFile;
  const { axes = {}, add = [], set = [], drop = [], reduce = 'full' } = matrix;
  const { kept, dropped } = expandMatrix({ axes, add, set, drop });
  const plan = compact<Plan>({
    kind: 'plan',
    id,
    about,
    select: compact<Plan['select']>({ paths: select.paths, ids: select.ids, tags: select.tags ?? [], notTags: select['not-tags'] ?? [] }),
    boards,
    axes,
    // A plan without a matrix runs each pipeline as it is.
    combinations: kept.length === 0 ? [{}] : kept,
    dropped,
    reduce: typeof reduce === 'string' ? { to: reduce as 'full' | 'pairwise' } : { to: 'sample', count: reduce.sample ?? 1 },
    inputs: new Map(Object.entries(inputs).map(([name, input]) => [name, inputOf(input)])),
    retry: retry === undefined ? undefined : { max: retry.max, on: retry.on ?? ['infra'], board: retry.board ?? 'same' },
    source: tree.source,
    span: tree.locate(['id']),
    locate: (path) => tree.locate(path),
  });
  return frozen(plan);
}

function inputOf(input: NonNullable<PlanFile['inputs']>[string]): PlanInput {
  if (typeof input !== 'object') return { type: 'value', value: input };
  const { image = {}, package: packaged } = input;
  return packaged === undefined ? { type: 'image', image: imageOrigin(image) } : { type: 'package', package: packageOrigin(packaged) };
}
