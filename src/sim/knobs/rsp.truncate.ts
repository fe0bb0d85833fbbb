/** A server whose answers are cut. */

import { matcherOf } from './answer-match.ts';
import type { Knob } from './knob.ts';

export const truncate: Knob<'rsp.truncate'> = (match, { rng }) => {
  const isMeant = matcherOf(match, rng);
  return {
    answers: (answers) => ({
      ...answers,
      send: (response, deliver) => {
        answers.send(isMeant(response) ? response.subarray(0, response.length >> 1) : response, deliver);
      },
    }),
  };
};
