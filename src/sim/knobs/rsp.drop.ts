/** A server whose answers get lost. */

import { matcherOf } from './answer-match.ts';
import type { Knob } from './knob.ts';

export const drop: Knob<'rsp.drop'> = (match, { rng }) => {
  const isMeant = matcherOf(match, rng);
  return {
    answers: (answers) => ({
      ...answers,
      send: (response, deliver) => {
        if (!isMeant(response)) answers.send(response, deliver);
      },
    }),
  };
};
