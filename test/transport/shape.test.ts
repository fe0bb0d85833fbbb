/** Links that behave badly on purpose, in virtual time: each trait, each event, and the promise that a seed repeats them. */

import t from 'tap';
import { utf8 } from '../../src/base/bytes.ts';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { sleep, type Clock } from '../../src/base/clock.ts';
import { createRng } from '../../src/base/rng.ts';
import { openMemoryTransport, type DeviceLine } from '../../src/transport/memory.ts';
import { createLinkShaper, type LinkShaper, type OpenLink } from '../../src/transport/shape.ts';
import { failureOf, recordEvents, requestOp, responseOp, smpPacket, type Recorder } from './support.ts';

interface Lab {
  readonly clock: Clock;
  readonly shaper: LinkShaper;
  readonly events: Recorder;
  readonly open: OpenLink;
  readonly line: () => DeviceLine;
  /** Sequence numbers of what the board received, each with its instant. */
  readonly received: (readonly [number, number])[];
  /** When each packet from the board arrived. */
  readonly arrivals: number[];
}

async function withShaper(work: (lab: Lab) => Promise<void>, seed = 1): Promise<void> {
  const clock = createVirtualClock();
  const shaper = createLinkShaper({ clock, rng: createRng(seed) });
  const recorder = recordEvents();
  const received: Lab['received'] = [];
  const arrivals: number[] = [];
  const events = {
    ...recorder,
    packet: (packet: Uint8Array): void => {
      arrivals.push(clock.now());
      recorder.packet(packet);
    },
  };
  let line: DeviceLine | undefined;
  const open = shaper.wrap((below) =>
    openMemoryTransport(
      {
        name: 'sim:board',
        kind: 'raw',
        clock,
        connect: (opened) => {
          line = opened;
          return { receive: (bytes) => received.push([bytes[6]!, clock.now()]), close: () => undefined };
        },
      },
      below,
    ),
  );
  await clock.drive(work({ clock, shaper, events, open, received, arrivals, line: () => line! }));
}

const request = (sequence: number, size = 100): Uint8Array => {
  const packet = smpPacket(requestOp, 1, size - 8);
  packet[6] = sequence;
  return packet;
};
const response = (size = 100): Uint8Array => smpPacket(responseOp, 1, size - 8);
const settle = (clock: Clock, ms = 10_000): Promise<void> => sleep(clock, ms, 'everything to arrive');
const sequences = (received: Lab['received']): number[] => received.map(([sequence]) => sequence);

t.test('a healthy shape changes nothing and takes no time', async (t) => {
  await withShaper(async ({ open, events, line, received, clock, arrivals }) => {
    const link = await open(events);
    t.equal(link.name, 'sim:board');
    await link.send(request(1));
    line().output(response());
    await sleep(clock, 0, 'a turn');
    t.same(received, [[1, 0]]);
    t.same(arrivals, [0]);
    await link.close();
  });
});

t.test('rate and latency: 100 bytes at 1000 B/s and 5 ms take 105 ms, one behind the other', async (t) => {
  await withShaper(async ({ open, events, shaper, line, received, clock, arrivals }) => {
    shaper.shape({ bytesPerSecond: 1000, latencyMs: 5 });
    const link = await open(events);
    const first = link.send(request(1));
    const second = link.send(request(2));
    await first;
    t.equal(clock.now(), 200, 'a send ends when the wire has taken all that waits');
    await second;
    line().output(response());
    line().output(response());
    await settle(clock);
    t.same(received, [
      [1, 105],
      [2, 205],
    ]);
    t.same(arrivals, [305, 405]);
    await link.close();
  });
});

t.test('loss and duplicates come in the shares that were asked for, by the seed, and spare text', async (t) => {
  const run = async (seed: number): Promise<number[]> => {
    let came: number[] = [];
    await withShaper(async ({ open, events, shaper, line, received, clock }) => {
      shaper.shape({ loss: 0.25, duplicate: 0.1 });
      const link = await open(events);
      for (let round = 0; round < 1000; round += 1) await link.send(request(round % 256));
      for (let round = 0; round < 200; round += 1) line().output(utf8('.'));
      await settle(clock);
      t.equal(events.textSoFar(), '.'.repeat(200));
      came = sequences(received);
      const { packets, lost, twice, late } = shaper.tally;
      t.same([packets, came.length, late], [1000, packets - lost + twice, 0], 'the tally says what became of them');
      await link.close();
    }, seed);
    return came;
  };
  const once = await run(7);
  t.ok(once.length > 760 && once.length < 890, `${once.length} of 1000 packets at 25 % loss and 10 % duplicates`);
  t.same(await run(7), once, 'the same seed loses the same packets');
  t.notSame(await run(8), once, 'another seed loses others');
});

