/** What older servers do otherwise: rules of image slots, error numbers, decoders, file uploads, Mynewt's groups (smp.md 0, 1.2, 1.4, 3, 4). */

import t from 'tap';
import type { Test } from 'tap';
import { concatBytes, fromHex, toHex } from '../../src/base/bytes.ts';
import { cborChunks, encodeCbor } from '../../src/smp/cbor.ts';
import { logClear, logLevels, logList, logModules, logShow } from '../../src/smp/groups/log.ts';
import { osMemoryPools, osTaskStatistics } from '../../src/smp/groups/os.ts';
import { shellExecute } from '../../src/smp/groups/shell.ts';
import { encodePacket } from '../../src/smp/header.ts';
import { encodeRequest, readOutcome } from '../../src/smp/message.ts';
import { serverProfiles } from '../../src/sim/server/releases.ts';
import { Host, inSlot, listed, testImage, testProfile, withHost } from './host.ts';
import type { SmpCommand } from '../../src/smp/message.ts';
import type { ProfileOptions } from './host.ts';

const one = testImage('1.0.0');
const two = testImage('1.1.0', { seed: 2 });
const hashOf = (image: typeof one): Uint8Array => fromHex(image.hash)!;
const state = [1, 0] as const;
const upload = [1, 1] as const;
const erase = [1, 5] as const;
const echo = [0, 0] as const;
const file = [8, 0] as const;

async function onServer(
  t: Test,
  options: ProfileOptions & { readonly server: string },
  check: (host: Host, t: Test) => Promise<void>,
  slots = [inSlot(0, one)],
): Promise<void> {
  await t.test(options.server, async (t) => {
    await withHost(testProfile(options), { slots }, async (host) => {
      await host.powerOn();
      await check(host, t);
    });
  });
}

const named = Object.keys(serverProfiles);
const older = (than: string): string[] => named.slice(named.indexOf(than));
const flagRules = older('z3.4').filter((name) => name !== 'mynewt');
const slotZeroRules = older('z3.2').filter((name) => name !== 'mynewt');

async function ask<Request, Reply>(host: Host, command: SmpCommand<Request, Reply>, request: Request): Promise<Reply> {
  const answer = await host.send(encodeRequest(command, request, { version: 0, sequence: 1 }));
  const outcome = readOutcome(answer!);
  if (!outcome.ok) throw new Error(`refused: ${outcome.failure.code}`);
  return command.decode(outcome.payload);
}

void t.test('all releases are there under the names of the reference', async (t) => {
  t.same(named, ['z4.4', 'z4.2', 'z4.0', 'z3.7', 'z3.5', 'z3.4', 'z3.3', 'z3.2', 'z3.1', 'z3.0', 'z2.7', 'z2.6', 'mynewt']);
  for (const server of named) {
    await onServer(t, { server }, async (host, t) => {
      t.match(await host.request('write', echo, { d: 'hi' }), { r: 'hi' });
      t.same(await host.list(), ['0 1.0.0 active confirmed']);
      t.match(await host.upload(two.bytes, {}, 400), { off: two.bytes.length });
      t.same(listed(await host.request('write', state, { hash: hashOf(two), confirm: false })), [
        '0 1.0.0 active confirmed',
        '1 1.1.0 pending',
      ]);
      await host.reset();
      t.same(await host.list(), ['0 1.1.0 active', '1 1.0.0 confirmed']);
      t.same(listed(await host.request('write', state, { confirm: true })), ['0 1.1.0 active confirmed', '1 1.0.0']);
    });
  }
});

// smp.md 4.4, at its end.
void t.test('state writes by flags, before Zephyr 3.5', async (t) => {
  for (const server of flagRules) {
    await onServer(
      t,
      { server },
      async (host, t) => {
        const v0 = { version: 0 };
        const mark = (image: typeof one, confirm: boolean): Promise<unknown> =>
          host.request('write', state, { hash: hashOf(image), confirm }, v0);
        t.same(await mark(one, false), { rc: 1 }, 'a test of the running image');
        t.same(await host.request('write', state, { confirm: false }, v0), { rc: 3 }, 'a test without a hash');
        t.same(await host.request('write', state, { hash: new Uint8Array(32) }, v0), { rc: server === 'z3.4' ? 1 : 3 }, 'an unknown hash');
        t.same(listed(await mark(two, false)), ['0 1.0.0 active confirmed', '1 1.1.0 pending']);
        t.same(
          listed(await mark(two, true)),
          ['0 1.0.0 active confirmed', '1 1.1.0 pending'],
          'confirming what is pending is a success that changes nothing',
        );
        const refused = await host.request('write', state, { confirm: true }, v0);
        if (slotZeroRules.includes(server))
          t.same(listed(refused), ['0 1.0.0 active confirmed', '1 1.1.0 pending'], 'refused, and not told');
        else t.same(refused, { rc: 6 });
        await host.reset();
        t.same(await host.list(), ['0 1.1.0 active', '1 1.0.0 confirmed']);
        t.same(await mark(one, false), { rc: 6 }, 'the fallback of a test');
        const noSlot = await host.request('write', upload, { len: 1000, off: 0, data: two.bytes.subarray(0, 300) }, v0);
        t.match(noSlot, { rc: server === 'z3.4' ? 6 : 5, rsn: 'no slot' });
        t.same(await host.request('write', erase, {}, v0), { rc: 6 });
      },
      [inSlot(0, one), inSlot(1, two)],
    );
  }
});

