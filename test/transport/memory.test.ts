/** The framings and the in-process link, in virtual time. */

import t from 'tap';
import { concatBytes, equalBytes, utf8 } from '../../src/base/bytes.ts';
import { sleep, type Clock } from '../../src/base/clock.ts';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { encodeSerialFrame } from '../../src/smp/serial-frame.ts';
import { queueBytesMax } from '../../src/transport/channel.ts';
import { openMemoryTransport, type DeviceLine, type MemoryLink } from '../../src/transport/memory.ts';
import { rawIdleMs } from '../../src/transport/raw-framing.ts';
import type { Transport } from '../../src/transport/transport.ts';
import { failureOf, recordEvents, requestOp, responseOp, smpPacket, type Recorder } from './support.ts';

interface Bench {
  readonly clock: Clock;
  readonly events: Recorder;
  readonly transport: Transport;
  readonly line: DeviceLine;
  /** What the board received, and when. */
  readonly received: { readonly at: number; readonly bytes: Uint8Array }[];
  closed: number;
}

type Timing = Pick<MemoryLink, 'latencyMs' | 'bytesPerSecond'>;

/** Runs `work` over a link to a board that only records. */
async function withBoard(kind: MemoryLink['kind'], timing: Timing, work: (bench: Bench) => Promise<void>): Promise<void> {
  const clock = createVirtualClock();
  const events = recordEvents();
  const received: Bench['received'] = [];
  const counts = { closed: 0 };
  const lines: DeviceLine[] = [];
  const run = async (): Promise<void> => {
    const transport = await openMemoryTransport(
      {
        name: 'sim:board',
        kind,
        clock,
        ...timing,
        connect: (line) => {
          lines.push(line);
          return {
            receive: (bytes) => received.push({ at: clock.now(), bytes }),
            close: () => (counts.closed += 1),
          };
        },
      },
      events,
    );
    const bench = { clock, events, transport, line: lines[0]!, received, ...counts };
    Object.defineProperty(bench, 'closed', { get: () => counts.closed });
    await work(bench);
    await transport.close();
    await transport.close();
    if (counts.closed !== 1) throw new Error(`the board's port was closed ${counts.closed} times`);
  };
  await clock.drive(run());
}

/** Splits bytes into pieces of the given size. */
function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

t.test('console: frames out, frames and text in', async (t) => {
  await withBoard('console', {}, async ({ transport, events, line, received, clock }) => {
    const request = smpPacket(requestOp, 1, 300);
    await transport.send(request);
    await transport.sendText(utf8('kernel uptime\n'));
    await sleep(clock, 1, 'arrival');
    const frame = concatBytes(encodeSerialFrame(request, { style: 'sliced' }));
    t.same(
      received.map(({ bytes }) => bytes),
      [frame, utf8('kernel uptime\n')],
    );

    const first = smpPacket(responseOp, 1, 300);
    const second = smpPacket(responseOp, 2, 5);
    line.output(utf8('uart:~$ '));
    line.output(concatBytes(encodeSerialFrame(first, { style: 'zephyr' })));
    line.output(
      concatBytes([utf8('[00:00:01.000,000] <inf> app: hi\r\n'), ...encodeSerialFrame(second, { style: 'sliced' }), utf8('bye\n')]),
    );
    await sleep(clock, 1, 'arrival');
    t.same(events.packets, [first, second]);
    t.equal(events.textSoFar(), 'uart:~$ [00:00:01.000,000] <inf> app: hi\r\nbye\n');
  });
});

t.test('a stream cut anywhere gives the same packets and the same text', async (t) => {
  const packets = [smpPacket(responseOp, 1, 200), smpPacket(responseOp, 2, 0), smpPacket(responseOp, 3, 91)];
  const banner = '*** Booting Zephyr OS build v4.4.0 ***\r\n\x1b[1;32muart:~$ \x1b[m';
  const consoleStream = concatBytes([
    utf8(banner),
    ...packets.flatMap((packet) => encodeSerialFrame(packet, { style: 'zephyr' })),
    utf8('$ '),
  ]);
  const streams = [
    { kind: 'console', bytes: consoleStream, text: `${banner}$ ` },
    { kind: 'raw', bytes: concatBytes([utf8('*** Booting MCUboot ***\r\n'), ...packets]), text: '*** Booting MCUboot ***\r\n' },
  ] as const;
  for (const { kind, bytes, text } of streams) {
    const cuts = [
      ...Array.from({ length: bytes.length }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]),
      ...[1, 2, 3, 7, 64].map((size) => pieces(bytes, size)),
    ];
    for (const cut of cuts) {
      await withBoard(kind, {}, async ({ events, line, clock }) => {
        for (const piece of cut) line.output(piece);
        await sleep(clock, 1, 'arrival');
        const same = events.packets.length === 3 && events.packets.every((packet, index) => equalBytes(packet, packets[index]!));
        if (!same || events.textSoFar() !== text) t.fail(`${kind} cut into ${cut.map((piece) => piece.length).join('+')}`);
      });
    }
    t.pass(`${kind}: ${cuts.length} ways to cut`);
  }
});

