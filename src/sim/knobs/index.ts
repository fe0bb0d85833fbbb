/** All knobs. A knob in the schema without code here, or code without a schema, does not compile. */

import { trailerOffsetDelta } from './app.trailer-offset-delta.ts';
import { corrupt } from './flash.corrupt.ts';
import type { Knob, KnobName } from './knob.ts';
import { partialRestart } from './rx.partial-restart.ts';
import { partialTimeout } from './rx.partial-timeout.ts';
import { anyHash } from './state.any-hash.ts';
import { autopend } from './upload.autopend.ts';

export const knobs: { readonly [Name in KnobName]: Knob<Name> } = {
  'app.trailer-offset-delta': trailerOffsetDelta,
  'flash.corrupt': corrupt,
  'rx.partial-restart': partialRestart,
  'rx.partial-timeout': partialTimeout,
  'state.any-hash': anyHash,
  'upload.autopend': autopend,
};
