import t from 'tap';
import { BootproofError } from '../../src/base/errors.ts';
import { sleep } from '../../src/base/clock.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { SmpRefusal } from '../../src/client/errors.ts';
import { Sequences } from '../../src/client/sequences.ts';
import { cborMap, type CborMap } from '../../src/smp/cbor.ts';
import { fsUpload } from '../../src/smp/groups/fs.ts';
import { imageErase, imageStateRead } from '../../src/smp/groups/image.ts';
import { osEcho, osInfo, osParameters, osReset } from '../../src/smp/groups/os.ts';
import type { SmpCommand } from '../../src/smp/message.ts';
import { encodeSerialFrame } from '../../src/smp/serial-frame.ts';
import { always, answer, withClient, type Request, type Server } from './bench.ts';

/** Answers an echo with what was sent, as the header's sequence tells. */
const echo: Server = (request, reply) => reply(answer(request, { r: `#${request.header.sequence}` }));
const ask = { text: 'hello' };
const serial = { kind: 'console', latencyMs: 1 } as const;

void t.test('requests and answers', async (t) => {
  await withClient(
    echo,
    async ({ client, observed, clock }) => {
      t.strictSame(await client.request(osEcho, ask), { text: '#254' });
      const many = await Promise.all([1, 2, 3].map(() => client.request(osEcho, ask)));
      t.strictSame(many, [{ text: '#255' }, { text: '#0' }, { text: '#1' }], 'several in flight, the sequence wraps');
      t.match(observed.slice(0, 2), [
        { direction: 'to-device', at: 0, fate: 'sent', header: { group: 0, sequence: 254, version: 1 } },
        { direction: 'from-device', at: 2, fate: 'answer', header: { op: 3, sequence: 254 } },
      ]);
      t.equal(clock.now(), 4);
    },
    { firstSequence: 254 },
  );
});

void t.test('console output and foreign frames on the same line', async (t) => {
  let text = '';
  const server: Server = (_request, reply) => {
    const sent = {
      header: { op: 2, version: 1, flags: 0, length: 0, group: 0, sequence: 0, command: 0 },
      packet: utf8(''),
      payload: utf8(''),
    };
    const frame = (packet: Uint8Array): Uint8Array => new Uint8Array(Buffer.concat(encodeSerialFrame(packet, { style: 'zephyr' })));
    reply(utf8('booting\n'));
    reply(frame(answer(sent, {}, { op: 2 })));
    reply(frame(answer(sent, { r: 'other' }, { sequence: 9 })));
    reply(frame(answer(sent, { r: 'right' })));
  };
  await withClient(
    server,
    async ({ client, observed }) => {
      t.strictSame(await client.request(osEcho, ask), { text: 'right' });
      t.equal(text, 'booting\n');
      t.strictSame(client.dropped, { late: 0, foreign: 2 }, 'an echo of the request and an answer that nobody asked for');
      t.strictSame(
        observed.map(({ fate }) => fate),
        ['sent', 'foreign', 'foreign', 'answer'],
      );
    },
    { link: serial, text: (bytes) => (text += Buffer.from(bytes).toString()) },
  );
});

void t.test('late and repeated answers are never taken for the next one', async (t) => {
  let count = 0;
  const slowFirst: Server = (request, reply) => {
    count += 1;
    reply(answer(request, { r: `answer ${count}` }), count === 1 ? 1500 : 600);
    if (count === 2) reply(answer(request, { r: 'again' }), 600);
  };
  await withClient(
    slowFirst,
    async ({ client, clock, observed }) => {
      await t.rejects(client.request(osEcho, ask, { timeoutMs: 1000 }), {
        code: 'smp-no-answer',
        fault: 'infra',
        message: /os echo.*memory.*1 s/,
      });
      t.equal(clock.now(), 1000);
      t.strictSame(await client.request(osEcho, ask, { timeoutMs: 1000 }), { text: 'answer 2' });
      await sleep(clock, 100, 'the duplicate');
      t.strictSame(client.dropped, { late: 1, foreign: 1 });
      t.strictSame(
        observed.filter(({ direction }) => direction === 'from-device').map(({ fate, header }) => `${fate} ${header?.sequence}`),
        ['late 0', 'answer 1', 'foreign 1'],
      );
    },
    { retries: 0, version: 2 },
  );
});

void t.test('a number whose answer may still come is left out', (t) => {
  const sequences = new Sequences(0);
  t.equal(sequences.take(), 0);
  sequences.owe(0, 2);
  sequences.release(0);
  const round = Array.from({ length: 255 }, () => sequences.take());
  t.strictSame([round[0], round.at(-1)], [1, 255]);
  round.forEach((sequence) => sequences.release(sequence));
  t.equal(sequences.take(), 1, '0 is left out');
  t.ok(sequences.answeredLate(0));
  t.ok(sequences.answeredLate(0));
  t.notOk(sequences.answeredLate(0));
  const all = new Sequences(5);
  for (let sequence = 0; sequence < 256; sequence += 1) {
    const taken = all.take();
    all.owe(taken, 1);
    all.release(taken);
  }
  t.equal(all.take(), 5, 'when all are owed, the oldest is used again');
  t.end();
});

