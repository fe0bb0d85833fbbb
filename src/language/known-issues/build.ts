/** A list of known issues without mistakes as its model. */

import type { KnownIssue as KnownIssueFile, KnownIssues as KnownIssuesFile } from '../grammar.generated.ts';
import type { KnownIssue, KnownIssues } from '../model.ts';
import { compact, frozen } from '../plain.ts';
import type { YamlTree } from '../yaml.ts';

export function buildKnownIssues(tree: YamlTree): KnownIssues {
  const { issues } = tree.value as KnownIssuesFile;
  const built = issues.map((issue, index) => buildIssue(issue, tree.locate(['issues', index, 'id'])));
  return frozen({ kind: 'known-issues', issues: built, source: tree.source, span: tree.locate(['issues'], 'key') });
}

function buildIssue(
  { id, ticket, owner, mode = 'xfail', match, signature, expires, strict }: KnownIssueFile,
  span: KnownIssue['span'],
): KnownIssue {
  return compact<KnownIssue>({
    id,
    ticket,
    owner,
    mode,
    pipeline: match.pipeline,
    cells: Object.fromEntries(Object.entries(match.cells ?? {}).map(([axis, value]) => [axis, String(value)])),
    signature,
    expires,
    strict: strict ?? mode === 'xfail',
    span,
  });
}
