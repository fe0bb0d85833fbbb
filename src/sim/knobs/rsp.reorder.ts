/** A server whose answers overtake each other. */

import { matcherOf } from './answer-match.ts';
import type { Knob } from './knob.ts';

export const reorder: Knob<'rsp.reorder'> = (match, { rng }) => {
  const isMeant = matcherOf(match, rng);
  let held: Uint8Array | undefined;
  return {
    answers: (answers) => ({
      ...answers,
      send: (response, deliver) => {
        if (held === undefined && isMeant(response)) {
          held = response;
          return;
        }
        answers.send(response, deliver);
        if (held !== undefined) answers.send(held, deliver);
        held = undefined;
      },
    }),
  };
};