// smp.md 4.3: the flags of a second image.
void t.test('flags of two images by release', async (t) => {
  const lists: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['z2.7', ['image 0 0 1.0.0 active confirmed', 'image 1 0 1.0.0', 'image 1 1 1.1.0'], ['pending', 'pending']],
    ['z3.3', ['image 0 0 1.0.0 active confirmed', 'image 1 0 1.0.0 confirmed', 'image 1 1 1.1.0'], ['confirmed', 'pending']],
    ['z4.4', ['image 0 0 1.0.0 active confirmed', 'image 1 0 1.0.0 active confirmed', 'image 1 1 1.1.0'], ['active confirmed', 'pending']],
  ];
  const net = testImage('1.0.0', { seed: 3 });
  for (const [server, before, [primary, secondary]] of lists) {
    await onServer(
      t,
      { server, images: 2 },
      async (host, t) => {
        t.same(await host.list(), before);
        await host.request('write', state, { hash: hashOf(two), confirm: false });
        t.same((await host.list()).slice(1), [`image 1 0 1.0.0 ${primary}`, `image 1 1 1.1.0 ${secondary}`]);
      },
      [inSlot(0, one), inSlot(2, net), inSlot(3, two)],
    );
  }
});

// smp.md 4.5 (Z2.6/2.7), 1.4.
void t.test('uploads to the TinyCBOR servers', async (t) => {
  for (const server of ['z2.7', 'z3.0']) {
    await onServer(t, { server }, async (host, t) => {
      const first = { len: 5000, off: 0, data: two.bytes.subarray(0, 301) };
      const send = (request: Parameters<Host['request']>[2]): Promise<unknown> => host.request('write', upload, request);
      const cut = server === 'z2.7' ? 300 : 301;
      t.same(await send({ ...first, data: two.bytes.subarray(0, 20) }), { rc: 3, rsn: 'header malformed' });
      t.same(await send({ ...first, data: new Uint8Array(40) }), { rc: 3, rsn: 'magic mismatch' });
      t.same(await send({ ...first, sha: new Uint8Array(33) }), { rc: 3 }, 'more than the buffer of sha');
      t.same(await send({ ...first, upgrade: 'yes', image: 'none' }), { rc: 0, off: cut }, 'wrong types are passed over');
      t.same(await send({ off: cut, data: two.bytes.subarray(cut, cut + 513) }), { rc: 3 }, 'more than 512 bytes');
      t.same(await send({ off: 7, data: two.bytes.subarray(0, 8) }), { rc: 0, off: cut }, 'neither of which ended the upload');
      t.same(await send({ off: cut, data: cborChunks([two.bytes.subarray(cut, 400), two.bytes.subarray(400, 500)]) }), { rc: 0, off: 500 });
      t.same(await host.upload(two.bytes, {}, 400), { rc: 0, off: two.bytes.length });
      t.same(
        await send({ off: 8, data: two.bytes.subarray(8, 16) }),
        { rc: 0, off: two.bytes.length },
        'the offset stays after the last chunk',
      );
      t.same(await host.request('write', erase, { slot: 0 }), { rc: 0 }, 'whatever slot is named');
      t.same(await host.list(), ['0 1.0.0 active confirmed']);
      t.same(await host.request('write', echo, {}), { r: '' });
      t.same(await host.request('write', echo, { d: 5 }), { r: '' });
      t.same(await host.request('write', echo, { d: 'x'.repeat(128) }), { rc: 3 });
      t.same(await host.request('write', echo, { d: cborChunks(['a', 'b']) }), { r: 'ab' });
    });
  }
  await onServer(t, { server: 'z3.1' }, async (host, t) => {
    t.same(await host.request('write', echo, { d: 5 }), { rc: 3 });
    t.same(await host.request('write', echo, {}), { rc: 3 });
    t.match(await host.upload(two.bytes, {}, 1000), { off: two.bytes.length });
  });
});

