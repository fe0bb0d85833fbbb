/** The SMP server where recordings do not reach: other bootloader modes, build options, releases, several images, hostile input. */

import t from 'tap';
import type { Test } from 'tap';
import fc from 'fast-check';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { createHash } from 'node:crypto';
import { decodeHeader, encodePacket } from '../../src/smp/header.ts';
import { readOutcome } from '../../src/smp/message.ts';
import { encodeCbor } from '../../src/smp/cbor.ts';
import { Host, inSlot, listed, testImage, testProfile, withHost } from './host.ts';
import type { BootMode } from '../../src/sim/bootloader/index.ts';
import type { ProfileOptions } from './host.ts';

const one = testImage('1.0.0');
const two = testImage('1.1.0', { seed: 2 });
const hashOf = (image: typeof one): Uint8Array => fromHex(image.hash)!;
const factory = { slots: [inSlot(0, one)] };

const state = [1, 0] as const;
const upload = [1, 1] as const;
const erase = [1, 5] as const;
const slotInfo = [1, 6] as const;
const refused = (rc: number, group = 1): object => ({ err: { group, rc } });

type Check = (host: Host, t: Test) => Promise<void>;

async function onDevice(
  t: Test,
  options: ProfileOptions,
  check: Check,
  provision: Parameters<typeof withHost>[1] = factory,
): Promise<void> {
  await withHost(testProfile(options), provision, async (host) => {
    await host.powerOn();
    t.equal(host.device.state, 'running');
    await check(host, t);
  });
}

// real-servers.md section 2, column m0, and surprises 20 to 22.
void t.test('swap using offset, as measured on a real server', async (t) => {
  await onDevice(t, { mode: 'offset' }, async (host) => {
    const mark = (image: typeof one, confirm: boolean): Promise<unknown> => host.request('write', state, { hash: hashOf(image), confirm });
    const first = (len: number): Promise<unknown> => host.request('write', upload, { len, off: 0, data: two.bytes.subarray(0, 300) });
    t.same(await first(65_537), refused(30), 'len beyond the slot');
    t.same(await first(65_536), { off: 300 }, 'len of the whole slot, while there is nothing to erase');
    await host.upload(two.bytes);
    t.same(await first(65_536), refused(13), 'len of the whole slot, which leaves no room for the first sector');
    t.same(await host.upload(two.bytes), { off: two.bytes.length });
    t.same(await mark(testImage('3.0.0'), false), refused(8), 'unknown hash');
    t.same(await mark(one, false), refused(33), 'the running image cannot be tested');
    t.same(await host.request('write', state, { hash: new Uint8Array(5) }), refused(24), 'short hash');
    t.same(await host.request('write', state, { confirm: false }), refused(24), 'no hash');
    t.same(listed(await mark(two, false)), ['0 1.0.0 active confirmed', '1 1.1.0 pending']);
    t.same(listed(await mark(two, false)), ['0 1.0.0 active confirmed', '1 1.1.0 pending'], 'marked twice');
    t.same(await mark(two, true), refused(28), 'a pending image does not become permanent');
    await host.reset();
    t.ok(host.takeBootLines().includes('I: Starting swap using offset algorithm.'));
    t.same(await host.list(), ['0 1.1.0 active', '1 1.0.0 confirmed']);
    t.same(await mark(one, false), refused(28), 'on trial');
    t.same(listed(await mark(one, true)), ['0 1.1.0 active', '1 1.0.0 confirmed'], 'confirming the fallback changes nothing');
    t.same(await host.request('write', erase), refused(9));
    t.same(await host.request('write', upload, { len: 1000, off: 0, data: two.bytes.subarray(0, 300) }), refused(9));
    t.same(listed(await host.request('write', state, { confirm: true })), ['0 1.1.0 active confirmed'], 'the old image disappears');
    await host.reset();
    t.same(await host.list(), ['0 1.1.0 active confirmed']);
    await host.upload(one.bytes);
    t.same(listed(await mark(one, true)), ['0 1.1.0 active confirmed', '1 1.0.0 pending permanent']);
    t.same(await host.request('write', erase), {}, 'erasing a pending image is accepted');
    t.same(await host.list(), ['0 1.1.0 active confirmed']);
  });
});

