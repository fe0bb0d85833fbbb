/** A policy without mistakes as its model. */

import { parseDuration, parsePercentage } from '../../base/quantities.ts';
import type { Policy as PolicyFile } from '../grammar.generated.ts';
import type { Policy } from '../model.ts';
import { compact, frozen } from '../plain.ts';
import type { YamlTree } from '../yaml.ts';

export function buildPolicy(tree: YamlTree): Policy {
  const { id, about, require, allow = {} } = tree.value as PolicyFile;
  const age = require['evidence-age'];
  const policy = compact<Policy>({
    kind: 'policy',
    id,
    about,
    passRate: parsePercentage(require['pass-rate'] ?? '100%') ?? 1,
    cellsAtLeast: require['cells-at-least'] ?? 1,
    boardsPerCell: require['boards-per-cell'],
    pipelines: require.pipelines ?? [],
    evidenceAgeMs: age === undefined ? undefined : parseDuration(age),
    allow: { flaky: allow.flaky ?? 0, xfailed: allow.xfailed ?? 0, infra: parsePercentage(allow.infra ?? '0%') ?? 0 },
    source: tree.source,
    span: tree.locate(['id']),
  });
  return frozen(policy);
}
