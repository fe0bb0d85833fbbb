/** A server that mixes up sequence numbers. */

import { matcherOf } from './answer-match.ts';
import type { Knob } from './knob.ts';

/** Where the header has it. */
const sequenceAt = 6;

export const wrongSeq: Knob<'rsp.wrong-seq'> = (match, { rng }) => {
  const isMeant = matcherOf(match, rng);
  return {
    answers: (answers) => ({
      ...answers,
      send: (response, deliver) => {
        const changed = response.slice();
        if (isMeant(response)) changed[sequenceAt] = (changed[sequenceAt]! + 1) & 0xff;
        answers.send(changed, deliver);
      },
    }),
  };
};