void t.test('what is idempotent is repeated where packets get lost, the rest is not', async (t) => {
  const silent: Server = () => undefined;
  const cases = [
    { what: 'echo over datagrams', command: osEcho, request: ask, link: {}, sent: 4 },
    { what: 'echo over a reliable link', command: osEcho, request: ask, link: serial, sent: 2 },
    { what: 'reset', command: osReset, request: {}, link: {}, sent: 1 },
    { what: 'file upload', command: fsUpload, request: { name: 'a', offset: 0, data: utf8('a') }, link: {}, sent: 1 },
    { what: 'erase, five times', command: imageErase, request: {}, link: serial, sent: 5, retries: 4 },
  ] as const;
  for (const { what, command, request, link, sent, ...rest } of cases) {
    await withClient(
      silent,
      async ({ client, observed, clock }) => {
        const asked = client.request(command as SmpCommand<unknown, unknown>, request, { timeoutMs: 4000, ...rest });
        await t.rejects(asked, { code: 'smp-no-answer' }, what);
        t.equal(observed.length, sent, what);
        t.equal(new Set(observed.map(({ header }) => header?.sequence)).size, 1, 'all under one number');
        t.equal(clock.now(), 4000, 'the time limit holds for all of them');
      },
      { link, version: 2 },
    );
  }
  let count = 0;
  const third: Server = (request, reply) => {
    count += 1;
    if (count === 3) echo(request, reply);
  };
  await withClient(third, async ({ client, clock }) => {
    t.strictSame(await client.request(osEcho, ask, { timeoutMs: 4000 }), { text: '#0' });
    t.equal(clock.now(), 2002);
  });
});

void t.test('refusals and malformed answers', async (t) => {
  const cases: readonly (readonly [payload: CborMap | object, expected: object])[] = [
    [
      { err: { group: 1, rc: 9 } },
      {
        code: 'smp-refused',
        fault: 'product',
        message: /NO_FREE_SLOT \(9\)/,
        hint: /reset first/,
        failure: { group: 1, code: 9, name: 'NO_FREE_SLOT' },
      },
    ],
    [{ rc: 6, rsn: 'no slot' }, { failure: { group: undefined, code: 6, name: 'EBADSTATE', reason: 'no slot' } }],
    [{ ret: { group: 1, rc: 8 } }, { failure: { name: 'HASH_NOT_FOUND' } }],
    [{ err: { group: 66, rc: 70 } }, { message: /group 66: 70/, failure: { group: 66, code: 70, name: undefined }, hint: undefined }],
    [{ err: { group: 8, rc: 11 }, len: 3 }, { payload: { entries: [['err'], ['len', 3]] } }],
    [{ images: 1 }, { name: 'SmpDecodeError', fault: 'product', code: 'smp-malformed' }],
    [cborMap([]), { name: 'SmpDecodeError' }],
  ];
  for (const [payload, expected] of cases) {
    await withClient(always(payload as CborMap), async ({ client }) => {
      const thrown: unknown = await client.request(imageStateRead, undefined).catch((error: unknown) => error);
      t.ok(thrown instanceof BootproofError);
      t.match(thrown, expected, (thrown as BootproofError).message);
    });
  }
  await withClient(
    (request, reply) => reply(answer(request, {}).subarray(0, 9)),
    async ({ client }) => {
      await t.rejects(client.request(osInfo, {}), { name: 'SmpDecodeError', message: /shorter than the 2 bytes/ });
    },
  );
  t.ok(new SmpRefusal('x', { failure: { group: 1, code: 9, name: 'NO_FREE_SLOT', reason: undefined }, payload: cborMap([]) }).hint);
});

