/** A server that mixes up sequence numbers. */

import { answerHooks } from './answer-hooks.ts';
import type { Knob } from './knob.ts';

/** Where the header has it. */
const sequenceAt = 6;

export const wrongSeq: Knob<'rsp.wrong-seq'> = (match, { rng }) =>
  answerHooks(match, rng, (response, send) => {
    const changed = response.slice();
    changed[sequenceAt] = (changed[sequenceAt]! + 1) & 0xff;
    send(changed);
  });
