import t from 'tap';
import fc from 'fast-check';
import { equalBytes } from '../../src/base/bytes.ts';
import { BootproofError } from '../../src/base/errors.ts';
import { createRng } from '../../src/base/rng.ts';
import { requestLimits } from '../../src/client/buffers.ts';
import { chunkAt } from '../../src/client/upload-chunks.ts';
import type { UploadResult } from '../../src/client/upload-tally.ts';
import { uploadImage, type UploadOptions } from '../../src/client/upload.ts';
import { imageUpload } from '../../src/smp/groups/image.ts';
import { encodeRequest } from '../../src/smp/message.ts';
import { always, answer, withClient, type Bench, type Server } from './bench.ts';
import { badNetwork, sha256, UploadServer, type Fates, type ServerProfile } from './upload-server.ts';

const image = createRng(1).bytes(10_000);

interface Outcome {
  readonly result: UploadResult;
  readonly server: UploadServer;
  readonly bench: Bench;
}

/** Uploads `image` to a server of the given profile; `prepare` puts it into a state of its own before. */
async function upload(
  options: UploadOptions,
  profile: ServerProfile = { bufferSize: 384 },
  {
    network = [],
    prepare,
    link = {},
  }: { network?: readonly Fates[]; prepare?: (server: UploadServer) => void; link?: { bytesPerSecond?: number } } = {},
): Promise<Outcome> {
  const server = new UploadServer(profile);
  prepare?.(server);
  let outcome: Outcome | undefined;
  let bench: Bench | undefined;
  let serve: Server | undefined;
  await withClient(
    (request, reply) => {
      const { clock } = bench!;
      serve ??= badNetwork(
        server.serve(() => clock.now()),
        network,
        (ms, fire) => void clock.arm(ms, 'a bad network', fire),
      );
      serve(request, reply);
    },
    async (made) => {
      bench = made;
      outcome = { result: await uploadImage(made.client, image, options), server, bench: made };
    },
    { link },
  );
  return outcome!;
}

/** A first chunk that the network delivers once more may start another upload, which no client can prevent. */
const intact = ({ server }: Outcome): boolean => server.complete !== undefined && equalBytes(server.complete, image);

void t.test('a plain upload', async (t) => {
  const steps: number[] = [];
  const outcome = await upload({ progress: (offset) => steps.push(offset), window: 1 }, { bufferSize: 384, checks: true });
  const { result, server } = outcome;
  t.ok(intact(outcome));
  t.match(result, { bytes: 10_000, offset: 10_000, retransmitted: 0, match: true });
  const packets = server.requests.map(({ packet }) => packet);
  t.equal(Math.max(...packets), 384, 'datagrams fill the buffer');
  t.ok(
    packets.slice(1, -1).every((packet) => packet >= 383),
    'each packet is as full as it can be',
  );
  t.equal(result.efficiency, 10_000 / packets.reduce((sum, packet) => sum + packet, 0));
  t.equal(result.seconds, (server.requests.length * 2) / 1000);
  t.equal(result.rate, 10_000 / result.seconds);
  t.strictSame(server.requests[0]?.keys, ['len', 'off', 'sha', 'data']);
  t.strictSame(server.requests[1]?.keys, ['off', 'data']);
  t.strictSame(
    steps.slice(0, 2),
    server.requests.slice(1, 3).map(({ off }) => off),
  );
  t.equal(steps.at(-1), 10_000);
});

void t.test('options', async (t) => {
  const plain = await upload({ sha: false, image: 1, upgrade: true, chunk: 100 }, { checks: true });
  t.ok(intact(plain));
  t.strictSame(plain.server.requests[0]?.keys, ['image', 'len', 'off', 'data', 'upgrade']);
  t.strictSame(plain.server.requests[1]?.keys, ['image', 'off', 'data']);
  t.ok(plain.server.requests.every(({ length }) => length <= 100));
  t.equal(plain.result.match, false, 'a server that checks has nothing to compare with');

  const stopped = await upload({ stopAt: { fraction: 0.4 } });
  t.match(stopped.result, { bytes: 4000, offset: 4000 });
  t.equal(stopped.server.flash.length, 4000);
  t.equal((await upload({ stopAt: { bytes: 0 } })).result.offset, 32, 'less than the header is no upload');
  t.equal((await upload({ stopAt: { bytes: 1e9 } })).result.offset, 10_000);

  const slow = await upload({ rate: 2000 });
  t.ok(Math.abs(slow.result.rate - 2000) < 80, `${slow.result.rate} B/s`);
  t.equal((await upload({ rate: 0 })).result.seconds < 0.1, true);

  const controller = new AbortController();
  const reason = new BootproofError('stopped', { fault: 'cancelled', code: 'cancelled' });
  for (const window of [1, 4]) {
    const progress = (offset: number): void => {
      if (offset > 5000) controller.abort(reason);
    };
    await t.rejects(upload({ signal: controller.signal, progress, window }), reason, `cancelled with a window of ${window}`);
  }
});

