/** All nouns of `expect`. A noun in the schema without code here, or the other way round, does not compile. */

import type { StepContext } from '../device/context.ts';
import type { NounArgs } from '../language/grammar.generated.ts';
import { nounKeys } from '../language/grammar.generated.ts';
import type { Noun } from '../language/model.ts';
import { active } from './active.ts';
import { boot } from './boot.ts';
import { bricked } from './bricked.ts';
import { error } from './error.ts';
import type { Expectation, Timing } from './expectation.ts';
import { exit } from './exit.ts';
import { frames } from './frames.ts';
import { image } from './image.ts';
import { link } from './link.ts';
import { log } from './log.ts';
import { response } from './response.ts';
import { slots } from './slots.ts';
import { state } from './state.ts';
import { value } from './value.ts';

const expectations: { readonly [N in Noun]: Expectation<N> } = {
  active,
  boot,
  bricked,
  error,
  exit,
  frames,
  image,
  link,
  log,
  response,
  slots,
  state,
  value,
};

/** Verifies the one expectation that `args` holds. */
export async function verify(args: NounArgs[Noun], context: StepContext, timing: Timing): Promise<void> {
  for (const noun of Object.keys(nounKeys) as Noun[]) if (noun in args) return verifyNoun(noun, args as never, { context, timing });
}

function verifyNoun<N extends Noun>(
  noun: N,
  args: NounArgs[N],
  { context, timing }: { context: StepContext; timing: Timing },
): Promise<void> {
  return expectations[noun].verify(args, context, timing);
}
