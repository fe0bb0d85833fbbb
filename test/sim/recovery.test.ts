/** Serial recovery by release and build option, where recordings do not reach (smp.md 6). */

import t from 'tap';
import type { Test } from 'tap';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { sleep } from '../../src/base/clock.ts';
import { concatBytes } from '../../src/base/bytes.ts';
import { createRng } from '../../src/base/rng.ts';
import { createSimDevice } from '../../src/sim/machine.ts';
import type { SimDevice } from '../../src/sim/device.ts';
import { decodeCbor, encodeCbor, isCborMap } from '../../src/smp/cbor.ts';
import { encodePacket, headerSize } from '../../src/smp/header.ts';
import { createSerialDeframer } from '../../src/smp/serial-deframer.ts';
import { encodeSerialFrame } from '../../src/smp/serial-frame.ts';
import { testImage, testProfile } from './host.ts';
import type { SimProfile } from '../../src/sim/profile.ts';
import type { RecoveryFeatures } from '../../src/sim/recovery/profile.ts';
import type { CborInput, CborMap, CborObject } from '../../src/smp/cbor.ts';

const one = testImage('1.0.0');
const two = testImage('2.0.0', { seed: 2 });

type Ask = (op: 0 | 2, command: readonly [group: number, id: number], payload: CborObject | Uint8Array) => Promise<CborMap | undefined>;

interface Board {
  readonly profile: string;
  readonly features?: Partial<RecoveryFeatures>;
  readonly images?: number;
  readonly knobs?: SimProfile['knobs'];
}

/** A device whose application lies in its slot, asked into recovery. */
async function inRecovery(
  t: Test,
  { profile, features = {}, images = 1, knobs = {} }: Board,
  check: (ask: Ask, t: Test, device: SimDevice) => Promise<void>,
): Promise<void> {
  await t.test(`${profile} ${JSON.stringify({ ...features, ...knobs })}`, async (t) => {
    const clock = createVirtualClock();
    const recovery = { profile, entry: { noApplication: true, request: true }, overrides: features };
    const flash = new Uint8Array(0x100000).fill(0xff);
    flash.set([1, 2, 3, 4], 0xf8000);
    const device = createSimDevice({ flash, profile: { ...testProfile({ recovery, images }), knobs }, clock, rng: createRng(1) });
    let answer: ((packet: Uint8Array) => void) | undefined;
    const deframer = createSerialDeframer({ packetMax: 4096, packet: (packet) => answer?.(packet), text: () => undefined });
    const port = device.openPort('serial', (bytes) => deframer.feed(bytes));
    const ask: Ask = async (op, [group, command], payload) => {
      const body = payload instanceof Uint8Array ? payload : encodeCbor(payload);
      const packet = encodePacket({ op, version: 0, flags: 0, group, sequence: 1, command }, body);
      let found: CborMap | undefined;
      answer = (response) => {
        const value = decodeCbor(response.subarray(headerSize));
        if (isCborMap(value)) found = value;
      };
      port.receive(concatBytes(encodeSerialFrame(packet, { style: 'sliced' })));
      await sleep(clock, 5000, 'an answer');
      return found;
    };
    await clock.drive(
      (async () => {
        device.powerOn();
        await sleep(clock, 5000, 'the boot without an image');
        t.equal(device.state, 'recovery');
        await check(ask, t, device);
      })(),
    );
  });
}

const rcOf = async (answer: Promise<CborMap | undefined>): Promise<unknown> => (await answer)?.get('rc');
const echo = [0, 0] as const;
const upload = [1, 1] as const;

async function install(ask: Ask, image: Uint8Array, fields: CborObject = {}): Promise<unknown> {
  let off = 0;
  while (off < image.length) {
    const data = image.subarray(off, off + 200);
    const answer = await ask(2, upload, { off, data, ...(off === 0 ? { len: image.length } : {}), ...fields });
    const next = answer?.get('off');
    if (typeof next !== 'number' || next <= off) return answer?.get('rc');
    off = next;
  }
  return off;
}

void t.test('echo is answered, refused, or passed over in silence', async (t) => {
  const table = [
    ['mcuboot-2.x', { echo: 'answered' }, { r: 'x' }],
    ['mcuboot-2.x', {}, { rc: 8 }],
    ['mcuboot-1.x', {}, undefined],
  ] as const;
  for (const [profile, features, expected] of table) {
    await inRecovery(t, { profile, features }, async (ask, t) => {
      const answer = await ask(2, echo, { d: 'x' });
      t.same(answer && Object.fromEntries(answer.entries), expected);
      t.equal(await rcOf(ask(2, [0, 1], { echo: 0 })), 0, 'console echo control is taken');
    });
  }
});

void t.test('image lists grow with the release', async (t) => {
  const table = [
    ['mcuboot-1.x', {}, ['slot', 'version']],
    ['mcuboot-2.x', {}, ['slot', 'hash', 'version']],
    ['mcuboot-2.x', { imageState: true }, ['bootable', 'confirmed', 'active', 'slot', 'hash', 'version']],
  ] as const;
  for (const [profile, features, keys] of table) {
    await inRecovery(t, { profile, features }, async (ask, t) => {
      t.same((await ask(0, [1, 0], {}))?.get('images'), [], 'nothing is there');
      t.equal(await install(ask, one.bytes), one.bytes.length);
      const [listed] = (await ask(0, [1, 0], {}))?.get('images') as readonly CborMap[];
      t.same(
        listed?.entries.map(([key]) => key),
        keys,
      );
    });
  }
});

