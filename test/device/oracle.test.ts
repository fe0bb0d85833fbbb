import t from 'tap';
import { UpdateOracle } from '../../src/device/oracle.ts';
import type { ImageSlot } from '../../src/smp/groups/image.ts';

type Flag = 'active' | 'confirmed' | 'pending' | 'permanent';

/** `A active confirmed` as a slot of an image list. */
function slot(number: number, text: string): ImageSlot {
  const [name = '', ...flags] = text.split(' ');
  const has = (flag: Flag): boolean => flags.includes(flag);
  return {
    image: 0,
    slot: number,
    version: '1.0.0',
    hash: new Uint8Array(32).fill(name.charCodeAt(0)),
    bootable: true,
    pending: has('pending'),
    confirmed: has('confirmed'),
    active: has('active'),
    permanent: has('permanent'),
  };
}

const list = (...slots: readonly string[]): ImageSlot[] => slots.map((text, number) => slot(number, text));

/** Before a boot, after it, and whether that may be (mcuboot.md 3.4 and 5). */
const transitions: readonly [name: string, before: readonly string[], after: readonly string[], legal: boolean][] = [
  ['nothing happens', ['A active confirmed', 'B'], ['A active confirmed', 'B'], true],
  ['an image that nobody asked for', ['A active confirmed', 'B'], ['B active', 'A confirmed'], false],
  ['a test swap', ['A active confirmed', 'B pending'], ['B active', 'A confirmed'], true],
  ['a test that was refused', ['A active confirmed', 'B pending'], ['A active confirmed'], true],
  ['a test that ends in a third image', ['A active confirmed', 'B pending'], ['C active', 'A confirmed'], false],
  ['a permanent swap', ['A active confirmed', 'B pending permanent'], ['B active confirmed', 'A'], true],
  ['a revert', ['B active', 'A confirmed'], ['A active confirmed', 'B'], true],
  ['a trial that is not reverted', ['B active', 'A confirmed'], ['B active', 'A confirmed'], false],
  ['a trial that the application confirmed by itself', ['B active', 'A confirmed'], ['B active confirmed', 'A'], true],
  ['a trial without a way back', ['B active'], ['B active'], true],
  ['a confirmed image stays', ['B active confirmed', 'A'], ['B active confirmed', 'A'], true],
  ['a confirmed image is gone', ['B active confirmed', 'A'], ['A active confirmed', 'B'], false],
];

t.test('what may run after a boot', (t) => {
  for (const [name, before, after, legal] of transitions) {
    const oracle = new UpdateOracle();
    oracle.observe(list(...before), 0);
    const look = (): void => oracle.observe(list(...after), 1);
    if (legal) t.doesNotThrow(look, name);
    else t.throws(look, { code: 'oracle-illegal-image', fault: 'product' }, name);
  }
  t.end();
});

t.test('within one boot, and after the flash was set past the firmware, nothing is judged', (t) => {
  const oracle = new UpdateOracle();
  oracle.observe(list('A active confirmed'), 0);
  t.doesNotThrow(() => oracle.observe(list('B active confirmed'), 0));
  oracle.forget();
  t.doesNotThrow(() => oracle.observe(list('C active confirmed'), 1));
  t.end();
});

t.test('a trial whose way back was written over may stay', (t) => {
  const oracle = new UpdateOracle();
  oracle.observe(list('B active', 'A confirmed'), 0);
  oracle.secondaryWritten();
  t.doesNotThrow(() => oracle.observe(list('B active'), 1));
  t.end();
});
