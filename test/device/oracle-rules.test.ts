/** The update oracle's rules as a table, and what it takes from image lists and from the console. */

import t from 'tap';
import { bootWords } from '../../src/device/oracle/from-console.ts';
import { statesFromFlash } from '../../src/device/oracle/from-flash.ts';
import { createListOracle } from '../../src/device/oracle/list-oracle.ts';
import { brokenRule, declaredTraits, modeTraits, rules } from '../../src/device/oracle/rules.ts';
import type { UpdateOracle } from '../../src/device/oracle/oracle.ts';
import type { ImageState, Transition } from '../../src/device/oracle/state.ts';
import type { BootMode } from '../../src/sim/bootloader/index.ts';
import type { SlotInspection } from '../../src/sim/device.ts';
import type { ImageSlot } from '../../src/smp/groups/image.ts';

/** `A/B` runs A with B in the other slot; then `trial`, `test`, `permanent`, `newer`. */
function state(text: string): ImageState {
  const [images = '', ...words] = text.split(' ');
  const [active, other] = images.split('/').map((name) => (name === '-' ? undefined : name));
  const request = words.includes('test') ? 'test' : words.includes('permanent') ? 'permanent' : 'none';
  return { image: 0, active, other, confirmed: !words.includes('trial'), request, isNewer: words.includes('newer') };
}

type Twist = Partial<Pick<Transition, 'heldBack' | 'unseen' | 'otherRan' | 'refused' | 'isIntact'>>;

/** Mode, before, after, the rule that is broken, and what else is known (mcuboot.md 3.4, 4, 5, 6 and 7). */
const boots: readonly [mode: BootMode, before: string, after: string, broken?: string | undefined, twist?: Twist][] = [
  // Swaps.
  ['move', 'A/B', 'A/B'],
  ['move', 'A/B', 'B/A trial', 'oracle-confirmed-replaced'],
  ['move', 'A/B test', 'B/A trial'],
  ['move', 'A/B test', 'A/-'],
  ['move', 'A/B test', 'A/B test'],
  ['move', 'A/B test', 'A/B', undefined],
  ['move', 'A/B test', 'C/A', 'oracle-foreign-image'],
  ['move', 'A/B test', '-/A', 'oracle-bricked'],
  ['move', 'A/B test', 'B/- trial', 'oracle-way-back-lost'],
  ['move', 'A/B test', 'B/C trial', 'oracle-way-back-lost'],
  ['move', 'A/B test', 'B/A', 'oracle-trial-skipped'],
  ['move', 'A/B test', 'B/A', undefined, { unseen: true }],
  ['move', 'A/B test', 'B/-', undefined, { unseen: true }],
  ['move', 'A/B test', 'B/A trial', 'oracle-refused-image', { refused: true }],
  ['move', 'A/B test', 'A/-', undefined, { refused: true }],
  ['move', 'A/B test', 'B/A trial', 'oracle-damaged-image', { isIntact: () => false }],
  ['move', 'A/B', 'A/B', undefined, { isIntact: () => false }],
  ['move', 'A/B permanent', 'B/A'],
  ['move', 'A/B permanent', 'B/-'],
  ['move', 'A/- trial', 'A/- trial'],
  ['move', 'B/A trial', 'A/B'],
  ['move', 'B/A trial', 'A/B trial', 'oracle-revert-unconfirmed'],
  ['move', 'B/A trial', 'B/A trial', 'oracle-not-reverted'],
  ['move', 'B/A trial', 'B/A', 'oracle-not-reverted'],
  ['move', 'B/A trial', 'B/A', undefined, { unseen: true }],
  ['move', 'B/A trial', 'B/A trial', undefined, { heldBack: true }],
  ['move', 'B/A trial', 'B/- trial'],
  ['move', 'B/A trial', 'B/- trial', 'oracle-not-reverted', { otherRan: true }],
  ['move', 'B/C trial test', 'C/B trial'],
  ['move', 'B/A', 'B/A trial', 'oracle-confirm-lost'],
  ['move', '-/B test', '-/B test'],
  // Overwriting keeps nothing and reverts nothing.
  ['overwrite', 'A/B test', 'B/-'],
  ['overwrite', 'A/B test', '-/B', 'oracle-bricked'],
  ['overwrite', 'A/B', 'B/-', 'oracle-confirmed-replaced'],
  ['overwrite', 'B/A trial', 'B/A trial'],
  ['single', 'A/-', 'A/-'],
  ['single', 'A/-', 'B/-', 'oracle-foreign-image'],
  ['firmware-loader', 'A/B newer', 'B/A'],
  ['firmware-loader', 'A/B', 'C/B', 'oracle-foreign-image'],
  // Images that run where they lie: the higher version decides.
  ['xip', 'A/B', 'B/A'],
  ['xip', 'A/B newer', 'B/A', 'oracle-confirmed-replaced'],
  ['ramload', 'A/B newer', 'A/B newer'],
  ['xip-revert', 'B/A trial', 'A/-'],
  ['xip-revert', 'B/A trial newer', 'B/A trial newer', 'oracle-not-reverted'],
  ['ramload-revert', 'B/A newer', 'A/B', 'oracle-confirmed-replaced'],
];

