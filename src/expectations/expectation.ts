/** What the code behind a noun of `expect` is, and how most of them are checked: once, or again until they are true. */

import { sleep } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { formatDuration } from '../base/quantities.ts';
import type { StepContext } from '../device/context.ts';
import { Failure } from '../device/failure.ts';
import type { JsonValue } from '../events/event.ts';
import type { Noun } from '../language/model.ts';
import type { NounArgs } from '../language/grammar.generated.ts';

/** How long an expectation may take to become true, and how long it must then stay so. 0 means: now, once. */
export interface Timing {
  readonly withinMs: number;
  readonly staysMs: number;
}

export interface Expectation<N extends Noun> {
  /** Returns when the expectation is met; throws a `Failure` when it is not, or the error that kept it from being checked. */
  readonly verify: (args: NounArgs[N], context: StepContext, timing: Timing) => Promise<void>;
}

/** One look at the board. */
export type Verdict = { readonly met: true } | Unmet;

interface Unmet {
  readonly met: false;
  /** What is not so, as the beginning of a sentence. */
  readonly message: string;
  readonly found?: JsonValue;
  readonly wanted?: JsonValue;
}

export const met: Verdict = { met: true };

/** `lookMs` is what one look may take. */
type Look<N extends Noun> = (args: NounArgs[N], context: StepContext, lookMs: number) => Promise<Verdict>;

/** An expectation that is checked by looking at the board from time to time. `code` names its failure. */
export function polled<N extends Noun>(code: string, look: Look<N>): Expectation<N> {
  return {
    verify: async (args, context, timing) => {
      const lookMs = timing.withinMs > 0 ? impatientMs : patientMs;
      await becomesTrue(code, () => look(args, context, lookMs), { context, ms: timing.withinMs });
      if (timing.staysMs > 0) await staysTrue(code, () => look(args, context, patientMs), { context, ms: timing.staysMs });
    },
  };
}

/** An image list takes a server that checks signatures (serial recovery) seconds per slot. */
const patientMs = 10_000;
/** A board that boots hears nothing: with time left it is better to ask again soon. */
const impatientMs = 2500;

const pauseMsMin = 100;
const pauseMsMax = 1000;

interface Watch {
  readonly context: StepContext;
  readonly ms: number;
}

/** Looks until it is true. A board that is silent meanwhile, as it is while it boots, is looked at again. */
async function becomesTrue(code: string, look: () => Promise<Verdict>, { context, ms }: Watch): Promise<void> {
  const { clock, signal } = context;
  const giveUpAt = clock.now() + ms;
  for (let pause = pauseMsMin; ; pause = Math.min(pause * 1.5, pauseMsMax)) {
    const obstacle = await lookOnce(look, signal);
    if (obstacle === undefined) return;
    const left = giveUpAt - clock.now();
    if (left <= 0) throw notMet(code, obstacle, ms);
    await sleep(clock, Math.min(pause, left), 'the next look at the board', signal);
  }
}

async function staysTrue(code: string, look: () => Promise<Verdict>, { context, ms }: Watch): Promise<void> {
  const { clock, signal } = context;
  const start = clock.now();
  for (;;) {
    const left = start + ms - clock.now();
    if (left <= 0) return;
    await sleep(clock, Math.min(pauseMsMax, left), 'the next look at the board', signal);
    const verdict = await look();
    if (verdict.met) continue;
    throw failureOf(code, {
      ...verdict,
      message: `${verdict.message}: true at first, no more after ${formatDuration(clock.now() - start)}`,
    });
  }
}

/** What stands in the way of success: the verdict, or what the lab could not deliver just now. Everything else is thrown. */
async function lookOnce(look: () => Promise<Verdict>, signal: AbortSignal): Promise<Unmet | BootproofError | undefined> {
  try {
    const verdict = await look();
    return verdict.met ? undefined : verdict;
  } catch (thrown) {
    if (signal.aborted || !(thrown instanceof BootproofError) || thrown.fault !== 'infra') throw thrown;
    return thrown;
  }
}

/** A link that is gone is the lab's fault; a board that stays silent on a good link for all this time is the product's. */
function notMet(code: string, obstacle: Unmet | BootproofError, ms: number): BootproofError {
  if (!(obstacle instanceof BootproofError)) return failureOf(code, ms === 0 ? obstacle : late(obstacle, ms));
  if (ms === 0 || obstacle.code !== 'smp-no-answer') return obstacle;
  return new Failure(`the board did not answer for ${formatDuration(ms)}`, { code: 'board-silent', found: obstacle.message });
}

function late(unmet: Unmet, ms: number): Unmet {
  return { ...unmet, message: `${unmet.message}, not even after ${formatDuration(ms)}` };
}

function failureOf(code: string, { message, found, wanted }: Unmet): Failure {
  return new Failure(message, { code, ...(found === undefined ? {} : { found }), ...(wanted === undefined ? {} : { wanted }) });
}