void t.test('sizes of requests', async (t) => {
  type Kind = 'raw' | 'datagram';
  const limits: readonly (readonly [what: string, kind: Kind, answer: object, limits: object])[] = [
    ['datagrams', 'datagram', { buf_size: 384, buf_count: 4 }, { packetMax: 384, dataMax: Infinity, inFlightMax: 3 }],
    ['datagrams beyond the MTU', 'datagram', { buf_size: 2048, buf_count: 2 }, { packetMax: 1472, dataMax: Infinity, inFlightMax: 1 }],
    ['datagrams, nothing announced', 'datagram', { rc: 8 }, { packetMax: 1024, dataMax: 512, inFlightMax: 1 }],
    ['a stream', 'raw', { buf_size: 1024, buf_count: 1 }, { packetMax: 1020, dataMax: Infinity, inFlightMax: 1 }],
    ['a stream, nothing announced', 'raw', { rc: 8 }, { packetMax: 380, dataMax: 512, inFlightMax: 1 }],
  ];
  for (const [what, kind, payload, expected] of limits) {
    const work = async ({ client }: Bench): Promise<void> => void t.strictSame(await requestLimits(client), expected, what);
    await withClient(always({ ...payload }), work, { link: { kind } });
  }
  await withClient(
    () => undefined,
    async ({ client }) => {
      await t.rejects(requestLimits(client), { code: 'smp-no-answer' }, 'silence is no answer');
    },
  );

  const sha = sha256(image);
  for (let packetMax = 60; packetMax < 1500; packetMax += 1) {
    for (const offset of [0, 20, 30, 300, 9000]) {
      const options = { image, first: { image: 1, sha, upgrade: true }, end: image.length, packetMax, dataMax: Infinity };
      const request = chunkAt(offset, options);
      const size = encodeRequest(imageUpload, request, { version: 1, sequence: 0 }).length;
      const spare = packetMax - size;
      const filled =
        request.data.length === image.length - offset || spare === 0 || (spare <= 2 && [23, 255].includes(request.data.length));
      const fits = size <= packetMax && filled && (offset > 0 || request.data.length >= Math.min(32, packetMax - 55));
      if (!fits) t.fail(`packets of ${packetMax} at ${offset}`, { size, data: request.data.length });
    }
  }
  const tiny = { image, first: { sha }, end: image.length, packetMax: 92, dataMax: Infinity };
  t.equal(chunkAt(0, tiny).sha, undefined, 'a hash that leaves no room for the header stays out');
  t.throws(() => chunkAt(0, { ...tiny, packetMax: 25 }), { code: 'buffer-too-small', fault: 'input' });
});

void t.test('an upload that broke off is resumed', async (t) => {
  const begun = { prepare: (server: UploadServer) => server.begin(image, 4321) };
  const resumed = await upload({}, { bufferSize: 384, checks: true }, begun);
  t.ok(intact(resumed));
  t.match(resumed.result, { bytes: 10_000 - 4321, offset: 10_000, match: true });
  t.equal(resumed.server.requests[1]?.off, 4321);
  t.equal(resumed.server.starts, 0);
  const anew = await upload({ resume: false }, { bufferSize: 384 }, begun);
  t.ok(intact(anew));
  t.equal(anew.server.starts, 1);
  t.equal(anew.result.bytes, 10_000);
  const there = await upload({}, { bufferSize: 384, tamper: () => ({ off: 10_000, match: true }) });
  t.match(there.result, { bytes: 0, offset: 10_000, match: true }, 'the server has the image already');
});

void t.test('the device leads', async (t) => {
  const aligned = await upload({}, { bufferSize: 384, align: 8 });
  t.ok(intact(aligned), 'a server that takes less than it is sent');
  t.ok(aligned.result.retransmitted > 0 && aligned.result.retransmitted < 8 * 30);

  const reset = await upload(
    {},
    {
      bufferSize: 384,
      tamper: (count, reply, server) => {
        if (count === 9) server.reset();
        return reply;
      },
    },
  );
  t.ok(intact(reset), 'a server that was reset in the middle');
  t.equal(reset.server.starts, 2);
  t.match(reset.result, { bytes: 10_000, offset: 10_000 });
  t.ok(reset.result.retransmitted > 2500);

  const stuck = { code: 'upload-stuck', fault: 'product' };
  await t.rejects(upload({}, { bufferSize: 384, tamper: () => ({ off: 0 }) }), stuck, 'always back to the start');
  await t.rejects(upload({}, { bufferSize: 384, tamper: () => ({ off: 10_001 }) }), { ...stuck, message: /byte 10001/ });
  let off = 0;
  await t.rejects(
    upload({}, { bufferSize: 384, tamper: () => ({ off: (off += 1) }) }),
    { ...stuck, message: /many times over/ },
    'a byte at a time',
  );
  const two = { bufferSize: 384, tamper: (count: number) => ({ off: count % 2 === 0 ? 400 : 3000 }) };
  await t.rejects(upload({}, two), stuck, 'to and fro');
  await t.rejects(upload({}, { bufferSize: 384, tamper: (count, reply) => (count === 5 ? { err: { group: 1, rc: 12 } } : reply) }), {
    code: 'smp-refused',
    message: /FLASH_WRITE_FAILED/,
  });
  await t.rejects(upload({}, { bufferSize: 384, tamper: (count, reply) => (count > 5 ? undefined : reply) }), { code: 'smp-no-answer' });
});

