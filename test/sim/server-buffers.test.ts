/** Net buffers, bursts and the time that flash work takes, as far as a host at a port can see them (smp.md 5, real-servers.md 4). */

import t from 'tap';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { sleep } from '../../src/base/clock.ts';
import { concatBytes } from '../../src/base/bytes.ts';
import { createRng } from '../../src/base/rng.ts';
import { createSimDevice } from '../../src/sim/machine.ts';
import { decodeCbor, encodeCbor, isCborMap } from '../../src/smp/cbor.ts';
import { encodePacket, headerSize } from '../../src/smp/header.ts';
import { createSerialDeframer } from '../../src/smp/serial-deframer.ts';
import { encodeSerialFrame } from '../../src/smp/serial-frame.ts';
import { inSlot, testImage, testProfile } from './host.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { PortKind, SimDevice } from '../../src/sim/device.ts';
import type { ServerOverrides } from '../../src/sim/server/profile.ts';

/** `rc` of a refusal, or the text of an echo. */
type Short = string | number;

interface Line {
  /** Writes all of them without a pause, and gives what is answered within a second. */
  readonly burst: (packets: readonly Uint8Array[]) => Promise<Short[]>;
  readonly clock: Clock;
  readonly device: SimDevice;
}

function echo(index: number): Uint8Array {
  return encodePacket({ op: 2, version: 1, flags: 0, group: 0, sequence: index, command: 0 }, encodeCbor({ d: `p${index}` }));
}

function shortOf(packet: Uint8Array): Short {
  const payload = decodeCbor(packet.subarray(headerSize));
  if (!isCborMap(payload)) throw new Error('no map');
  return (payload.get('rc') ?? payload.get('r')) as Short;
}

async function onPort(kind: PortKind, overrides: ServerOverrides, check: (line: Line) => Promise<void>): Promise<void> {
  const clock = createVirtualClock();
  const device = createSimDevice({ profile: testProfile({ overrides }), clock, rng: createRng(1) });
  device.provision({ slots: [inSlot(0, testImage('1.0.0'))] });
  let answers: Short[] = [];
  const take = (packet: Uint8Array): void => void answers.push(shortOf(packet));
  const deframer = createSerialDeframer({ packetMax: 4096, packet: take, text: () => undefined });
  const framed = kind === 'serial' || kind === 'shell';
  const port = device.openPort(kind, (bytes) => (framed ? deframer.feed(bytes) : take(bytes)));
  const burst = async (packets: readonly Uint8Array[]): Promise<Short[]> => {
    answers = [];
    for (const packet of packets) port.receive(framed ? concatBytes(encodeSerialFrame(packet, { style: 'sliced' })) : packet);
    await sleep(clock, 1000, 'answers');
    return answers;
  };
  const work = async (): Promise<void> => {
    device.powerOn();
    await sleep(clock, 5000, 'the boot');
    await check({ burst, clock, device });
  };
  await clock.drive(work());
}

const echoes = (count: number): Uint8Array[] => Array.from({ length: count }, (_, index) => echo(index));
const nativeSim: ServerOverrides = { buffers: { size: 384, count: 4, exhausted: 'block' }, lines: { max: 128, pollMs: 10 } };

void t.test('two buffers are one request', async (t) => {
  await onPort('datagram', { buffers: { size: 2048, count: 2 } }, async ({ burst }) => {
    t.same(await burst(echoes(1)), ['p0']);
    t.same(await burst(echoes(2)), ['p0'], 'the second is dropped');
    t.same(await burst([echo(7)]), ['p7']);
  });
  await onPort('datagram', { buffers: { size: 2048, count: 1 } }, async ({ burst }) => {
    t.same(await burst(echoes(1)), [2], 'none is left for the answer');
  });
});

// Vectors pipeline-3-echo to pipeline-32-echo of native_sim_serial_fs and native_sim_serial_raw.
void t.test('bursts on a UART that is looked at now and then', async (t) => {
  for (const kind of ['serial', 'serial-raw'] as const) {
    await onPort(kind, nativeSim, async ({ burst, device, clock }) => {
      t.same(await burst(echoes(3)), ['p0', 'p1', 'p2'], kind);
      t.same(await burst(echoes(4)), [2, 'p1', 'p2', 'p3'], 'all buffers hold requests when the first is worked on');
      t.same(await burst(echoes(5)), [], 'one too many');
      t.same(await burst([echo(9)]), [], 'blocks the server for good');
      device.reset();
      await sleep(clock, 5000, 'the boot');
      t.same(await burst([echo(9)]), ['p9'], 'until a reset');
    });
  }
});

// Vectors pipeline-2-echo to pipeline-32-echo of native_sim_serial and native_sim_shell.
void t.test('lines beyond the receive pool are lost', async (t) => {
  for (const kind of ['serial', 'shell'] as const) {
    await onPort(kind, { ...nativeSim, lines: { max: 128, burst: 2, pollMs: 10 } }, async ({ burst }) => {
      for (const count of [2, 3, 5, 32]) t.same(await burst(echoes(count)), ['p0', 'p1'], `${kind}: ${count} lines`);
      t.same(await burst([echo(200)]), ['p200'], 'and the server lives on');
    });
  }
});

void t.test('a UART that takes its time loses nothing', async (t) => {
  await onPort('serial', {}, async ({ burst }) => {
    t.same(await burst(echoes(3)), ['p0', 'p1', 'p2']);
  });
});

/** When each answer to an upload of 20 KiB into a used slot came, counted from its request. 85 ms erase a page of the slot. */
async function answerTimes(overrides: ServerOverrides): Promise<number[]> {
  const times: number[] = [];
  await onPort('datagram', overrides, async ({ clock, device }) => {
    device.provision({ slots: [inSlot(1, testImage('0.9.0', { size: 40_000 }))] });
    await sleep(clock, 5000, 'the boot');
    let answered: (() => void) | undefined;
    const port = device.openPort('datagram', () => answered?.());
    const image = testImage('1.1.0', { seed: 2 }).bytes;
    for (let off = 0; off < image.length; off += 1000) {
      const data = image.subarray(off, off + 1000);
      const fields = off === 0 ? { off, data, len: image.length } : { off, data };
      const sent = clock.now();
      await new Promise<void>((resolve) => {
        answered = resolve;
        port.receive(encodePacket({ op: 2, version: 1, flags: 0, group: 1, sequence: 1, command: 1 }, encodeCbor(fields)));
      });
      times.push(clock.now() - sent);
    }
  });
  return times;
}

void t.test('an erase is seen in the answer that it is done for', async (t) => {
  const pages = Math.ceil(testImage('1.1.0', { seed: 2 }).bytes.length / 4096);
  const [first = 0, ...others] = await answerTimes({});
  t.ok(first > (pages + 1) * 85 && first < (pages + 2) * 85 + 50, `all pages and the trailer's, at once: ${first} ms`);
  t.ok(Math.max(...others) < 85, `and then none: ${Math.max(...others)} ms`);
  const spread = await answerTimes({ image: { eraseProgressively: true } });
  const erasing = spread.filter((ms) => ms >= 85).length;
  t.ok(erasing === pages && Math.max(...spread) < 2 * 85, `page by page: ${spread.map(Math.round).join(', ')} ms`);
});