void t.test('MCUboot 1.x takes exactly what it knows', async (t) => {
  const first: CborObject = { off: 0, data: one.bytes.subarray(0, 100), len: one.bytes.length };
  const wrong: readonly (readonly [string, CborObject | Uint8Array])[] = [
    ['a key that it does not know', { ...first, upgrade: true }],
    ['an empty map', {}],
    ['a byte behind the map', concatBytes([encodeCbor(first), Uint8Array.of(0)])],
    ['no map', encodeCbor([1] as CborInput)],
  ];
  for (const [profile, rc] of [
    ['mcuboot-1.x', 3],
    ['mcuboot-2.x', 0],
  ] as const) {
    await inRecovery(t, { profile }, async (ask, t) => {
      t.equal(await rcOf(ask(2, upload, { ...first, sha: new Uint8Array(32), image: 0 })), 0);
      for (const [what, request] of wrong.slice(0, 3)) {
        const lenient = what === 'an empty map' ? 3 : rc;
        t.equal(await rcOf(ask(2, upload, request)), lenient, what);
      }
      t.equal(await rcOf(ask(2, upload, wrong[3]![1])), 3, wrong[3]![0]);
    });
  }
});

void t.test('`image` holds for an upload, or for its packet', async (t) => {
  await inRecovery(t, { profile: 'mcuboot-2.x', images: 2 }, async (ask, t) => {
    await ask(2, upload, { image: 1, off: 0, data: two.bytes.subarray(0, 200), len: two.bytes.length });
    for (let off = 200; off < two.bytes.length; off += 200) await ask(2, upload, { off, data: two.bytes.subarray(off, off + 200) });
    const images = (await ask(0, [1, 0], {}))?.get('images') as readonly CborMap[];
    t.same(
      images.map((image) => [image.get('image'), image.get('version')]),
      [[1, '2.0.0']],
    );
  });
  await inRecovery(t, { profile: 'mcuboot-1.x', images: 2 }, async (ask, t) => {
    t.equal(await install(ask, two.bytes, { image: 1 }), two.bytes.length, 'sent with every packet');
    const images = (await ask(0, [1, 0], {}))?.get('images') as readonly CborMap[];
    t.same(
      images.map((image) => [image.get('image'), image.get('version')]),
      [[1, '2.0.0']],
    );
  });
});

void t.test('direct upload names slots', async (t) => {
  await inRecovery(t, { profile: 'mcuboot-2.x', features: { directUpload: true, slotInfo: true } }, async (ask, t) => {
    t.equal(await install(ask, two.bytes, { image: 2 }), two.bytes.length);
    const images = (await ask(0, [1, 0], {}))?.get('images') as readonly CborMap[];
    t.same(
      images.map((image) => [image.get('slot'), image.get('version')]),
      [[1, '2.0.0']],
    );
    const [info] = (await ask(0, [1, 6], {}))?.get('images') as readonly CborMap[];
    const slots = info?.get('slots') as readonly CborMap[];
    t.same(
      slots.map((slot) => slot.get('upload_image_id')),
      [1, 2],
    );
    t.equal(await rcOf(ask(2, [1, 5], {})), 8, 'there is no erase');
  });
});

void t.test('recovery.net: an upload of another image than the first is never answered', async (t) => {
  for (const knobs of [{}, { 'recovery.net': 'hang' }] as const) {
    await inRecovery(t, { profile: 'mcuboot-2.x', images: 2, knobs }, async (ask, t) => {
      const hangs = 'recovery.net' in knobs;
      t.equal(await install(ask, one.bytes), one.bytes.length, 'the first one is taken');
      t.equal(await install(ask, two.bytes, { image: 1 }), hangs ? undefined : two.bytes.length);
      t.equal(await rcOf(ask(2, echo, { d: 'x' })), hangs ? undefined : 8, 'nor is anything after it');
    });
  }
});

void t.test('a wrong table of images puts one into the slot of the other', async (t) => {
  const table = [
    [
      {},
      [
        [0, '1.0.0'],
        [1, '2.0.0'],
      ],
    ],
    [{ imageMap: { 1: 0 } }, [[0, '2.0.0']]],
  ] as const;
  for (const [features, expected] of table) {
    await inRecovery(t, { profile: 'mcuboot-2.x', images: 2, features }, async (ask, t) => {
      await install(ask, one.bytes);
      t.equal(await install(ask, two.bytes, { image: 1 }), two.bytes.length);
      const images = (await ask(0, [1, 0], {}))?.get('images') as readonly CborMap[];
      t.same(
        images.map((image) => [image.get('image'), image.get('version')]),
        expected,
      );
    });
  }
});

void t.test('recovery erases the storage partition where it was built to', async (t) => {
  for (const storageErase of [false, true]) {
    await inRecovery(t, { profile: 'mcuboot-2.x', features: { storageErase } }, async (ask, t, device) => {
      const storage = (): readonly number[] => [...device.flashImage().subarray(0xf8000, 0xf8004)];
      t.same(storage(), [1, 2, 3, 4]);
      t.equal(await rcOf(ask(2, [63, 0], {})), storageErase ? 0 : 8);
      t.same(storage(), storageErase ? [0xff, 0xff, 0xff, 0xff] : [1, 2, 3, 4]);
    });
  }
});
