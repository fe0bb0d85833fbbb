/**
 * What no update may do to a board, in whichever mode its bootloader works, and whether or not the power is cut meanwhile
 * (mcuboot.md 3.4, 4.5, 5 and 7). Rules over two states, nothing else. A doubt speaks for the board: a false alarm costs more
 * than a miss.
 */

import type { BootMode } from '../../sim/bootloader/index.ts';
import type { ModeTraits, Transition } from './state.ts';

const swaps: ModeTraits = { picks: 'asked', reverts: true };
const installs: ModeTraits = { picks: 'asked', reverts: false };

export const modeTraits: Readonly<Record<BootMode, ModeTraits>> = {
  scratch: swaps,
  move: swaps,
  offset: swaps,
  overwrite: installs,
  single: installs,
  // Which of application and loader is started depends on buttons, pins and retained memory.
  'firmware-loader': { picks: 'either', reverts: false },
  xip: { picks: 'newest', reverts: false },
  ramload: { picks: 'newest', reverts: false },
  'xip-revert': { picks: 'newest', reverts: true },
  'ramload-revert': { picks: 'newest', reverts: true },
};

/** From the fact `bootloader` of a board: its `mode`, or `swap: true`. Undefined when neither is known. */
export function declaredTraits(bootloader: unknown): ModeTraits | undefined {
  const { mode, swap } = (typeof bootloader === 'object' && bootloader !== null ? bootloader : {}) as {
    readonly mode?: unknown;
    readonly swap?: unknown;
  };
  if (typeof mode === 'string' && Object.hasOwn(modeTraits, mode)) return modeTraits[mode as BootMode];
  return swap === true ? swaps : undefined;
}

export interface Rule {
  readonly code: string;
  /** The rule as a sentence. */
  readonly says: string;
  /** Where to look for the defect. */
  readonly mend: string;
  readonly isBroken: (transition: Transition) => boolean;
}

const changed = ({ before, after }: Transition): boolean => after.active !== before.active;
const idle = ({ before }: Transition): boolean => before.confirmed && before.request === 'none';

export const rules: readonly Rule[] = [
  {
    code: 'oracle-bricked',
    says: 'after every boot the old image or the new one runs',
    mend: 'the bootloader found nothing to start: read its console, and what the slots hold; a power cut or a swap it cannot resume is the usual reason',
    isBroken: ({ after }) => after.active === undefined,
  },
  {
    code: 'oracle-foreign-image',
    says: 'after every boot the old image or the new one runs, and no third one',
    mend: 'find out who wrote that image, and whether the bootloader mixed up what it moved',
    isBroken: ({ before, after }) => after.active !== before.active && after.active !== before.other,
  },
  {
    code: 'oracle-confirmed-replaced',
    says: 'a confirmed image runs until another one is asked for',
    mend: 'check that a confirm is written where the bootloader reads it, and that nothing but an update request makes it swap',
    isBroken: (boot) => idle(boot) && changed(boot) && mustStay(boot),
  },
  {
    code: 'oracle-not-reverted',
    says: 'an image on trial that nobody confirms is gone after the next boot',
    mend: 'check that the bootloader reads the trailer that the application writes, and whether anything confirms the image unasked',
    isBroken: (boot) => isTrialWithWayBack(boot) && !changed(boot) && !wasConfirmedUnseen(boot) && !wasRefused(boot),
  },
  {
    code: 'oracle-trial-skipped',
    says: 'an image that is tested runs on trial first',
    mend: 'the bootloader did not mark the swap as done, or marked the image confirmed: a test image that fails would stay for good',
    isBroken: (boot) => isTrialBegun(boot) && !boot.unseen && boot.after.confirmed,
  },
  {
    code: 'oracle-revert-unconfirmed',
    says: 'the image that a revert brings back is confirmed',
    mend: 'the bootloader did not mark it so, and will swap once more at the next boot: look at how it resumes a revert after a power cut',
    isBroken: (boot) => boot.traits.picks === 'asked' && isTrialWithWayBack(boot) && changed(boot) && !boot.after.confirmed,
  },
  {
    code: 'oracle-confirm-lost',
    says: 'a confirmed image is still confirmed after a reset',
    mend: 'check that a confirm is written where the bootloader reads it, and that nothing erases it',
    isBroken: (boot) => boot.traits.reverts && idle(boot) && !changed(boot) && !boot.after.confirmed,
  },
  {
    code: 'oracle-way-back-lost',
    says: 'the confirmed image is kept until the new one is confirmed',
    mend: 'find out what erased or overwrote it: without it, a new image that fails cannot be reverted',
    isBroken: (boot) => isTrialBegun(boot) && !wasConfirmedUnseen(boot) && boot.after.other !== boot.before.active,
  },
  {
    code: 'oracle-refused-image',
    says: 'an image that the bootloader refused does not run',
    mend: 'the console says it is not valid, and yet it runs: compare both with what was uploaded',
    isBroken: (boot) => boot.refused && changed(boot),
  },
  {
    code: 'oracle-damaged-image',
    says: 'an image is installed whole',
    mend: 'its bytes do not give the hash that it carries: look for flash operations that were lost or done twice',
    isBroken: (boot) => changed(boot) && !boot.isIntact(),
  },
];

function mustStay({ traits: { picks }, before }: Transition): boolean {
  return picks === 'asked' || (picks === 'newest' && before.isNewer);
}

function isTrialWithWayBack({ traits, before, heldBack }: Transition): boolean {
  return traits.reverts && !before.confirmed && before.request === 'none' && before.other !== undefined && !heldBack;
}

function isTrialBegun({ traits, before, after }: Transition): boolean {
  return traits.reverts && before.confirmed && before.request === 'test' && after.active === before.other;
}

function wasConfirmedUnseen({ unseen, after }: Transition): boolean {
  return unseen && after.confirmed;
}

/** The bootloader may find the way back damaged, or not to its taste, and erases it then; not one that ran before. */
function wasRefused({ before, after, otherRan }: Transition): boolean {
  return after.other !== before.other && !otherRan;
}

/** The first rule that a boot broke. Nothing is known of a board that ran nothing before. */
export function brokenRule(transition: Transition): Rule | undefined {
  if (transition.before.active === undefined) return undefined;
  return rules.find((rule) => rule.isBroken(transition));
}