void t.test('the end of the link and of patience', async (t) => {
  const silent: Server = () => undefined;
  await withClient(silent, async ({ client, losses, unplug, clock }) => {
    const pending = [client.request(osEcho, ask), client.request(osReset, {}), client.requestRaw(utf8('x'), { expect: 'answer' })];
    clock.arm(10, 'pulling the plug', unplug);
    for (const request of pending) await t.rejects<unknown>(request, { code: 'port-vanished', fault: 'infra' });
    t.equal(clock.now(), 10);
    await t.rejects(client.request(osEcho, ask), { code: 'port-vanished' }, 'and nothing is sent any more');
    t.match(losses, [{ code: 'port-vanished' }]);
  });
  await withClient(silent, async ({ client }) => {
    const pending = client.request(osEcho, ask);
    await client.close();
    await t.rejects(pending, { code: 'client-closed', fault: 'infra' });
  });
  await withClient(silent, async ({ client, clock }) => {
    const controller = new AbortController();
    const reason = new BootproofError('stopped', { fault: 'cancelled', code: 'cancelled' });
    clock.arm(7, 'cancel', () => controller.abort(reason));
    await t.rejects(client.request(osEcho, ask, { signal: controller.signal }), reason);
    t.equal(clock.now(), 7);
    await t.rejects(client.request(osEcho, ask, { signal: controller.signal }), reason);
    await t.rejects(client.request(osEcho, { text: 'x'.repeat(70_000) }), /65535/, 'a request that cannot be');
    const others = Promise.allSettled(Array.from({ length: 64 }, () => client.request(osReset, {}, { timeoutMs: 50 })));
    await t.rejects(client.request(osReset, {}), /64 requests/);
    t.equal((await others).length, 64);
  });
});

void t.test('raw requests', async (t) => {
  const hello = Uint8Array.from([0x1a, 0, 0, 1, 0, 0, 77, 0, 0xa0]);
  await withClient(echo, async ({ client, observed }) => {
    const packet = await client.requestRaw(hello, { expect: 'answer' });
    t.equal(Buffer.from(packet!).subarray(8).toString('latin1'), '\xbfar' + 'c#77' + '\xff');
    t.strictSame(observed[0]?.packet, hello, 'the bytes go out as they are');
    await t.rejects(client.requestRaw(hello, { expect: 'silence', timeoutMs: 100 }), { code: 'smp-unexpected-answer', fault: 'product' });
    t.ok(await client.requestRaw(hello.subarray(0, 3), { expect: 'answer' }), 'any packet answers what has no header');
  });
  const late: Server = (request, reply) => reply(answer(request, { r: 'late' }), 150);
  await withClient(
    late,
    async ({ client, clock }) => {
      t.equal(await client.requestRaw(hello, { expect: 'silence', timeoutMs: 100 }), undefined);
      t.equal(clock.now(), 100);
      await t.rejects(client.requestRaw(hello, { expect: 'answer', timeoutMs: 20 }), { code: 'smp-no-answer' });
      await sleep(clock, 300, 'the late answers');
      t.equal(client.dropped.late, 1);
    },
    { firstSequence: 77 },
  );
});

void t.test('versions', async (t) => {
  const version = (request: Request): number => request.header.version;
  const spoken = async (server: Server, requests: number, options = {}): Promise<number[]> => {
    const versions: number[] = [];
    await withClient(
      (request, reply) => {
        versions.push(version(request));
        server(request, reply);
      },
      async ({ client }) => {
        for (let left = requests; left > 0; left -= 1)
          await client.request(osParameters, undefined, { timeoutMs: 2000 }).catch(() => undefined);
      },
      options,
    );
    return versions;
  };
  const params = { buf_size: 384, buf_count: 4 };
  t.strictSame(await spoken(always(params), 3), [1, 1, 1], 'a server that answers in version 2');
  const old: Server = (request, reply) => reply(answer(request, params, { version: 0 }));
  t.strictSame(await spoken(old, 3), [1, 1, 1], 'an old server ignores the version');
  t.strictSame(await spoken(old, 2, { version: 1 }), [0, 0], 'version 1 on demand');
  const deaf: Server = (request, reply) => {
    if (version(request) === 0) old(request, reply);
  };
  t.strictSame(await spoken(deaf, 4), [1, 0, 1, 0, 0, 0], 'a server that does not hear version 2');
  t.strictSame(await spoken(deaf, 1, { version: 2, retries: 1 }), [1, 1], 'version 2 on demand');
  let up = false;
  const booting: Server = (request, reply) => {
    if (up) always(params)(request, reply);
    up = true;
  };
  t.strictSame(await spoken(booting, 3), [1, 0, 1, 1], 'a board that was still booting is no deaf server');
  const tooNew: Server = (request, reply) => reply(answer(request, version(request) === 1 ? { rc: 13 } : params));
  t.strictSame(await spoken(tooNew, 2), [1, 0, 0], 'a server that refuses version 2');
  const tooOld: Server = (request, reply) => reply(answer(request, version(request) === 0 ? { rc: 12 } : params));
  t.strictSame(await spoken(tooOld, 1, { version: 1 }), [0], 'what was demanded stays');
  t.strictSame(
    await spoken((request, reply) => reply(answer(request, { rc: 13 })), 1, { link: {} }),
    [1, 0],
    'and nobody is asked for ever',
  );
  const neither: Server = (request, reply) => reply(answer(request, version(request) === 1 ? { rc: 13 } : { rc: 12 }));
  t.strictSame(await spoken(neither, 1, { link: {} }), [1, 0], 'not even by a server that refuses both versions');
});
