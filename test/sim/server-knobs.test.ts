/** Knobs of the server: each set by a profile and by a fault, and what exactly a client gets over SMP. */

import t from 'tap';
import { toHex } from '../../src/base/bytes.ts';
import { hash } from '../../src/mcuboot/hash.ts';
import { encodeCbor } from '../../src/smp/cbor.ts';
import { encodePacket } from '../../src/smp/header.ts';
import { eachWay, inSlot, listed, plainOf, testImage, testProfile, withHost } from './host.ts';
import type { KnobValues } from '../../src/sim/knobs/values.generated.ts';
import type { Host } from './host.ts';

const one = testImage('1.0.0');
const two = testImage('1.1.0', { size: 24_000, seed: 2 });
const len = two.bytes.length;
const sha = hash('sha256', two.bytes);
const chunkSize = 1000;

/** Answers of the image group's upload. */
function chunk(host: Host, off: number, first: object = {}): Promise<unknown> {
  return host.request('write', [1, 1], { off, data: two.bytes.subarray(off, off + chunkSize), ...first }, { ms: 5000 });
}

const err = (rc: number): object => ({ err: { group: 1, rc } });
/** Errors of the image group. */
const [flashWriteFailed, invalidLength, confirmationDenied] = [12, 21, 32];

void t.test('upload.persist: after a reset the upload is where its flashed part ends', async (t) => {
  await eachWay({ 'upload.persist': true }, async (host, sick) => {
    await chunk(host, 0, { len, sha });
    for (const off of [1000, 2000, 3000]) await chunk(host, off);
    await host.reset();
    // 4000 bytes came, in blocks of 512: the last 416 were in RAM.
    const flashed = 3584;
    t.same(await chunk(host, 4000), { off: sick ? flashed : 0 }, 'a continuation');
    t.same(await chunk(host, 0, { len, sha }), { off: sick ? flashed : 1000 }, 'a first chunk');
    for (let off = sick ? flashed : 1000; off < len; off += chunkSize) await chunk(host, off);
    t.same(await host.list(), ['0 1.0.0 active confirmed', '1 1.1.0']);
    t.ok(Buffer.from(host.device.flashImage()).includes(Buffer.from(two.bytes)), 'no byte is missing');
    await host.reset();
    t.same(await chunk(host, 1000), { off: 0 }, 'what has ended stays so');
  });
});

void t.test('upload.rewind: once the server asks for offset 0, and forgot length and hash', async (t) => {
  await eachWay({ 'upload.rewind': '2000 B' }, async (host, sick) => {
    await chunk(host, 0, { len, sha });
    t.same(await chunk(host, 1000), { off: 2000 });
    t.same(await chunk(host, 2000), { off: sick ? 0 : 3000 });
    if (!sick) return;
    t.same(await chunk(host, 0), err(invalidLength), 'it must be told again');
    t.same(await host.upload(two.bytes, { sha }), { off: len }, 'only once');
  });
});

void t.test('upload.duplicate-first: what becomes of a first chunk that comes again', async (t) => {
  const healthy = { withHash: { off: 2000 }, without: { off: 1000 } };
  const table = [
    { what: 'restart', withHash: { off: 1000 }, without: { off: 1000 } },
    { what: 'resume', withHash: { off: 2000 }, without: { off: 2000 } },
    { what: 'ignore', withHash: undefined, without: undefined },
  ] as const;
  for (const { what, ...answers } of table) {
    for (const [kind, first] of [
      ['withHash', { len, sha }],
      ['without', { len }],
    ] as const) {
      await t.test(`${what}, ${kind}`, async (t) => {
        await eachWay({ 'upload.duplicate-first': what }, async (host, sick) => {
          t.same(await chunk(host, 0, first), { off: 1000 }, 'the first one is no duplicate');
          await chunk(host, 1000);
          t.same(await chunk(host, 0, first), sick ? answers[kind] : healthy[kind]);
          t.ok(await host.isAlive());
        });
      });
    }
  }
});

void t.test('state.revert-confirm-other: a confirm of the other slot while a revert is due', async (t) => {
  const provision = { slots: [inSlot(0, one), inSlot(1, two)], state: 'test' } as const;
  const trial = ['0 1.1.0 active', '1 1.0.0 confirmed'];
  const applied = ['0 1.1.0 active confirmed', '1 1.0.0 pending permanent'];
  const table = [
    { what: 'noop', sickly: { list: trial, next: 'revert' } },
    { what: 'error', sickly: { refused: err(confirmationDenied), list: trial, next: 'revert' } },
    { what: 'apply', sickly: { list: applied, next: 'perm' } },
  ] as const;
  for (const { what, sickly } of table) {
    await t.test(what, async (t) => {
      await eachWay(
        { 'state.revert-confirm-other': what },
        async (host, sick) => {
          const expected = sick ? sickly : table[0].sickly;
          t.same(await host.list(), trial);
          const answer = await host.request('write', [1, 0], { hash: Buffer.from(one.hash, 'hex'), confirm: true });
          if ('refused' in expected) t.same(answer, expected.refused);
          t.same(await host.list(), expected.list);
          t.equal(host.device.swapType(), expected.next);
          host.takeLines();
          await host.reset();
          t.ok(host.takeBootLines().some((line) => line.endsWith(`Swap type: ${expected.next}`)));
          t.same(await host.list(), ['0 1.0.0 active confirmed', '1 1.1.0']);
        },
        { provision },
      );
    });
  }
});