t.test('raw: a packet whose rest was lost becomes text after the idle gap, and what follows is found', async (t) => {
  await withBoard('raw', {}, async ({ events, line, clock }) => {
    const whole = smpPacket(responseOp, 9, 40);
    line.output(concatBytes([smpPacket(responseOp, 8, 60).subarray(0, 30)]));
    await sleep(clock, rawIdleMs - 50, 'a pause that is no gap');
    t.equal(events.count(), 0, 'it waits');
    await sleep(clock, 100, 'the gap');
    t.equal(events.textSoFar().length, 30, 'the torso is text');
    line.output(whole);
    await sleep(clock, 1, 'arrival');
    t.same(events.packets, [whole]);
  });
  await withBoard('raw', {}, async ({ events, line, clock }) => {
    const whole = smpPacket(responseOp, 9, 4);
    line.output(concatBytes([smpPacket(responseOp, 8, 600).subarray(0, 12), whole]));
    await sleep(clock, rawIdleMs + 10, 'the gap');
    t.same(events.packets, [whole], 'the packet behind a torso is dug out');
  });
  await withBoard('raw', {}, async ({ events, line, clock }) => {
    line.output(smpPacket(responseOp, 1, 20).subarray(0, 27));
    await sleep(clock, rawIdleMs - 1, 'nearly the gap');
    line.output(smpPacket(responseOp, 1, 20).subarray(27));
    await sleep(clock, rawIdleMs * 2, 'more than the gap');
    t.equal(events.packets.length, 1, 'slow bytes are no gap');
    t.equal(events.textSoFar(), '');
  });
  await withBoard('raw', {}, async ({ events, line, transport, clock }) => {
    line.output(Uint8Array.of(0x03, 0x00, 0xff));
    await sleep(clock, 1, 'arrival');
    await transport.close();
    t.equal(events.textSoFar(), '\x03\x00\xff', 'closing gives out what waits');
    await sleep(clock, rawIdleMs * 2, 'nothing more');
    t.equal(events.count(), 1);
  });
});

t.test('raw: noise never breaks the receiver', async (t) => {
  const noise = Uint8Array.from({ length: 5000 }, (_, index) => (index * index * 31 + (index >> 3)) & 0xff);
  await withBoard('raw', {}, async ({ events, line, clock }) => {
    for (const piece of pieces(noise, 37)) line.output(piece);
    await sleep(clock, rawIdleMs * 2, 'the gap');
    const bytesOut = events.packets.reduce((sum, packet) => sum + packet.length, events.textSoFar().length);
    t.equal(bytesOut, noise.length, 'every byte comes out once');
    const whole = smpPacket(responseOp, 9, 40);
    line.output(whole);
    await sleep(clock, 1, 'arrival');
    t.same(events.packets.at(-1), whole);
  });
});

t.test('datagrams keep their borders and are not reliable', async (t) => {
  await withBoard('datagram', { latencyMs: 3 }, async ({ transport, events, line, received, clock }) => {
    t.equal(transport.reliable, false);
    await transport.send(smpPacket(requestOp, 1, 10));
    await transport.send(smpPacket(requestOp, 2, 20));
    line.output(Uint8Array.of(1, 2, 3));
    await sleep(clock, 3, 'latency');
    t.same(
      received.map(({ at, bytes }) => [at, bytes.length]),
      [
        [3, 18],
        [3, 28],
      ],
    );
    t.same(events.packets, [Uint8Array.of(1, 2, 3)], 'content is not looked at');
  });
});

