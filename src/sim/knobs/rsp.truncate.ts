/** A server whose answers are cut. */

import { answerHooks } from './answer-hooks.ts';
import type { Knob } from './knob.ts';

export const truncate: Knob<'rsp.truncate'> = (match, { rng }) =>
  answerHooks(match, rng, (response, send) => send(response.subarray(0, response.length >> 1)));