void t.test('packets that are odd, by release', async (t) => {
  const odd = (op: number, command: number): Uint8Array =>
    encodePacket({ op, version: 0, flags: 0, group: 0, sequence: 7, command }, encodeCbor({ d: 'x' }));
  const answers = async (host: Host, packets: readonly Uint8Array[]): Promise<(string | undefined)[]> => {
    const found: (string | undefined)[] = [];
    for (const packet of packets) {
      const answer = await host.send(packet, 1000);
      found.push(answer === undefined ? undefined : toHex(answer));
    }
    return found;
  };
  const tooShort = odd(2, 0).subarray(0, 10);
  await onServer(t, { server: 'z2.7' }, async (host, t) => {
    const rc = (code: number, command: string): string => `03000006000007${command}bf6272630${code}ff`;
    t.same(await answers(host, [odd(1, 0), odd(1, 99), tooShort]), [rc(3, '00'), rc(8, '63'), rc(3, '00')]);
  });
  await onServer(t, { server: 'z4.4' }, async (host, t) => {
    const rc = (code: number, command: string): string => `03000006000007${command}bf6272630${code}ff`;
    t.same(await answers(host, [odd(1, 0), odd(1, 99), tooShort]), [rc(8, '00'), rc(8, '63'), rc(9, '00')]);
  });
  await onServer(t, { server: 'z4.4', overrides: { protocol: { client: true, originalProtocol: false } } }, async (host, t) => {
    t.same(await answers(host, [odd(1, 0), odd(2, 0)]), [undefined, '0300000600000700bf6272630cff']);
  });
  await onServer(t, { server: 'z4.4', overrides: { protocol: { decoder: { library: 'zcbor', canonical: true } } } }, async (host, t) => {
    t.same(await answers(host, [odd(2, 0)]), ['0300000500000700a161726178'], 'answers are definite');
    const loose = encodePacket({ op: 2, version: 0, flags: 0, group: 0, sequence: 7, command: 0 }, fromHex('bf61646178ff')!);
    const wide = encodePacket({ op: 2, version: 0, flags: 0, group: 0, sequence: 7, command: 0 }, fromHex('b9000161646178')!);
    t.same(await answers(host, [loose, wide]), Array<string>(2).fill('0300000500000700a162726303'));
  });
});

void t.test('commands that the application does not allow', async (t) => {
  const refused = [
    { group: 8, command: 0, op: 'write', rc: 11 },
    { group: 0, command: 5, rc: 10 },
  ] as const;
  await onServer(t, { server: 'z4.4', overrides: { refused } }, async (host, t) => {
    t.same(await host.request('write', file, { name: '/lfs1/a', off: 0, len: 1, data: Uint8Array.of(1) }), { rc: 11 });
    t.same(await host.request('read', file, { name: '/lfs1/a', off: 0 }), { err: { group: 8, rc: 3 } });
    t.same(await host.reset(), { rc: 10 });
    t.equal(host.device.boots, 1, 'it did not restart');
  });
});

// smp.md 3.7; fs_mgmt.c of Zephyr 3.2.
void t.test('file uploads that only keep an offset', async (t) => {
  for (const server of ['z2.7', 'z3.2']) {
    await onServer(t, { server }, async (host, t) => {
      const name = '/lfs1/a';
      const send = (off: number, data: string, len?: number): Promise<unknown> =>
        host.request('write', file, { name, off, data: Buffer.from(data), len });
      t.same(await send(3, 'def'), { rc: 3 }, 'nothing was begun');
      t.same(await send(0, 'abc', 6), { rc: 0, off: 3 });
      t.same(await send(2, 'x'), { rc: 3, off: 3 }, 'a wrong offset');
      t.same(await send(3, 'defg'), { rc: 3 }, 'more than was announced');
      t.same(await send(3, 'def'), { rc: 0, off: 6 });
      t.same(await host.request('read', file, { name, off: 0 }), { rc: 0, off: 0, data: '616263646566', len: 6 });
      const answer = await host.send(encodeRequest(downloadOf(name), undefined, { version: 0, sequence: 1 }));
      const keys = server === 'z2.7' ? ['off', 'data', 'rc', 'len'] : ['rc', 'off', 'data', 'len'];
      const outcome = readOutcome(answer!);
      t.same(
        outcome.payload.entries.map(([key]) => key),
        keys,
      );
      t.same(await host.request('write', [8, 4]), { rc: 8 }, 'close came later');
    });
  }
});

function downloadOf(name: string): SmpCommand<undefined, void> {
  return {
    name: 'download',
    group: 8,
    command: 0,
    op: 'read',
    idempotent: true,
    encode: () => ({ off: 0, name }),
    decode: () => undefined,
  };
}

