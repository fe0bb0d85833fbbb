import t from 'tap';
import { prove } from '../helpers/proofs.ts';
import { pipelineText, runText, stepEnds } from '../helpers/run.ts';

t.test('each scenario of a field report catches its defect, and blames no healthy board', async (t) => {
  for (const { proof, missed, blamed } of await prove()) {
    t.equal(missed, undefined, `${proof.pipeline} on ${proof.sick} fails at ${proof.step} with ${proof.code}`);
    t.equal(blamed, undefined, `${proof.pipeline} on ${proof.healthy} passes`);
  }
});

const unknownHash = '00'.repeat(32);

/** An `smp` step, what decides the cell, and what the step's result or diagnostic holds. */
const requests: readonly [name: string, step: string, outcome: string, end: object][] = [
  ['a read', 'smp: { group: os, command: 6, op: read }', 'passed', { result: { rc: 0, response: { buf_size: 2475, buf_count: 4 } } }],
  ['a write', 'smp: { group: 0, command: 0, op: write, payload: { d: hello } }', 'passed', { result: { response: { r: 'hello' } } }],
  [
    'bytes in a payload',
    `smp: { group: image, command: 0, op: write, payload: { hash: { hex: '${unknownHash}' } } }\n    expect-error: { group: image, code: HASH_NOT_FOUND }`,
    'passed',
    {},
  ],
  ['a refusal', 'smp: { group: 64, command: 0, op: read }', 'failed', { diagnostics: [{ code: 'smp-refused' }] }],
  ['an error as the answer to raw bytes', `smp: { raw: '00 00 00 00 00 40 00 00' }`, 'passed', { result: { rc: 8, response: {} } }],
  ['silence', `smp: { raw: '000000', expect: silence }`, 'passed', { result: { hex: '', rc: 0 } }],
  [
    'an answer in place of silence',
    'smp: { group: os, command: 6, op: read, expect: silence }',
    'failed',
    { diagnostics: [{ code: 'smp-unexpected-answer' }] },
  ],
  ['silence in place of an answer', `smp: { raw: '000000' }`, 'infra', { diagnostics: [{ code: 'smp-no-answer' }] }],
  ['half a byte', `smp: { raw: '000' }`, 'broken', { diagnostics: [{ code: 'raw-malformed' }] }],
  ['a group without that name', 'smp: { group: imgae, command: 0, op: read }', 'broken', { diagnostics: [{ code: 'request-incomplete' }] }],
];

t.test('smp', async (t) => {
  for (const [name, step, outcome, end] of requests) {
    const ran = await runText(pipelineText(`  - ${step}`));
    t.strictSame(ran.outcomes, [outcome], name);
    t.match(stepEnds(ran).get('steps[0]'), end, name);
  }
  t.throws(() => runText(pipelineText(`  - smp: { group: os, raw: '00' }`)), /exclude each other/);
});
