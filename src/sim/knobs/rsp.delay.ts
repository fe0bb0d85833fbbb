/** A server whose answers are late. */

import { millisecondsOf } from '../../base/measures.ts';
import { matcherOf } from './answer-match.ts';
import type { Knob } from './knob.ts';

export const delay: Knob<'rsp.delay'> = (match, { clock, rng }) => {
  const isMeant = matcherOf(match, rng);
  const ms = millisecondsOf(match.by ?? '1s');
  return {
    answers: (answers) => ({
      ...answers,
      send: (response, deliver) => {
        if (!isMeant(response)) return answers.send(response, deliver);
        clock.arm(ms, 'simulated device answers late', () => answers.send(response, deliver));
      },
    }),
  };
};
