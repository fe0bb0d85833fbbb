/** SMP and console on one wire: whatever a board prints between the lines of its frames, every packet and every other byte arrives. */

import t from 'tap';
import fc from 'fast-check';
import { concatBytes, toHex, utf8 } from '../../src/base/bytes.ts';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { sleep } from '../../src/base/clock.ts';
import { encodeSerialFrame, type SerialStyle } from '../../src/smp/serial-frame.ts';
import { openMemoryTransport, type DeviceLine } from '../../src/transport/memory.ts';
import { recordEvents, responseOp, smpPacket } from './support.ts';

interface Written {
  readonly pieces: readonly Uint8Array[];
  readonly packets: readonly Uint8Array[];
  readonly text: Uint8Array;
}

/** What a board writes at a time: a log line, a prompt without an end of line, colours, any bytes but the marks of a frame. */
const text = fc.oneof(
  fc
    .constantFrom(
      '[00:00:01.234,000] <inf> app: still alive\r\n',
      'uart:~$ ',
      '\x1b[8D\x1b[J\x1b[1;32muart:~$ \x1b[m',
      '*** Booting Zephyr OS build v4.4.0 ***\n',
      'AAoAAAAAAAAAAiBC\n',
      'echo of a request\r\n',
    )
    .map(utf8),
  fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => bytes.filter((byte) => byte !== 0x06 && byte !== 0x04)),
);

const frame = fc.record({
  size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(79, 80, 81, 700)),
  style: fc.constantFrom<SerialStyle>('sliced', 'zephyr'),
  // What is printed between its lines, by a log thread that has the UART in between.
  between: fc.array(fc.option(text, { freq: 3 }), { maxLength: 4 }),
});

const wire: fc.Arbitrary<Written> = fc
  .array(fc.oneof({ weight: 2, arbitrary: text }, { weight: 3, arbitrary: frame }), { maxLength: 12 })
  .map((parts) => {
    const written = { pieces: [] as Uint8Array[], packets: [] as Uint8Array[], texts: [] as Uint8Array[] };
    const print = (bytes: Uint8Array): void => {
      written.pieces.push(bytes);
      written.texts.push(bytes);
    };
    parts.forEach((part, index) => {
      if (part instanceof Uint8Array) return print(part);
      const packet = smpPacket(responseOp, index, part.size);
      written.packets.push(packet);
      encodeSerialFrame(packet, { style: part.style }).forEach((line, at) => {
        const between = at === 0 ? undefined : part.between[at - 1];
        if (between !== null && between !== undefined) print(between);
        written.pieces.push(line);
      });
    });
    return { pieces: written.pieces, packets: written.packets, text: concatBytes(written.texts) };
  });

async function receive(chunks: readonly Uint8Array[]): Promise<{ readonly packets: string[]; readonly text: string }> {
  const clock = createVirtualClock();
  const events = recordEvents();
  const lines: DeviceLine[] = [];
  const run = async (): Promise<void> => {
    const connect = (line: DeviceLine): { receive: () => void; close: () => void } => {
      lines.push(line);
      return { receive: () => undefined, close: () => undefined };
    };
    const link = await openMemoryTransport({ name: 'sim:wire', kind: 'console', clock, connect }, events);
    for (const chunk of chunks) lines[0]!.output(chunk);
    await sleep(clock, 1, 'everything to arrive');
    await link.close();
  };
  await clock.drive(run());
  return { packets: events.packets.map(toHex), text: toHex(Buffer.from(events.textSoFar(), 'latin1')) };
}

void t.test('random interleavings in random pieces', async (t) => {
  const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(wire, sizes, async ({ pieces, packets, text: printed }, chunkSizes) => {
      const bytes = concatBytes(pieces);
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += chunks.at(-1)!.length)
        chunks.push(bytes.subarray(at, at + chunkSizes[chunks.length % chunkSizes.length]!));
      const got = await receive(chunks);
      return got.packets.join() === packets.map(toHex).join() && got.text === toHex(printed);
    }),
    { numRuns: 300 },
  );
  t.pass('each packet once, in order, and all text, in order');
});

void t.test('a frame that is damaged is not lost: the console log has its bytes', async (t) => {
  const sound = concatBytes(encodeSerialFrame(smpPacket(responseOp, 2, 20), { style: 'zephyr' }));
  const lines = encodeSerialFrame(smpPacket(responseOp, 1, 200), { style: 'zephyr' });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: lines[0]!.length - 2 }),
      fc.constantFrom(0x00, 0x3c, 0x1b, 0x20, 0x7f, 0xff),
      async (at, byte) => {
        const first = lines[0]!.slice();
        first[at] = byte;
        const damaged = concatBytes([first, ...lines.slice(1)]);
        const got = await receive([damaged, sound]);
        return got.packets.length === 1 && got.text === toHex(damaged);
      },
    ),
  );
  t.pass('and the frame behind it arrives');
});
