/** The oracle for boards that are simulated in this process: it looks into the flash before and after each boot. */

import type { BootMode } from '../../sim/bootloader/index.ts';
import type { BootBegin, BootEnd, SimDevice } from '../../sim/device.ts';
import { statesFromFlash } from './from-flash.ts';
import { withGrant } from './list-oracle.ts';
import { brokenRule, modeTraits } from './rules.ts';
import { createListeners, failureOf } from './violation.ts';
import type { UpdateOracle } from './oracle.ts';
import type { Rule } from './rules.ts';
import type { ImageState } from './state.ts';

interface Broken {
  readonly rule: Rule;
  readonly before: ImageState;
  readonly after: ImageState;
}

/** How a boot is over. Any other outcome is followed by the boot that completes it. */
const endings: ReadonlySet<string> = new Set(['boot', 'no-image', 'panic']);

/** Watches a device for as long as it lives. Image lists tell it nothing new. */
export function createBootOracle(device: Pick<SimDevice, 'onBoot' | 'facts'>): UpdateOracle {
  const listeners = createListeners();
  const versions = new Map<string, string>();
  const ran = new Set<string>();
  /** The boot under way, as it was when it began. Boots that a power cut ends early are one with the boot that completes them. */
  let begun: BootBegin | undefined;
  let startedSlot = 0;
  let isGranted = false;

  const ended = (begin: BootBegin, end: BootEnd): void => {
    const { mode } = device.facts;
    const before = statesFromFlash(begin.slots, mode, startedSlot).map((state) => withGrant(state, isGranted));
    const after = statesAfter(end, mode);
    const find = (states: readonly ImageState[], isBound: boolean): Broken | undefined =>
      findBroken(states, after, { mode, isBound, ran, end });
    // Hashes and signatures are checked only when there is something to explain.
    const broken = find(before, false) && find(soundOnly(before, begin, startedSlot), hasDependencies(begin));
    const runs = after.find(({ image }) => image === 0)?.active;
    if (runs !== undefined) ran.add(runs);
    startedSlot = end.startedSlot ?? startedSlot;
    isGranted = false;
    if (broken === undefined) return;
    listeners.tell(failureOf({ ...broken, versions, evidence: end.startedSlot === undefined ? end.outcome : undefined }));
  };

  device.onBoot((report) => {
    for (const { hash, version } of report.slots) if (hash !== undefined && version !== undefined) versions.set(hash, version);
    if (report.kind === 'begins') return void (begun ??= report);
    if (!endings.has(report.outcome) || begun === undefined) return;
    const begin = begun;
    begun = undefined;
    ended(begin, report);
  });

  return {
    observe: () => undefined,
    unsure: () => undefined,
    forget: () => {
      [begun, startedSlot, isGranted] = [undefined, 0, false];
      ran.clear();
    },
    granted: () => void (isGranted = true),
    onViolation: listeners.add,
  };
}

/** A device that started nothing has no active image 0, whatever lies in its slots. What runs unknown cannot be judged. */
function statesAfter({ slots, startedSlot }: BootEnd, mode: BootMode): readonly ImageState[] {
  const states = statesFromFlash(slots, mode, startedSlot ?? 0);
  if (startedSlot !== undefined) return states.filter(({ image, active }) => image !== 0 || active !== undefined);
  return states.map((state) => (state.image === 0 ? { ...state, active: undefined } : state));
}

interface JudgeOptions {
  readonly mode: BootMode;
  /** Some image depends on another. */
  readonly isBound: boolean;
  readonly ran: ReadonlySet<string>;
  readonly end: BootEnd;
}

function findBroken(
  known: readonly ImageState[],
  after: readonly ImageState[],
  { mode, isBound, ran, end }: JudgeOptions,
): Broken | undefined {
  for (const before of known) {
    const now = after.find(({ image }) => image === before.image);
    if (now === undefined) continue;
    const others = known.filter((state) => state !== before);
    const rule = brokenRule({
      traits: modeTraits[mode],
      before,
      after: now,
      heldBack: isBound || others.some(({ confirmed, request }) => !confirmed || request !== 'none'),
      unseen: false,
      otherRan: before.other !== undefined && ran.has(before.other),
      refused: false,
      isIntact: () => end.verify(before.image === 0 ? (end.startedSlot ?? 0) : before.image * 2).valid,
    });
    if (rule !== undefined) return { rule, before, after: now };
  }
  return undefined;
}

/** Without the images that a bootloader must refuse, or may. */
function soundOnly(states: readonly ImageState[], { verify }: BootBegin, startedSlot: number): readonly ImageState[] {
  return states.map((state) => {
    const slot = state.image === 0 ? startedSlot : state.image * 2;
    const only = (hash: string | undefined, at: number): string | undefined => (hash !== undefined && verify(at).valid ? hash : undefined);
    return { ...state, active: only(state.active, slot), other: only(state.other, slot ^ 1) };
  });
}

function hasDependencies({ slots, verify }: BootBegin): boolean {
  return slots.some(({ slot, hash }) => {
    const verdict = hash === undefined ? undefined : verify(slot);
    return verdict?.valid === true && verdict.image.claims.dependencies.length > 0;
  });
}