void t.test('image lists and requests by bootloader mode', async (t) => {
  const both = { slots: [inSlot(0, one), inSlot(1, two)] };
  const marked = (host: Host, confirm: boolean): Promise<unknown> => host.request('write', state, { hash: hashOf(two), confirm });
  const table: readonly { mode: BootMode; lists: readonly string[]; test: unknown; perm: unknown; after: readonly string[] }[] = [
    {
      mode: 'overwrite',
      lists: ['0 1.0.0 active confirmed', '1 1.1.0'],
      test: ['0 1.0.0 active confirmed', '1 1.1.0 pending'],
      perm: refused(32),
      after: ['0 1.1.0 active confirmed'],
    },
    {
      mode: 'move',
      lists: ['0 1.0.0 active confirmed', '1 1.1.0'],
      test: ['0 1.0.0 active confirmed', '1 1.1.0 pending'],
      perm: ['0 1.0.0 active confirmed', '1 1.1.0 pending permanent'],
      after: ['0 1.1.0 active', '1 1.0.0 confirmed'],
    },
    {
      mode: 'xip',
      lists: ['0 1.0.0', '1 1.1.0 active confirmed'],
      test: { rc: 8 },
      perm: { rc: 8 },
      after: ['0 1.0.0', '1 1.1.0 active confirmed'],
    },
  ];
  for (const { mode, lists, test, perm, after } of table) {
    for (const confirm of [true, false]) {
      await onDevice(
        t,
        { mode },
        async (host, t) => {
          t.same(await host.list(), lists, mode);
          const answer = await marked(host, confirm);
          const expected = confirm ? perm : test;
          t.same(Array.isArray(expected) ? listed(answer) : answer, expected, `${mode}: ${confirm ? 'confirm' : 'mark pending'}`);
          if (confirm) return;
          await host.reset();
          t.same(await host.list(), after, `${mode}: after a reset`);
        },
        both,
      );
    }
  }
  await onDevice(t, { mode: 'single' }, async (host, t) => {
    t.same(await host.list(), ['0 1.0.0 active confirmed']);
    t.same(await host.request('read', slotInfo), {
      images: [
        {
          image: 0,
          slots: [
            { slot: 0, size: 65_536 },
            { slot: 1, rc: -2 },
          ],
        },
      ],
    });
  });
  const ram = testImage('1.0.0', { ram: true });
  const newer = testImage('1.1.0', { ram: true, seed: 2 });
  const check: Check = async (host, t) => {
    t.same(await host.list(), ['0 1.0.0', '1 1.1.0 active confirmed']);
    t.same(await marked(host, false), { rc: 8 });
    t.same(await host.request('write', erase, { slot: 1 }), refused(9), 'the slot that was loaded');
    t.same(await host.request('write', erase, { slot: 0 }), {});
  };
  await onDevice(t, { mode: 'ramload' }, check, { slots: [inSlot(0, ram), inSlot(1, newer)] });
});

void t.test('build options', async (t) => {
  const first = { len: two.bytes.length, off: 0, data: two.bytes.subarray(0, 300) };
  const sha = createHash('sha256').update(two.bytes).digest();
  await onDevice(t, { overrides: { image: { imageCheck: true } } }, async (host) => {
    t.same(await host.upload(two.bytes, { sha }), { off: two.bytes.length, match: true });
    t.same(await host.request('write', upload, { ...first, sha }), { off: two.bytes.length, match: true }, 'it is there already');
    t.same(await host.upload(two.bytes, { sha: new Uint8Array(32) }), { off: two.bytes.length, match: false });
    t.same(await host.upload(two.bytes), { off: two.bytes.length, match: false }, 'no sha matches nothing');
  });
  await onDevice(t, { overrides: { image: { eraseProgressively: true } } }, async (host) => {
    const before = host.clock.now();
    await host.request('write', upload, first);
    t.ok(host.clock.now() - before < 100, 'the first chunk does not wait for the whole erase');
    t.same(await host.upload(two.bytes), { off: two.bytes.length });
    t.same(await host.list(), ['0 1.0.0 active confirmed', '1 1.1.0']);
  });
  await onDevice(t, { overrides: { image: { footerSize: 4096 } } }, async (host) => {
    t.same(await host.request('write', upload, { ...first, len: 61_441 }), refused(30));
    t.match(await host.request('read', slotInfo), { images: [{ max_image_size: 61_440 }] });
  });
  await onDevice(t, { overrides: { image: { frugalList: true } } }, async (host) => {
    const hash = one.hash;
    t.same(await host.request('read', state), {
      images: [{ slot: 0, version: '1.0.0', hash, bootable: true, confirmed: true, active: true }],
    });
  });
  await onDevice(t, { overrides: { image: { allowErasePending: false } } }, async (host) => {
    await host.upload(two.bytes);
    await host.request('write', state, { hash: hashOf(two), confirm: false });
    t.same([await host.request('write', upload, first), await host.request('write', erase)], [refused(9), refused(9)]);
  });
  await onDevice(t, { overrides: { image: { directUpload: true } } }, async (host) => {
    t.same(await host.request('write', upload, { ...first, image: 1 }), refused(9), 'the running slot by its number');
    t.same(await host.request('write', upload, { ...first, image: 2 }), { off: 300 });
    t.match(await host.request('read', slotInfo), { images: [{ slots: [{ upload_image_id: 1 }, { upload_image_id: 2 }] }] });
  });
});