t.test('rules', (t) => {
  const broken = new Set<string>();
  for (const [mode, before, after, code, twist] of boots) {
    const rule = brokenRule({
      ...{ heldBack: false, unseen: false, otherRan: false, refused: false, isIntact: () => true },
      traits: modeTraits[mode],
      before: state(before),
      after: state(after),
      ...twist,
    });
    t.equal(rule?.code, code, `${mode}: ${before} -> ${after} ${JSON.stringify(twist ?? {})}`);
    if (rule !== undefined) broken.add(rule.code);
  }
  t.strictSame([...broken].sort(), rules.map(({ code }) => code).sort(), 'each rule has a case that breaks it');
  t.strictSame(declaredTraits({ swap: true }), modeTraits.move);
  t.strictSame(declaredTraits({ mode: 'xip', swap: false }), modeTraits.xip);
  for (const nothing of [undefined, null, {}, { mode: 'toString' }, { swap: false }]) t.equal(declaredTraits(nothing), undefined);
  t.end();
});

type Flag = 'active' | 'confirmed' | 'pending' | 'permanent';

/** `A active confirmed` as a slot of an image list. */
function slot(number: number, text: string): ImageSlot {
  const [name = '', ...flags] = text.split(' ');
  const has = (flag: Flag): boolean => flags.includes(flag);
  return {
    image: 0,
    slot: number,
    version: `1.${name.charCodeAt(0)}.0`,
    hash: new Uint8Array(32).fill(name.charCodeAt(0)),
    bootable: true,
    pending: has('pending'),
    confirmed: has('confirmed'),
    active: has('active'),
    permanent: has('permanent'),
  };
}

const list = (...slots: readonly string[]): ImageSlot[] => slots.map((text, number) => slot(number, text));

function oracleOf(consoleLines: readonly string[] = []): UpdateOracle {
  const oracle = createListOracle({ traits: modeTraits.move, consoleLines: () => consoleLines });
  oracle.onViolation((failure) => {
    throw failure;
  });
  return oracle;
}

const notReverted = { code: 'oracle-not-reverted', fault: 'product' };
const onTrial = list('B active', 'A confirmed');