void t.test('rsp.script: entries answer in their order until they are used up', async (t) => {
  const bytes = { hex: 'c0ffee' };
  const script = [
    { match: { group: 1, command: 0, op: 'read' }, answer: { payload: { images: [{ slot: 0, hash: bytes }] } }, times: 1 },
    { match: { group: 1, command: 0 }, answer: { rc: 10 }, times: 1 },
    { match: { group: 1, command: 0 }, answer: { error: 9 }, times: 1 },
    { match: { group: 64 }, answer: { payload: { hello: 'world' } } },
    { match: { group: 0, op: 'write' }, answer: { silence: true }, times: 1 },
  ] as const;
  await eachWay({ 'rsp.script': [...script] }, async (host, sick) => {
    const list = (): Promise<unknown> => host.request('read', [1, 0], {}, { ms: 1000 });
    const own = { images: [{ slot: 0, version: '1.0.0' }] };
    if (sick) {
      t.same(await list(), { images: [{ slot: 0, hash: 'c0ffee' }] });
      t.same(await list(), { rc: 10 });
      t.same(await list(), err(9));
    }
    t.match(await list(), own, 'its own answer');
    const unknown = await host.request('read', [64, 3]);
    t.same(unknown, sick ? { hello: 'world' } : { rc: 8 });
    t.equal(await host.isAlive(), !sick);
    t.ok(await host.isAlive());
  });
});

void t.test('rsp.script: servers that have other codes for errors of a group answer in their own way', async (t) => {
  const script = [{ match: { group: 1, command: 0 }, answer: { error: 9 } }];
  await eachWay(
    { 'rsp.script': script },
    async (host, sick) => t.match(await host.request('read', [1, 0]), sick ? { rc: 1 } : { images: [{}] }),
    { profile: testProfile({ server: 'z2.7' }) },
  );
});

void t.test('rsp.dup: an answer comes twice, so often as it is said', async (t) => {
  await eachWay({ 'rsp.dup': { group: 0, command: 0, count: 1 } }, async (host, sick) => {
    const echo = encodePacket({ op: 2, version: 1, flags: 0, group: 0, sequence: 9, command: 0 }, encodeCbor({ d: 'x' }));
    const [first, ...others] = await host.sendAll(echo);
    t.strictSame(others, sick ? [first] : []);
    t.equal((await host.sendAll(echo)).length, 1);
  });
});

void t.test('rx.overflow: what becomes of requests that find no buffer', async (t) => {
  const profile = testProfile({ overrides: { buffers: { size: 384, count: 2 } } });
  const noMemory = 2;
  // The first request holds both buffers: its own, and one for its answer.
  const table = [
    { what: 'drop', refused: 0, boots: 1 },
    { what: 'error', refused: 4, boots: 1 },
    { what: 'reset', refused: 0, boots: 2 },
  ] as const;
  for (const { what, ...expected } of table) {
    await eachWay(
      { 'rx.overflow': what },
      async (host, sick) => {
        const port = host.device.openPort('datagram', (packet) => came.push(packet.slice()));
        const came: Uint8Array[] = [];
        for (let sequence = 0; sequence < 5; sequence += 1)
          port.receive(encodePacket({ op: 2, version: 1, flags: 0, group: 0, sequence, command: 0 }, encodeCbor({ d: 'x' })));
        await host.settle();
        const refused = came.filter((packet) => toHex(packet.subarray(8)) === toHex(encodeCbor({ rc: noMemory })));
        t.same({ refused: refused.length, boots: host.device.boots }, sick ? expected : { refused: 0, boots: 1 }, what);
        t.ok(await host.isAlive());
      },
      { profile },
    );
  }
});

void t.test('flash.and-semantics: a slot that was not erased in full holds bits of both images', async (t) => {
  const old = testImage('1.0.5', { size: 24_000, seed: 9 });
  const halfErased: Partial<KnobValues> = { 'flash.write-error': { kinds: ['erase'], fate: 'partial' } };
  const provision = { slots: [inSlot(0, one), inSlot(1, old)] };
  const [flash] = testProfile().images;
  const last = flash!.secondary!.offset + two.bytes.length - 100;
  await withHost({ ...testProfile(), knobs: { ...halfErased, 'flash.and-semantics': true } }, provision, async (host) => {
    await host.powerOn();
    t.same(await host.upload(two.bytes), { off: len }, 'the server notices nothing');
    const combined = two.bytes.subarray(len - 100, len - 50).map((byte, index) => byte & (old.bytes[len - 100 + index] ?? 0xff));
    t.same(host.device.flashImage().subarray(last, last + 50), combined);
    await host.request('write', [1, 0], { hash: hash('sha256', two.bytes), confirm: false });
    await host.reset();
    t.match(await host.list(), ['0 1.0.0 active confirmed'], 'and it never runs');
  });
  await withHost({ ...testProfile(), knobs: halfErased }, provision, async (host) => {
    await host.powerOn();
    t.same(await host.upload(two.bytes), err(flashWriteFailed), 'without it the flash refuses');
  });
});

void t.test('endpoint.two-servers: each request has two answers, and the wrong one is first', async (t) => {
  await eachWay({ 'endpoint.two-servers': true }, async (host, sick) => {
    const header = { op: 0, version: 1, flags: 0, group: 1, sequence: 7, command: 0 } as const;
    const answers = await host.sendAll(encodePacket(header, encodeCbor({})));
    t.equal(answers.length, sick ? 2 : 1);
    const texts = answers.map((answer) => listed(plainOf(answer)));
    t.same(texts, sick ? [[], ['0 1.0.0 active confirmed']] : [['0 1.0.0 active confirmed']]);
  });
});
