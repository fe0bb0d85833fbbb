/** A server whose answers get lost. */

import { answerHooks } from './answer-hooks.ts';
import type { Knob } from './knob.ts';

export const drop: Knob<'rsp.drop'> = (match, { rng }) => answerHooks(match, rng, () => undefined);
