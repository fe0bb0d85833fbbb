/** A server whose answers are late. */

import { millisecondsOf } from '../../base/measures.ts';
import { answerHooks } from './answer-hooks.ts';
import type { Knob } from './knob.ts';

export const delay: Knob<'rsp.delay'> = ({ by = '1s', ...match }, { clock, rng }) =>
  answerHooks(match, rng, (response, send) => {
    clock.arm(millisecondsOf(by), 'simulated device answers late', () => send(response));
  });
