/** The oracle for boards that only tell: image lists before and after a boot, and the bootloader's lines in between. */

import { toHex } from '../../base/bytes.ts';
import { bootWords } from './from-console.ts';
import { statesFromList } from './from-list.ts';
import { brokenRule } from './rules.ts';
import { createListeners, failureOf } from './violation.ts';
import type { UpdateOracle } from './oracle.ts';
import type { ImageState, ModeTraits, Transition } from './state.ts';

export interface ListOracleOptions {
  readonly traits: ModeTraits;
  /** Console lines of the current boot epoch. */
  readonly consoleLines: () => readonly string[];
}

export function createListOracle({ traits, consoleLines }: ListOracleOptions): UpdateOracle {
  const listeners = createListeners();
  const versions = new Map<string, string>();
  /** Images that ran, so that nothing is wrong with them. */
  const ran = new Set<string>();
  let listed: { readonly epoch: number; readonly states: readonly ImageState[] } | undefined;
  let isGranted = false;

  const judge = (known: readonly ImageState[], states: readonly ImageState[]): void => {
    const words = bootWords(consoleLines());
    const isOne = known.length === 1;
    for (const before of known) {
      const after = states.find(({ image }) => image === before.image);
      if (after === undefined) continue;
      const transition: Transition = {
        traits,
        before,
        after,
        heldBack: !isOne,
        unseen: true,
        otherRan: before.other !== undefined && ran.has(before.other),
        refused: isOne && words.refused,
        isIntact: () => true,
      };
      const rule = brokenRule(transition);
      if (rule !== undefined) listeners.tell(failureOf({ rule, before, after, versions, evidence: words.decision }));
    }
  };

  return {
    observe: (slots, epoch) => {
      for (const { hash, version } of slots) if (hash !== undefined) versions.set(toHex(hash), version);
      const [before, states] = [listed, statesFromList(slots)];
      listed = { epoch, states };
      const hasBooted = before !== undefined && epoch > before.epoch;
      const known = hasBooted ? before.states.map((state) => withGrant(state, isGranted)) : [];
      if (hasBooted) isGranted = false;
      judge(known, states);
      for (const { active } of states) if (active !== undefined) ran.add(active);
    },
    unsure: () => void ([listed, isGranted] = [undefined, false]),
    forget: () => {
      [listed, isGranted] = [undefined, false];
      ran.clear();
    },
    granted: () => void (isGranted = true),
    onViolation: listeners.add,
  };
}

/** Confirms without a hash are for what runs, and that is image 0. */
export function withGrant(state: ImageState, isGranted: boolean): ImageState {
  return isGranted && state.image === 0 ? { ...state, confirmed: true } : state;
}