void t.test('two images', async (t) => {
  const second = { one: testImage('5.0.0', { seed: 5 }), two: testImage('5.1.0', { seed: 6 }) };
  const slots = [inSlot(0, one), inSlot(2, second.one)];
  await onDevice(
    t,
    { images: 2 },
    async (host) => {
      t.same(await host.list(), ['image 0 0 1.0.0 active confirmed', 'image 1 0 5.0.0 active confirmed']);
      await host.upload(second.two.bytes, { image: 1 });
      t.same((await host.list()).at(-1), 'image 1 1 5.1.0');
      t.same(
        await host.request('write', state, { hash: hashOf(second.one), confirm: true }),
        refused(32),
        'the other image is not confirmed over SMP',
      );
      t.same(
        listed(await host.request('write', state, { hash: hashOf(second.two), confirm: true })).at(-1),
        'image 1 1 5.1.0 pending permanent',
      );
      await host.reset();
      t.same(await host.list(), ['image 0 0 1.0.0 active confirmed', 'image 1 0 5.1.0 active confirmed', 'image 1 1 5.0.0']);
    },
    { slots },
  );
});

void t.test('what no recorded server was built with', async (t) => {
  const os = (command: number): readonly [number, number] => [0, command];
  await onDevice(t, {}, async (host) => {
    t.same(await host.request('read', os(4)), refused(4, 0), 'no date before one is set');
    t.same(await host.request('write', os(4), { datetime: '2026-13-01T10:00:00' }), { rc: 3 });
    t.same(await host.request('write', os(4), { datetime: '2026-03-04T10:00:00' }), {});
    await host.pass(61_500);
    t.match(await host.request('read', os(4)), { datetime: /^2026-03-04T10:01:01\.5\d\d$/ });
    await host.reset();
    t.match(await host.request('read', os(4)), { datetime: /^2026-03-04T10:02:0/ }, 'the date outlives a reset');
    t.same(await host.request('read', os(8)), { bootloader: 'MCUboot' });
    t.same(await host.request('read', os(8), { query: 'mode' }), { mode: 3 });
    t.same(await host.request('read', os(8), { query: 'nothing' }), refused(3, 0));
  });
  const setting = [3, 0] as const;
  await onDevice(t, {}, async (host) => {
    t.same(await host.request('read', setting, { name: 'app/x' }), refused(3, 3));
    t.same(await host.request('write', setting, { name: 'app/x', val: Uint8Array.of(1, 2) }), {});
    t.same(await host.request('read', setting, { name: 'app/x' }), { val: '0102' });
    t.same(await host.request('write', [3, 3]), {}, 'save');
    t.same(await host.request('write', setting, { name: 'other/x', val: Uint8Array.of(1) }), refused(5, 3));
    t.same(await host.request('write', [3, 1], { name: 'app/x' }), {}, 'delete');
    t.same(await host.request('read', setting, { name: 'app/x' }), { val: '0102' }, 'only what was saved is deleted');
    await host.reset();
    t.same(await host.request('read', setting, { name: 'app/x' }), refused(3, 3));
  });
});