t.test('image lists', (t) => {
  const judge = (before: ImageSlot[], after: ImageSlot[], meanwhile: (oracle: UpdateOracle) => void = () => undefined): (() => void) => {
    const oracle = oracleOf();
    oracle.observe(before, 0);
    meanwhile(oracle);
    return () => oracle.observe(after, 1);
  };
  t.throws(judge(onTrial, onTrial), {
    ...notReverted,
    message:
      'an image on trial that nobody confirms is gone after the next boot; before the boot: 1.66.0 (42424242...) on trial, with 1.65.0 (41414141...) in the other slot; ' +
      'after it: 1.66.0 (42424242...) on trial, with 1.65.0 (41414141...) in the other slot',
    hint: /check that/,
  });
  t.doesNotThrow(judge(onTrial, list('B active confirmed', 'A')), 'the application may have confirmed itself');
  t.doesNotThrow(
    judge(onTrial, onTrial, (oracle) => oracle.unsure()),
    'what was written unseen is not judged',
  );
  t.doesNotThrow(
    judge(onTrial, list('C active confirmed'), (oracle) => oracle.forget()),
    'nor what was provisioned',
  );
  t.throws(
    judge(onTrial, list('A active confirmed', 'B'), (oracle) => oracle.granted()),
    { code: 'oracle-confirmed-replaced' },
    'a confirm that was granted must hold',
  );
  const oracle = oracleOf();
  oracle.observe(list('A active confirmed'), 0);
  t.doesNotThrow(() => oracle.observe(list('B active confirmed'), 0), 'within one boot nothing is judged');
  oracle.observe(list('B active confirmed'), 3);
  t.doesNotThrow(() => oracle.observe([], 4), 'an empty list says nothing');
  t.end();
});

const boot = (...own: string[]): string[] => ['I: Starting bootloader', ...own, 'I: Bootloader chainload address offset: 0xc000'];
const invalid = 'E: Image in the secondary slot is not valid!';

t.test('console lines', (t) => {
  t.strictSame(bootWords([]), { refused: false, decision: undefined });
  t.strictSame(bootWords(boot('I: Swap type: test', invalid)), { refused: true, decision: 'Swap type: test' });
  t.strictSame(
    bootWords([...boot('I: Swap type: revert'), 'I: Swap type: none', invalid]),
    { refused: false, decision: 'Swap type: revert' },
    'what the application prints is not the bootloader speaking',
  );
  t.equal(bootWords([...boot(invalid), ...boot('I: Swap type: none')]).refused, false, 'of two boots nobody knows which refused');
  const oracle = oracleOf(boot('I: Image index: 0, Swap type: test', invalid));
  oracle.observe(list('A active confirmed', 'B pending'), 0);
  t.throws(() => oracle.observe(list('B active', 'A confirmed'), 1), { code: 'oracle-refused-image', message: /\(Swap type: test\)$/ });
  t.end();
});

t.test('slots in flash', (t) => {
  const trailer = (magic: string, copyDone: string, imageOk: string): Partial<SlotInspection> => ({
    trailer: { magic, copyDone, imageOk, swapType: 1 },
  });
  const look = (mode: BootMode, primary: Partial<SlotInspection>, secondary: Partial<SlotInspection>): ImageState | undefined => {
    const empty = { magic: 'unset', copyDone: 'unset', imageOk: 'unset', swapType: 1 };
    const slots = [primary, secondary].map((rest, slot) => ({ slot, hash: 'AB'[slot], version: `1.${slot}.0`, trailer: empty, ...rest }));
    return statesFromFlash(slots, mode, 0)[0];
  };
  const good = trailer('good', 'set', 'unset');
  const asked = trailer('good', 'unset', 'unset');
  const plain = { image: 0, active: 'A', other: 'B', confirmed: true, request: 'none', isNewer: false };
  t.strictSame(look('move', {}, {}), plain);
  t.strictSame(look('move', good, {}), { ...plain, confirmed: false });
  t.strictSame(look('move', good, asked), { ...plain, request: 'test' }, 'a request comes before a revert');
  t.strictSame(look('move', {}, trailer('good', 'unset', 'set')), { ...plain, request: 'permanent' });
  t.strictSame(look('move', {}, trailer('good', 'unset', 'bad')), plain, 'a damaged flag asks for nothing');
  t.strictSame(look('xip-revert', good, asked), { ...plain, confirmed: false });
  t.strictSame(look('xip-revert', asked, good), { ...plain, other: undefined }, 'what ran unconfirmed does not run again');
  t.strictSame(look('xip-revert', {}, {}), { ...plain, active: undefined, other: undefined }, 'nor what has no trailer');
  t.end();
});
