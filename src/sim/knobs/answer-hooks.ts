/** For knobs that concern answers on their way out: those of a command, a share of them, or the first few. */

import type { Rng } from '../../base/rng.ts';
import { matcherOf } from './answer-match.ts';
import type { AnswerMatch } from './answer-match.ts';
import type { KnobHooks } from './knob.ts';

type Send = (response: Uint8Array) => void;

/** `disturb` takes the answers that are meant in place of the port; `send` hands one to it. All others go out as they are. */
export function answerHooks(match: AnswerMatch, rng: Rng, disturb: (response: Uint8Array, send: Send) => void): KnobHooks {
  const isMeant = matcherOf(match, rng);
  return {
    answers: (answers) => ({
      ...answers,
      send: (response, deliver) => {
        const send: Send = (one) => answers.send(one, deliver);
        if (isMeant(response)) disturb(response, send);
        else send(response);
      },
    }),
  };
}
