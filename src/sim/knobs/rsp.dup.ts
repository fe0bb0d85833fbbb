/** A server that answers twice. */

import { matcherOf } from './answer-match.ts';
import type { Knob } from './knob.ts';

export const dup: Knob<'rsp.dup'> = (match, { rng }) => {
  const isMeant = matcherOf(match, rng);
  return {
    answers: (answers) => ({
      ...answers,
      send: (response, deliver) => {
        answers.send(response, deliver);
        if (isMeant(response)) answers.send(response, deliver);
      },
    }),
  };
};