t.test('reordering holds packets back behind later ones, and loses none', async (t) => {
  await withShaper(async ({ open, events, shaper, received, clock }) => {
    shaper.shape({ reorder: 0.3, reorderMs: 7, latencyMs: 1 });
    const link = await open(events);
    const sent = Array.from({ length: 200 }, (_, sequence) => sequence);
    for (const sequence of sent) {
      await link.send(request(sequence));
      await sleep(clock, 2, 'the next packet');
    }
    await settle(clock);
    t.notSame(sequences(received), sent);
    t.same(
      sequences(received).toSorted((a, b) => a - b),
      sent,
    );
    await link.close();
  });
});

t.test('one direction can be harmed alone, and traits can change under way', async (t) => {
  await withShaper(async ({ open, events, shaper, line, received, clock }) => {
    const link = await open(events);
    shaper.shape({ loss: 1 }, 'from-device');
    await link.send(request(1));
    line().output(response());
    await settle(clock);
    t.same(sequences(received), [1]);
    t.equal(events.packets.length, 0);
    shaper.heal();
    line().output(response());
    await settle(clock);
    t.equal(events.packets.length, 1);
    await link.close();
  });
});

t.test('a smaller MTU swallows longer packets, and links that know their limit tell it', async (t) => {
  await withShaper(async ({ open, events, shaper, received, clock }) => {
    const link = await open(events);
    const before = link.packetMax;
    shaper.shape({ packetMax: 64 }, 'to-device');
    t.equal(link.packetMax, 64);
    await link.send(request(1, 65));
    await link.send(request(2, 64));
    await settle(clock);
    t.same(sequences(received), [2]);
    shaper.heal();
    t.equal(link.packetMax, before);
    await link.close();
  });
});

t.test('a stall holds everything and loses nothing', async (t) => {
  await withShaper(async ({ open, events, shaper, line, received, clock, arrivals }) => {
    const link = await open(events);
    shaper.stall(3000);
    await link.send(request(1));
    await link.send(request(2));
    line().output(utf8('booting\n'));
    line().output(response());
    await settle(clock);
    t.same(received, [
      [1, 3000],
      [2, 3000],
    ]);
    t.same(arrivals, [3000]);
    t.equal(events.textSoFar(), 'booting\n');
    await link.close();
  });
});

t.test('a dropped link is lost once, stays away for its time, and opens again', async (t) => {
  await withShaper(async ({ open, events, shaper, clock, received }) => {
    shaper.shape({ latencyMs: 50 });
    const link = await open(events);
    await link.send(request(1));
    shaper.drop(2000);
    shaper.drop(1000);
    t.same(
      events.losses.map(({ code, fault }) => [code, fault]),
      [['link-dropped', 'infra']],
    );
    t.equal((await failureOf(link.send(request(2)))).code, 'link-dropped');
    t.equal((await failureOf(open(events))).code, 'link-down');
    await sleep(clock, 2000, 'the end of the drop');
    const again = await open(events);
    await again.send(request(3));
    await settle(clock);
    t.same(sequences(received), [3], 'what was on its way is gone');
    await again.close();
    t.equal(events.losses.length, 1);
  });
});

t.test('the loss of the link below passes on what had arrived, then ends', async (t) => {
  await withShaper(async ({ open, events, shaper, line, clock }) => {
    shaper.shape({ latencyMs: 50 });
    const link = await open(events);
    line().output(utf8('last words\n'));
    line().output(response());
    await sleep(clock, 1, 'the link below');
    line().unplug();
    t.equal(events.textSoFar(), 'last words\n');
    t.equal(events.packets.length, 1);
    t.same(
      events.losses.map(({ code }) => code),
      ['port-vanished'],
    );
    await link.close();
    const again = await open(events);
    await again.close();
  });
});

t.test('a link that cannot be opened leaves the shaper usable', async (t) => {
  await withShaper(async ({ shaper, events, open }) => {
    const broken = shaper.wrap(() => Promise.reject(new RangeError('no such port')));
    await t.rejects(broken(events), /no such port/);
    const link = await open(events);
    await link.close();
  });
});
