/** How the client finds out what a server holds: the window, packet sizes that arrive, lines that must be paced. */

import t from 'tap';
import { fromHex } from '../../src/base/bytes.ts';
import { sleep, type Clock } from '../../src/base/clock.ts';
import { AnswerTimes } from '../../src/client/answer-times.ts';
import { requestLimits } from '../../src/client/buffers.ts';
import type { SmpClient } from '../../src/client/client.ts';
import { SendWindow } from '../../src/client/send-window.ts';
import { uploadImage, type UploadOptions } from '../../src/client/upload.ts';
import type { UploadResult } from '../../src/client/upload-tally.ts';
import { withSimLink, type SimLink, type SimLinkOptions } from '../helpers/sim-link.ts';
import { testImage, testProfile } from '../sim/host.ts';
import { answer, withClient, type Server } from './bench.ts';
import { sha256, UploadServer } from './upload-server.ts';

const image = testImage('2.0.0', { size: 40_000 });

interface Uploaded extends SimLink {
  readonly result: UploadResult;
}

/** Uploads an image; `before` changes the link when the client is there. */
async function upload(link: SimLinkOptions, options: UploadOptions = {}, before?: (link: SimLink) => void): Promise<Uploaded> {
  return withSimLink(link, async (opened) => {
    const client = await opened.connect();
    before?.(opened);
    const result = await uploadImage(client, image.bytes, { hash: fromHex(image.hash), ...options });
    await client.close();
    return { ...opened, result };
  });
}

void t.test('a window grows with answers, falls to one, and comes back carefully', (t) => {
  const window = new SendWindow({ start: 1, max: 5 });
  const places: number[] = [];
  for (let answer = 0; answer < 6; answer += 1) {
    window.answered();
    places.push(window.places);
  }
  t.strictSame(places, [2, 3, 4, 5, 5, 5]);
  window.lost();
  t.equal(window.places, 1);
  for (let answer = 0; answer < 20; answer += 1) window.answered();
  t.equal(window.places, 4, 'one less than what was too much');
  for (let answer = 0; answer < 150; answer += 1) window.answered();
  t.equal(window.places, 5, 'after a while the last place is tried again');
  const tries = { count: 0 };
  for (let answer = 0; answer < 5000; answer += 1) {
    window.answered();
    if (window.places < 5) continue;
    tries.count += 1;
    window.lost();
  }
  t.ok(tries.count < 10, `a server that never takes five is tried ${tries.count} times in 5000 answers`);
  t.end();
});

void t.test('patience follows the answers', (t) => {
  const times = new AnswerTimes({ initialMs: 2500, leastMs: 100, mostMs: 5000 });
  t.equal(times.patienceMs, 2500);
  for (let count = 0; count < 50; count += 1) times.sample(40);
  t.equal(times.patienceMs, 100);
  for (let count = 0; count < 50; count += 1) times.sample(count % 2 === 0 ? 300 : 500);
  t.ok(times.patienceMs > 500 && times.patienceMs < 1200, `${times.patienceMs} ms`);
  for (let count = 0; count < 50; count += 1) times.sample(60_000);
  t.equal(times.patienceMs, 5000);
  t.end();
});

/** A server that works on each request for 20 ms and loses those that come when it holds `holds` already. */
class SmallServer {
  readonly #holds: number;
  readonly server = new UploadServer({ bufferSize: 384 });
  most = 0;
  #held = 0;
  #freeAt = 0;

  constructor(holds: number) {
    this.#holds = holds;
  }