void t.test('releases differ in how they answer', async (t) => {
  const ask = async (server: string, check: (answers: readonly unknown[], first: Uint8Array | undefined) => void): Promise<void> => {
    await onDevice(t, { server }, async (host) => {
      const header = { op: 0, version: 1, flags: 0, group: 0, sequence: 9, command: 0 };
      const echo = await host.send(encodePacket(header, encodeCbor({ d: 'x' })));
      const unknown = await host.request('write', state, { hash: new Uint8Array(32) });
      const list = await host.request('read', [2, 1]);
      check([unknown, list, await host.request('read', [0, 9])], echo);
    });
  };
  const version = (packet: Uint8Array | undefined): number | undefined =>
    packet === undefined ? undefined : decodeHeader(packet)?.version;
  const names = ['smp_svr_stats'];
  await ask('z4.4', (answers, echo) => {
    t.same(answers, [refused(8), { stat_list: names }, { rc: 8 }]);
    t.equal(version(echo), 1);
    t.equal(toHex(echo!), '09000006000009 00bf61726178ff'.replace(' ', ''));
  });
  await ask('z3.7', (answers) => t.same(answers, [refused(8), { rc: 0, stat_list: names }, { rc: 8 }]));
  await ask('z3.4', (answers) => t.same(answers, [{ ret: { group: 1, rc: 8 } }, { rc: 0, stat_list: names }, { rc: 8 }]));
  await ask('z3.3', (answers, echo) => {
    t.same(answers, [{ rc: 3 }, { rc: 0, stat_list: names }, { rc: 8 }]);
    t.equal(version(echo), 0, 'the version bits of the request do not come back');
  });
  await ask('z3.2', (answers, echo) => {
    t.same(answers, [{ rc: 3 }, { rc: 0, stat_list: names }, { rc: 8 }]);
    t.equal(toHex(echo!), '0100000600000900bf61726178ff', 'only some commands say rc: 0 (frame A3 of smp.md)');
  });
  await onDevice(t, { server: 'z2.7' }, async (host) => {
    t.same(
      await host.request('write', upload, { len: 5000, off: 0, data: two.bytes.subarray(0, 301) }),
      { rc: 0, off: 300 },
      'cut to write units',
    );
    t.same(await host.request('write', upload, { off: 300, data: two.bytes.subarray(300, 900) }), { rc: 3 }, 'more than 512 bytes');
    t.same(
      await host.request('write', upload, { off: 300, data: two.bytes.subarray(300, 400) }),
      { rc: 0, off: 400 },
      'which did not end the upload',
    );
  });
});

void t.test('whatever is sent, the server answers with SMP or not at all, and lives on', async (t) => {
  const groups = fc.constantFrom(0, 1, 2, 3, 8, 9, 10, 63, 64, 1000);
  const header = fc.record({
    op: fc.nat(7),
    version: fc.nat(3),
    flags: fc.nat(255),
    group: groups,
    sequence: fc.nat(255),
    command: fc.nat(9),
  });
  const keys = fc.constantFrom(
    'd',
    'off',
    'len',
    'data',
    'sha',
    'image',
    'hash',
    'confirm',
    'name',
    'val',
    'argv',
    'format',
    'slot',
    'type',
    'index',
  );
  const values = fc.oneof(
    fc.nat(100_000),
    fc.integer(),
    fc.boolean(),
    fc.string({ maxLength: 70 }),
    fc.uint8Array({ maxLength: 80 }),
    fc.array(fc.string({ maxLength: 20 }), { maxLength: 4 }),
    fc.constant(two.bytes.subarray(0, 300)),
  );
  const payload = fc.oneof(
    fc.dictionary(keys, values, { maxKeys: 6 }).map((map) => encodeCbor(map)),
    fc.uint8Array({ maxLength: 60 }),
  );
  const packets = fc.array(fc.tuple(header, payload, fc.nat(20)), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(packets, async (sent) => {
      await withHost(testProfile(), factory, async (host) => {
        await host.powerOn();
        for (const [head, body, cutBy] of sent) {
          const packet = encodePacket(head, body);
          const answer = await host.send(packet.subarray(0, packet.length - (cutBy < 4 ? cutBy : 0)), 5000);
          if (answer !== undefined) readOutcome(answer);
        }
        await host.settle();
        if (!(await host.isAlive())) throw new Error('the server is gone');
      });
    }),
    { numRuns: 60, seed: 1 },
  );
  t.pass('no run failed');
});
