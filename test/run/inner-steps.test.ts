/** Steps within steps: loops and branches, at any depth, in the events as in the rules. */

import t from 'tap';
import { loadDocument } from '../../src/language/load.ts';
import { pipelineText, runText, stepEnds } from '../helpers/run.ts';

const outcomes = (ran: Awaited<ReturnType<typeof runText>>): Record<string, string> =>
  Object.fromEntries([...stepEnds(ran)].map(([path, { outcome }]) => [path, outcome]));

t.test('a loop runs its steps so often, and they read the number of their round', async (t) => {
  const ran = await runText(
    pipelineText(`
  - id: loop
    repeat:
      count: 3
      steps:
        - { id: said, echo: { d: "round \${{ repeat.index }}" } }
        - expect: { response: { r: "round \${{ repeat.index }}" } }
        - expect: { value: "\${{ steps.said.r == 'round ' + string(int(repeat.index)) }}", equals: true }
  - expect: { value: "\${{ steps.loop.rounds }}", equals: 3 }
  - expect: { value: "\${{ steps.said.r }}", equals: round 2 }`),
  );
  t.same(ran.outcomes, ['passed'], JSON.stringify([...stepEnds(ran).values()].filter(({ outcome }) => outcome !== 'passed')));
  t.match(outcomes(ran), { 'steps[0]': 'passed', 'steps[0].repeat[0].steps[0]': 'passed', 'steps[0].repeat[2].steps[2]': 'passed' });
});

t.test('a loop ends when its condition holds, and fails when it never does', async (t) => {
  const loop = (until: string): string =>
    pipelineText(`
  - repeat:
      count: 4
      until: ${until}
      steps:
        - { id: said, echo: { d: "x\${{ repeat.index }}" } }`);
  const ended = await runText(loop(`steps.said.r == "x2"`));
  t.same(ended.outcomes, ['passed']);
  t.same(stepEnds(ended).get('steps[0]')?.result, { rounds: 3 });
  const never = await runText(loop(`steps.said.r == "9"`));
  t.same(never.outcomes, ['failed']);
  t.match(stepEnds(never).get('steps[0]')?.diagnostics, [{ code: 'repeat-exhausted', found: 'steps.said.r = "x3"' }]);
});

t.test('the first branch that fails cancels the others, and the outcome names the step at fault', async (t) => {
  const ran = await runText(
    pipelineText(`
  - parallel:
      - name: slow
        steps: [{ wait: { for: 300s } }]
      - name: wrong
        steps: [{ wait: { for: 1s } }, { expect: { active: next } }]
  - wait: { for: 1s }`),
  );
  t.same(ran.outcomes, ['failed']);
  t.same(outcomes(ran), {
    'setup[0]': 'passed',
    'steps[0].parallel[1].steps[0]': 'passed',
    'steps[0].parallel[1].steps[1]': 'failed',
    'steps[0].parallel[0].steps[0]': 'aborted',
    'steps[0]': 'failed',
  });
  t.match(stepEnds(ran).get('steps[0].parallel[0].steps[0]')?.diagnostics, [{ message: 'cancelled, because wrong failed' }]);
  const end = ran.events.find((event) => event.kind === 'cell-end');
  t.match(end, { reason: /^steps\[0\]\.parallel\[1\]\.steps\[1\] expect: / });
  t.ok((end?.durationMs ?? 0) < 60_000, 'nobody waited for the slow branch');
});

t.test('branches run at the same time', async (t) => {
  const ran = await runText(
    pipelineText(`
  - parallel:
      - steps: [{ wait: { for: 20s } }]
      - steps: [{ wait: { for: 30s } }, { echo: { d: x } }]
      - steps: [{ repeat: { count: 2, steps: [{ wait: { for: 10s } }] } }]`),
  );
  t.same(ran.outcomes, ['passed']);
  const { durationMs = 0 } = stepEnds(ran).get('steps[0]') ?? {};
  t.ok(durationMs >= 30_000 && durationMs < 31_000, String(durationMs));
});

