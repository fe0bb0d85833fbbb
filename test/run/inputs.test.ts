/** Inputs that are values: read in their type, from `--set`, an axis, a plan or the default, in this order. */

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runCommand } from '../cli/command.ts';
import { pipelineText, runText } from '../helpers/run.ts';
import type { Ran } from '../helpers/run.ts';

function reasonOf(ran: Ran): string {
  return ran.events.find((event) => event.kind === 'cell-end')?.reason ?? '';
}

/** A declaration, a value that fits with an expression that is then true, and values that do not fit. */
const types: readonly [declaration: string, good: string, holds: string, bad: readonly string[]][] = [
  ['type: string', '12', 'inputs.it == "12"', []],
  ['type: integer', '12', 'inputs.it == 12', ['twelve', '1.5', '']],
  ['type: boolean', 'true', 'inputs.it == true', ['yes', '1']],
  ['quantity: duration', '90s', 'quantity(inputs.it) == 90', ['90', '90 KiB']],
  ['quantity: size', '2 KiB', 'quantity(inputs.it) == 2048', ['2', '2s']],
  ['quantity: rate', '2 KiB/s', 'quantity(inputs.it) == 2048', ['2 KiB', '2']],
  ['quantity: percentage', '50%', 'quantity(inputs.it) == 0.5', ['50', '50s']],
];

for (const [declaration, good, holds, bad] of types) {
  t.test(declaration, async (t) => {
    const run = (set: ReadonlyMap<string, string>, steps = `  - expect: { value: '\${{ ${holds} }}' }`): Promise<Ran> =>
      runText(pipelineText(steps, `  it: { ${declaration} }`), { set });
    const given = await run(new Map([['it', good]]));
    t.same(given.outcomes, ['passed'], reasonOf(given));
    for (const value of bad) {
      const ran = await run(new Map([['it', value]]));
      t.same(ran.outcomes, ['broken'], `${declaration}: ${value}`);
      t.match(reasonOf(ran), /it.* cannot be/);
    }
    const none = await run(new Map());
    t.same(none.outcomes, ['broken']);
    t.match(reasonOf(none), /it.* has no value/);
  });
}

t.test('--set goes before an axis, an axis before the plan, and the plan before the default', async (t) => {
  const pipeline = (matrix: string): string =>
    `${pipelineText("  - id: said\n    echo: { d: '${{ inputs.it }}' }", `  it: { type: string, default: fallback }\n${matrix}`)}\n`;
  const axis = 'matrix: { axes: { it: [axis] } }';
  const cwd = t.testdir({
    'plain.pipeline.yaml': pipeline(''),
    'axis.pipeline.yaml': pipeline(axis),
    'p.plan.yaml': 'version: 1\nkind: plan\nid: p\nselect: { paths: [plain.pipeline.yaml] }\ninputs: { it: planned }\n',
    'q.plan.yaml': 'version: 1\nkind: plan\nid: q\nselect: { paths: [axis.pipeline.yaml] }\ninputs: { it: planned }\n',
  });
  const said = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await runCommand(['run', ...args, '--out', 'out'], { cwd });
    const log = readFileSync(join(cwd, 'out', 'events.jsonl'), 'utf8');
    rmSync(join(cwd, 'out'), { recursive: true });
    return /"r":"([a-z]+)"/.exec(log)?.[1] ?? stdout + stderr;
  };
  t.equal(await said('plain.pipeline.yaml'), 'fallback');
  t.equal(await said('--plan', 'p.plan.yaml'), 'planned');
  t.equal(await said('--plan', 'q.plan.yaml'), 'axis');
  t.equal(await said('axis.pipeline.yaml', '--set', 'it=given'), 'given');
});
