/** A server that answers twice. */

import { answerHooks } from './answer-hooks.ts';
import type { Knob } from './knob.ts';

export const dup: Knob<'rsp.dup'> = (match, { rng }) =>
  answerHooks(match, rng, (response, send) => {
    send(response);
    send(response);
  });