  serve(clock: Clock): Server {
    const now = (): number => clock.now();
    const inner = this.server.serve(now);
    return (request, reply) => {
      if (request.header.group === 0) return reply(answer(request, { buf_size: 384, buf_count: 8 }));
      this.most = Math.max(this.most, this.#held + 1);
      if (this.#held === this.#holds) return;
      this.#held += 1;
      this.#freeAt = Math.max(this.#freeAt, now()) + 20;
      inner(request, (packet) => reply(packet, this.#freeAt - now()));
      clock.arm(this.#freeAt - now(), 'the small server works', () => (this.#held -= 1));
    };
  }
}

void t.test('a server that holds less than it announces is not flooded for long', async (t) => {
  const data = image.bytes.subarray(0, 30_000);
  for (const holds of [1, 2, 3]) {
    const small = new SmallServer(holds);
    let serve: Server = () => undefined;
    await withClient(
      (request, reply) => serve(request, reply),
      async ({ client, clock }) => {
        serve = small.serve(clock);
        const { retransmitted, seconds } = await uploadImage(client, data, { hash: sha256(data) });
        t.strictSame(small.server.complete, data);
        t.ok(small.most <= holds + 1, `${small.most} in flight at most`);
        t.ok(retransmitted < 16 * 360, `a server that holds ${holds}: ${retransmitted} bytes sent again`);
        t.ok(seconds < (data.length / 340) * 0.02 * 1.5, `${seconds} s`);
      },
    );
  }
});

void t.test('servers that hang for good when too much waits are never given that much', async (t) => {
  // Zephyr's serial server with four buffers answers three at once, and hangs at five (real-servers.md 4.2).
  const profile = testProfile({ overrides: { buffers: { size: 384, count: 4 } } });
  for (const shape of [{}, { loss: 0.02 }, { duplicate: 0.05 }]) {
    const { observed, result } = await upload({ profile, port: 'serial', bytesPerSecond: 100_000 }, {}, ({ shaper }) =>
      shaper.shape(shape, 'from-device'),
    );
    let waiting = 0;
    let most = 0;
    for (const { direction, fate } of observed) {
      if (direction === 'to-device') waiting += 1;
      else if (fate !== 'foreign') waiting -= 1;
      most = Math.max(most, waiting);
    }
    t.equal(result.offset, image.bytes.length);
    if (shape.loss === undefined) t.ok(most <= 3, `${most} requests without an answer at most`);
  }
});

void t.test('the server answers that it has no buffer: the upload goes on with fewer requests at a time', async (t) => {
  const profile = testProfile({ overrides: { buffers: { size: 384, count: 2 } } });
  const { result } = await upload({ profile, port: 'datagram', latencyMs: 2 }, { window: 6 });
  t.equal(result.offset, image.bytes.length);
});

/** A server of a port that hears nothing from `at` for `forMs`. */
function deafFor(server: Server, { clock, at, forMs }: { readonly clock: Clock; readonly at: number; readonly forMs: number }): Server {
  return (request, reply) => {
    const ms = clock.now() - at;
    if (ms < 0 || ms > forMs) server(request, reply);
  };
}

void t.test(
  'a whole window that stays silent is waited for once, so there is time to send its first request again and again',
  async (t) => {
    const data = image.bytes.subarray(0, 30_000);
    for (const window of [1, 4, 16]) {
      const server = new UploadServer({ bufferSize: 384 });
      let serve: Server = () => undefined;
      await withClient(
        (request, reply) => serve(request, reply),
        async ({ client, clock }) => {
          serve = deafFor(
            server.serve(() => clock.now()),
            { clock, at: clock.now() + 50, forMs: 3000 },
          );
          const { seconds } = await uploadImage(client, data, { hash: sha256(data), window });
          t.strictSame(server.complete, data);
          t.ok(seconds < 8, `a window of ${window}: ${seconds} s`);
        },
        { link: { kind: 'raw', latencyMs: 5 } },
      );
    }
  },
);

void t.test('a link that stalls for less than the time limit of a chunk costs the stall, and no more', async (t) => {
  for (const port of ['serial', 'datagram'] as const) {
    for (const count of [2, 4, 8]) {
      for (const stallMs of [1500, 3000, 7000, 9000]) {
        const profile = testProfile({ overrides: { buffers: { size: 384, count } } });
        const { result } = await upload(
          { profile, port, latencyMs: 5 },
          {},
          ({ clock, shaper }) => void clock.arm(300, 'a stall', () => shaper.stall(stallMs)),
        );
        t.equal(result.offset, image.bytes.length);
        t.ok(result.seconds < stallMs / 1000 + 4, `${port}, ${count} buffers, ${stallMs} ms: ${result.seconds} s`);
      }
    }
  }
});

void t.test('a console with few line buffers is paced, and says so', async (t) => {
  const profile = testProfile({ overrides: { buffers: { size: 384, count: 4 }, lines: { max: 128, burst: 2 } } });
  const { result, notes, observed } = await upload({ profile, port: 'serial' });
  t.equal(result.offset, image.bytes.length);
  t.equal(result.retransmitted, 0);
  t.match(notes, [/380 bytes got no answer; its lines are sent 15 ms apart/]);
  const chunks = observed.filter(({ direction, header }) => direction === 'to-device' && header?.group === 1);
  t.equal(Math.max(...chunks.map(({ packet }) => packet.length)), 380, 'packets stay as large as they were');
});

void t.test('a server that takes less than it announces gets nearly what it takes', async (t) => {
  for (const takes of [100, 200, 600, 1100, 1400]) {
    await withSimLink(
      { profile: testProfile({ overrides: { buffers: { size: 2048, count: 2 } } }), port: 'datagram' },
      async ({ connect, shaper }) => {
        const client = await connect();
        shaper.shape({ packetMax: takes }, 'to-device');
        const limits = await requestLimits(client);
        t.ok(limits.packetMax <= takes && limits.packetMax > takes * 0.88, `${limits.packetMax} of ${takes} bytes`);
        await client.close();
      },
    );
  }
});

void t.test('a link whose limit falls under way', async (t) => {
  const profile = testProfile({ overrides: { buffers: { size: 1024, count: 2 } } });
  const { result, observed } = await upload(
    { profile, port: 'datagram', latencyMs: 1 },
    {
      progress: () => undefined,
    },
    ({ clock, shaper }) => void clock.arm(400, 'a smaller MTU', () => shaper.shape({ packetMax: 200 }, 'to-device')),
  );
  t.equal(result.offset, image.bytes.length);
  t.equal(observed.filter(({ direction }) => direction === 'to-device').at(-2)!.packet.length <= 200, true);
});

void t.test('a lossy link loses time, never data', async (t) => {
  for (const port of ['serial', 'serial-raw', 'shell', 'datagram'] as const) {
    for (const shape of [{ loss: 0.01 }, { duplicate: 0.05 }, { reorder: 0.05 }, { loss: 0.05, duplicate: 0.05, reorder: 0.05 }]) {
      const { result } = await upload({ profile: testProfile(), port, latencyMs: 2 }, {}, ({ shaper }) => shaper.shape(shape));
      t.equal(result.offset, image.bytes.length, `${port} with ${JSON.stringify(shape)}`);
      t.ok(result.seconds < 120, `${result.seconds} s`);
    }
  }
});

void t.test('a link that breaks under way is opened again, and the upload goes on where the server stands', async (t) => {
  const link: SimLinkOptions = { profile: testProfile(), port: 'datagram', latencyMs: 10 };
  const broken = await withSimLink(link, async ({ connect, shaper, clock }) => {
    const client = await connect();
    const reconnect = async (): Promise<SmpClient> => {
      await sleep(clock, 2500, 'the board enumerates');
      return connect();
    };
    const drops = [0.3, 0.6];
    const progress = (offset: number, total: number): void => {
      if (offset / total < (drops[0] ?? 2)) return;
      drops.shift();
      shaper.drop(2000);
    };
    const result = await uploadImage(client, image.bytes, { hash: fromHex(image.hash), reconnect, progress });
    await t.rejects(uploadImage(client, image.bytes), { code: 'link-dropped', fault: 'infra' }, 'without it the upload ends');
    return result;
  });
  t.match(broken, { bytes: image.bytes.length, offset: image.bytes.length, reconnects: 2 });
  t.ok(broken.retransmitted < 20_000, `${broken.retransmitted} bytes sent again`);
});