void t.test('threads, memory pools and shell output by release', async (t) => {
  const threads = { threads: [{ name: 'w', prio: -1, tid: 0, state: 2, stksiz: 4, stkuse: 2 }] };
  const shown: readonly (readonly [string, string])[] = [
    ['z4.4', 'bf657461736b73bf6177bf647072696f20637469640065737461746502' + '6673746b73697a046673746b75736502ffffff'],
    ['z3.0', 'bf657461736b73bf6177bf647072696f18ff637469640065737461746502' + '6673746b73697a046673746b75736502ffffff'],
    [
      'z2.7',
      'bf657461736b73bf6177bf647072696f18ff6374696400657374617465026673746b757365026673746b73697a04' +
        '66637377636e74006772756e74696d65006c6c6173745f636865636b696e006c6e6578745f636865636b696e00ffffff',
    ],
  ];
  for (const [server, payload] of shown) {
    await onServer(t, { server, overrides: { os: threads } }, async (host, t) => {
      const answer = await host.send(encodeRequest(osTaskStatistics, undefined, { version: 0, sequence: 1 }));
      t.equal(toHex(answer!.subarray(8)), payload);
    });
  }
  for (const layout of ['mpools', 'tasks', 'top', 'mynewt'] as const) {
    const memoryPools = { layout, pools: [{ name: '0', nblks: 8, nfree: 6, min: 5 }] };
    await onServer(t, { server: 'z4.4', overrides: { os: { memoryPools } } }, async (host, t) => {
      const { pools } = await ask(host, osMemoryPools, undefined);
      t.same(
        pools.map(({ name, free }) => [name, free]),
        [['0', 6]],
        layout,
      );
    });
  }
  await onServer(t, { server: 'z2.7' }, async (host, t) => {
    const answer = await host.send(encodeRequest(shellExecute, { argv: ['kernel', 'version'] }, { version: 0, sequence: 1 }));
    t.match(toHex(answer!.subarray(8)), /^bf616f7f[0-9a-f]*ff62726300ff$/, 'a string of indefinite length');
    t.match((await ask(host, shellExecute, { argv: ['kernel', 'version'] })).output, /Zephyr version/);
  });
});

void t.test('the first bootloader queries', async (t) => {
  await onServer(t, { server: 'z3.5' }, async (host, t) => {
    t.same(await host.request('read', [0, 8]), { bootloader: 'MCUboot' });
    t.same(await host.request('read', [0, 8], { query: 'mode' }), { mode: 3 });
    t.same(await host.request('read', [0, 8], { query: 'size' }), { rc: 3 });
  });
  await onServer(t, { server: 'z3.7' }, async (host, t) => {
    t.same(await host.request('read', [0, 8], { query: 'size' }), { err: { group: 0, rc: 3 } });
  });
  await onServer(t, { server: 'z3.4' }, async (host, t) => void t.same(await host.request('read', [0, 8]), { rc: 8 }));
});

void t.test('Mynewt: groups of its own, packets at multiples of four', async (t) => {
  await onServer(t, { server: 'mynewt' }, async (host, t) => {
    t.same(await host.request('write', [0, 1], { echo: 0 }), { rc: 0 }, 'console echo');
    t.same(
      (await ask(host, osMemoryPools, undefined)).pools.map(({ name }) => name),
      ['msys_1'],
    );
    t.same(await ask(host, logList, undefined), { names: ['reboot_log'] });
    t.match((await ask(host, logModules, undefined)).modules, [{ name: 'DEFAULT', value: 0 }]);
    t.match((await ask(host, logLevels, undefined)).levels, [{ name: 'DEBUG', value: 0 }]);
    await host.reset();
    const { nextIndex, logs } = await ask(host, logShow, {});
    t.equal(nextIndex, 2);
    t.same(
      logs.map(({ name, entries }) => [name, entries.map(({ index, message }) => [index, Buffer.from(message).toString()])]),
      [
        [
          'reboot_log',
          [
            [0, 'boot'],
            [1, 'boot'],
          ],
        ],
      ],
    );
    t.same(
      (await ask(host, logShow, { log: 'reboot_log', index: 1 })).logs[0]?.entries.map(({ index }) => index),
      [1],
    );
    t.same(await host.request('read', [4, 0], { log_name: 'other' }), { rc: 5 });
    await ask(host, logClear, {});
    t.same((await ask(host, logShow, {})).logs[0]?.entries, []);
    t.same(await host.request('read', [10, 0]), { rc: 8 }, 'no enumeration');
    const padded = encodePacket({ op: 2, version: 0, flags: 0, group: 0, sequence: 1, command: 0 }, encodeCbor({ d: 'ab' }));
    const second = encodePacket({ op: 2, version: 0, flags: 0, group: 0, sequence: 2, command: 0 }, encodeCbor({ d: 'c' }));
    const answers = await host.sendAll(concatBytes([padded, new Uint8Array(2), second]));
    t.same(
      answers.map((answer) => answer[6]),
      [1, 2],
    );
  });
});