void t.test('time limits', async (t) => {
  const slow = await upload({}, { bufferSize: 384, eraseMs: 55_000 });
  t.ok(intact(slow), 'an erase of 55 s');
  t.equal(slow.server.starts, 1, 'the repeated first chunk does not erase again');
  await t.rejects(upload({ firstChunkMs: 10_000 }, { bufferSize: 384, eraseMs: 20_000 }), { code: 'smp-no-answer', message: /10 s/ });
});

void t.test('a lost last answer', async (t) => {
  const last = (drop: number): ServerProfile => {
    let left = drop;
    return { bufferSize: 384, tamper: (_count, reply, server) => (server.flash.length === image.length && left-- > 0 ? undefined : reply) };
  };
  const known = await upload({ hash: sha256(image) }, last(1));
  t.ok(intact(known));
  t.equal(known.server.starts, 1, 'the image list tells that all is there');
  t.equal(known.result.offset, 10_000);
  const unknown = await upload({}, last(1));
  t.ok(intact(unknown));
  t.equal(unknown.server.starts, 2, 'without its hash nobody can tell, and it is sent again');
});

void t.test('a window', async (t) => {
  const network = Array.from({ length: 50 }, (): Fates => [20]);
  const [one, four] = [
    await upload({ window: 1 }, { bufferSize: 384 }, { network }),
    await upload({ window: 4 }, { bufferSize: 384 }, { network }),
  ];
  t.ok(intact(one) && intact(four));
  t.ok(four.result.seconds < one.result.seconds / 2.5, `${one.result.seconds} s, with four in flight ${four.result.seconds} s`);
  t.equal(four.result.retransmitted, 0);

  const lossy = network.map((fate, index): Fates => (index === 17 ? [] : fate));
  const lost = await upload({ window: 4 }, { bufferSize: 384 }, { network: lossy });
  t.ok(intact(lost), 'a lost request rewinds');
  t.ok(lost.result.retransmitted > 0 && lost.result.retransmitted < 4 * 400 * 4);
  t.ok(lost.result.seconds < 1, 'at once, not when its time is over');
  const swapped = await upload({ window: 4 }, { bufferSize: 384 }, { network: [[20], [0], [10]] });
  t.ok(intact(swapped), 'a network that overtakes itself all the time');
});

void t.test('any network: the upload is complete, or a typed error says why not', async (t) => {
  const fates = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fates>([0]) },
    { weight: 1, arbitrary: fc.constant<Fates>([]) },
    { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 2 }) },
  );
  const seen = { complete: 0, failed: new Map<string, number>() };
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        network: fc.array(fates, { minLength: 1, maxLength: 40 }),
        window: fc.integer({ min: 1, max: 6 }),
        sha: fc.boolean(),
        align: fc.constantFrom(1, 4),
        known: fc.boolean(),
        start: fc.option(fc.integer({ min: 32, max: 9999 })),
      }),
      async ({ network, window, sha, align, known, start }) => {
        const options = { window, sha, hash: known ? sha256(image) : undefined };
        const prepare = (server: UploadServer): void => (start === null ? undefined : server.begin(image, start));
        try {
          const outcome = await upload(options, { bufferSize: 600, align, checks: sha }, { network, prepare });
          seen.complete += 1;
          return (
            intact(outcome) &&
            outcome.result.offset === image.length &&
            outcome.result.bytes <= image.length &&
            outcome.result.efficiency <= 1
          );
        } catch (thrown) {
          if (!(thrown instanceof BootproofError) || thrown.code === 'deadlock') throw thrown;
          seen.failed.set(thrown.code, 1 + (seen.failed.get(thrown.code) ?? 0));
          return true;
        }
      },
    ),
    {
      numRuns: 200,
      // The last answer comes when the server has forgotten the upload, has said so, and has begun it once more.
      examples: [[{ network: [[0], [0], [0], [0], [2501], [0], [447, 454]], window: 3, sha: true, align: 1, known: false, start: 5968 }]],
    },
  );
  t.ok(seen.complete > 120, `${seen.complete} complete, ${JSON.stringify([...seen.failed])}`);
  t.strictSame(
    [...seen.failed.keys()].filter((code) => !['smp-no-answer', 'upload-stuck'].includes(code)),
    [],
  );
});

void t.test('the server is a server', async (t) => {
  await withClient(
    (request, reply) => reply(answer(request, { rc: 8 })),
    async ({ client }) => {
      await t.rejects(uploadImage(client, image), { code: 'smp-refused', message: /ENOTSUP/ }, 'no image group');
      await t.rejects(uploadImage(client, new Uint8Array()), /not empty/);
    },
  );
});