t.test('in a teardown each inner step is attempted, too', async (t) => {
  const ran = await runText(
    `${pipelineText('  - echo: { d: x }')}
teardown:
  - repeat: { count: 1, steps: [{ expect: { active: next } }, { echo: { d: y } }] }
  - parallel: [{ steps: [{ expect: { active: next } }] }, { steps: [{ wait: { for: 1s } }, { echo: { d: z } }] }]`,
  );
  t.same(ran.outcomes, ['passed'], 'a failed teardown is not the fault of the product');
  t.match(outcomes(ran), {
    'teardown[0].repeat[0].steps[0]': 'failed',
    'teardown[0].repeat[0].steps[1]': 'passed',
    'teardown[0]': 'failed',
    'teardown[1].parallel[1].steps[1]': 'passed',
  });
  t.match(
    ran.events.filter((event) => event.kind === 'note'),
    [{ text: /is dirty/ }],
  );
});

t.test('time limits, conditions and severities work at every depth', async (t) => {
  const ran = await runText(
    pipelineText(`
  - repeat:
      count: 2
      steps:
        - when: repeat.index == 1
          echo: { d: second }
        - expect: { active: next }
          severity: warn
  - repeat: { count: 1000, steps: [{ wait: { for: 10s } }] }
    timeout: 25s`),
  );
  t.same(ran.outcomes, ['failed']);
  t.match(outcomes(ran), {
    'steps[0].repeat[0].steps[0]': 'skipped',
    'steps[0].repeat[1].steps[0]': 'passed',
    'steps[0].repeat[1].steps[1]': 'failed',
    'steps[0]': 'passed',
    'steps[1].repeat[1].steps[0]': 'passed',
    'steps[1].repeat[2].steps[0]': 'failed',
    'steps[1]': 'failed',
  });
});

t.test('loops that multiply end with a word', async (t) => {
  const inner = '{ count: 10000, steps: [{ wait: { for: 0s } }] }';
  const ran = await runText(pipelineText(`  - repeat: { count: 10000, steps: [{ repeat: ${inner} }] }`));
  t.same(ran.outcomes, ['broken']);
  t.match(
    ran.events.find((event) => event.kind === 'cell-end'),
    { reason: /more than 20000 steps/ },
  );
});

t.test('names are checked at every depth', (t) => {
  const codesOf = (steps: string): string[] => loadDocument(pipelineText(steps), { name: 'x' }).diagnostics.map(({ code }) => code);
  const unused = ['input-unused'];
  const read = '{ echo: { d: "${{ steps.a.r }}" } }';
  const write = '{ id: a, echo: { d: x } }';
  t.same(codesOf(`  - repeat: { count: 2, steps: [${write}, ${read}] }`), unused, 'within');
  t.same(codesOf(`  - repeat: { count: 2, steps: [${write}] }\n  - ${read}`), unused, 'after');
  t.same(codesOf(`  - repeat: { count: 2, steps: [${read}, ${write}] }`), ['use-before-set'], 'too early');
  t.same(codesOf(`  - parallel: [{ steps: [${write}] }, { steps: [${read}] }]`), ['use-before-set'], 'in another branch');
  t.same(codesOf(`  - parallel: [{ steps: [${write}, ${read}] }, { steps: [${read.replace('.a.', '.a.')}] }]`), ['use-before-set']);
  t.same(codesOf(`  - id: a\n    repeat: { count: 2, steps: [${read.replace('.r ', '.rounds ')}] }`), ['use-before-set'], 'around');
  t.same(codesOf(`  - repeat: { count: 2, until: 'steps.a.r == "x"', steps: [${write}] }`), unused, 'at the end of a round');
  t.same(codesOf(`  - repeat: { count: 2, until: 'steps.a.r == "x"', steps: [{ echo: { d: y } }] }\n  - ${write}`), ['use-before-set']);
  t.same(codesOf('  - echo: { d: "${{ repeat.index }}" }'), ['name-unknown'], 'no loop around');
  t.same(codesOf(`  - repeat: { count: 1, steps: [${write}, ${write}] }`), ['duplicate-id']);
  t.same(codesOf('  - repeat: { count: 1, steps: [{ echo: { d: x }, reset: {} }] }'), ['many-verbs']);
  t.same(
    codesOf('  - repeat: { count: 1, steps: [{ parallel: [{ steps: [{ upload: { image: nxt } }] }, { steps: [{ reset: {} }] }] }] }'),
    ['input-unknown'],
  );
  t.same(codesOf(`  - ${write.replace('{ id', '{ when: has(facts.x), id')}\n  - ${read}`), [...unused, 'may-not-be-set'], 'conditional');
  t.same(codesOf(`  - ${write.replace('{ id', '{ when: has(facts.x), id')}\n  - ${read.replace('{ ', '{ when: has(facts.x), ')}`), unused);
  t.end();
});