t.test('what a link cannot do is an input error', async (t) => {
  for (const kind of ['raw', 'datagram'] as const) {
    await withBoard(kind, {}, async ({ transport }) => {
      t.match(await failureOf(transport.sendText(utf8('x'))), { fault: 'input', code: 'no-console' }, kind);
    });
  }
  const limits = { console: 65533, raw: 65543, datagram: 65507 };
  for (const [kind, max] of Object.entries(limits) as [MemoryLink['kind'], number][]) {
    await withBoard(kind, {}, async ({ transport }) => {
      t.equal(transport.packetMax, max);
      t.match(await failureOf(transport.send(new Uint8Array(max + 1))), { fault: 'input', code: 'packet-too-large' }, kind);
      await transport.send(new Uint8Array(max));
    });
  }
});

t.test('bytes take their time, in order, both ways at once', async (t) => {
  await withBoard('raw', { latencyMs: 20, bytesPerSecond: 1000 }, async ({ transport, line, received, events, clock }) => {
    const sent = [transport.send(smpPacket(requestOp, 1, 92)), transport.send(smpPacket(requestOp, 2, 192))];
    line.output(smpPacket(responseOp, 7, 42));
    const times: number[] = [];
    await Promise.all(sent.map((one) => one.then(() => times.push(clock.now()))));
    t.same(times, [100, 300], 'a send ends when its last byte has left');
    await sleep(clock, 20, 'latency');
    t.same(
      received.map(({ at, bytes }) => [at, bytes[6]]),
      [
        [120, 1],
        [320, 2],
      ],
    );
    t.equal(events.packets.length, 1, 'the other direction has its own wire');

    await sleep(clock, 1000, 'an idle wire saves up nothing');
    await transport.send(smpPacket(requestOp, 3, 92));
    t.equal(clock.now(), 1420);
  });
  await withBoard('raw', { bytesPerSecond: 11_520 }, async ({ line, events, clock }) => {
    const arrivals: number[] = [];
    const packet = smpPacket(responseOp, 1, 1144);
    for (let index = 0; index < 5; index += 1) line.output(packet);
    for (let index = 1; index <= 5; index += 1) {
      while (events.packets.length < index) await sleep(clock, 1, 'arrival');
      arrivals.push(clock.now());
    }
    t.same(arrivals, [100, 200, 300, 400, 500]);
  });
});

t.test('queues are bounded in both directions', async (t) => {
  await withBoard('raw', { bytesPerSecond: 1000 }, async ({ transport, line, events, clock }) => {
    const packet = smpPacket(requestOp, 1, 8184);
    const fits = queueBytesMax / packet.length;
    const sends = Array.from({ length: fits + 3 }, () => transport.send(packet));
    const results = Promise.allSettled(sends);
    for (let index = 0; index < fits + 5; index += 1) line.output(packet);
    t.equal(events.notes.length, 1, 'dropped output is told, once');
    t.match(await failureOf(sends.at(-1)!), { fault: 'infra', code: 'link-congested' });
    await sleep(clock, 9000, 'some room');
    await transport.close();
    const outcomes = (await results).map((one) => (one.status === 'fulfilled' ? 'sent' : (one.reason as { code: string }).code));
    t.same(outcomes.slice(0, 2), ['sent', 'link-closed']);
    t.same(outcomes.filter((outcome) => outcome === 'link-congested').length, 3);
  });
});

t.test('an unplugged board is a loss, once; nothing is heard after that or after closing', async (t) => {
  await withBoard('console', { latencyMs: 5, bytesPerSecond: 100 }, async (bench) => {
    const { transport, line, events, received, clock } = bench;
    const pending = transport.send(smpPacket(requestOp, 1, 50));
    line.output(utf8('half a li'));
    await sleep(clock, 10, 'under way');
    line.unplug();
    line.unplug();
    t.equal(bench.closed, 1, 'the board hears of it');
    t.match(events.losses, [{ fault: 'infra', code: 'port-vanished', message: /sim:board/ }]);
    t.equal(await failureOf(pending), events.losses[0]);
    t.equal(await failureOf(transport.send(smpPacket(requestOp, 2, 1))), events.losses[0]);
    line.output(utf8('late'));
    await sleep(clock, 10_000, 'nothing more');
    t.same([events.textSoFar(), received.length], ['', 0]);
  });
  await withBoard('console', { latencyMs: 5 }, async ({ transport, line, events, clock }) => {
    line.output(utf8('on its way'));
    await transport.close();
    line.unplug();
    t.match(await failureOf(transport.send(smpPacket(requestOp, 1, 1))), { fault: 'infra', code: 'link-closed' });
    await sleep(clock, 100, 'nothing more');
    t.equal(events.count(), 0);
  });
});
