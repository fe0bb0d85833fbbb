import t from 'tap';
import { prove } from '../helpers/proofs.ts';

t.test('each scenario of a field report catches its defect, and blames no healthy board', async (t) => {
  for (const { proof, missed, blamed } of await prove()) {
    t.equal(missed, undefined, `${proof.pipeline} on ${proof.sick} fails at ${proof.step} with ${proof.code}`);
    t.equal(blamed, undefined, `${proof.pipeline} on ${proof.healthy} passes`);
  }
});
