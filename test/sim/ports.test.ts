/** The device's framings: what each port makes of bytes, in whatever pieces they come. */

import t from 'tap';
import fc from 'fast-check';
import { concatBytes, toHex, utf8 } from '../../src/base/bytes.ts';
import { createBleFraming } from '../../src/sim/ports/ble.ts';
import { createDatagramFraming } from '../../src/sim/ports/datagram.ts';
import { createMcubootSerial } from '../../src/sim/ports/mcuboot-serial.ts';
import { createRawSerial } from '../../src/sim/ports/raw-serial.ts';
import { createShellSerial } from '../../src/sim/ports/shell-serial.ts';
import { createZephyrSerial } from '../../src/sim/ports/zephyr-serial.ts';
import { encodePacket } from '../../src/smp/header.ts';
import { createSerialDeframer } from '../../src/smp/serial-deframer.ts';
import { encodeSerialFrame } from '../../src/smp/serial-frame.ts';
import type { Framing } from '../../src/sim/ports/framing.ts';

const bufferSize = 384;

/** A request with so many bytes of payload. */
function packetOf(payloadSize: number): Uint8Array {
  return encodePacket({ op: 2, version: 1, flags: 0, group: 0, sequence: 1, command: 0 }, new Uint8Array(payloadSize).fill(0x61));
}

/** Hex of the packets that come out when these writes go in. */
function received(framing: Framing, writes: readonly (Uint8Array | string)[]): string[] {
  const packets: string[] = [];
  for (const write of writes)
    framing.receive(typeof write === 'string' ? Buffer.from(write, 'latin1') : write, (packet) => packets.push(toHex(packet)));
  return packets;
}

const short = packetOf(10);
const long = packetOf(150);
const lines = encodeSerialFrame(long, { style: 'sliced' });
const line = encodeSerialFrame(short, { style: 'sliced' })[0]!;

/** The last byte of the body belongs to the CRC. */
const wrongCrc = damagedLast(line);

function damagedLast(frame: Uint8Array): Uint8Array {
  const body = Buffer.from(Buffer.from(frame.subarray(2, -1)).toString('latin1'), 'base64');
  body[body.length - 1]! ^= 1;
  return Buffer.from(`\u0006\t${body.toString('base64')}\n`, 'latin1');
}

const zephyr = (burst?: number): Framing => createZephyrSerial({ bufferSize, lineMax: 128, burst });
const mcuboot = (): Framing => createMcubootSerial({ receiveSize: 1024, lineMax: 128 });

void t.test('console lines at an application and at the bootloader', (t) => {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
  const [head, tail] = [text(lines[0]!), text(lines[1]!)];
  const one = text(line);
  // Each row: what is written, and how many packets Zephyr and MCUboot make of it.
  const table: readonly [what: string, writes: readonly string[], zephyr: number, mcuboot: number][] = [
    ['one line', [one], 1, 1],
    ['two lines at once', [head + tail], 1, 1],
    ['byte by byte', (head + tail).split(/(?<=[^])/u), 1, 1],
    ['CR LF', [one.replace('\n', '\r\n')], 1, 0],
    ['CR alone takes the next line with it', [one.replace('\n', '\r'), one], 0, 0],
    ['text on the line before', ['boot done\n', one], 1, 1],
    ['text before the marker', ['> ' + one], 0, 0],
    ['text between the lines', [head, 'a log line\n\n', tail], 1, 1],
    ['a continuation alone', [tail, one], 1, 1],
    ['the wrong order', [tail, head], 0, 0],
    ['the start twice', [head, head, tail], 1, 1],
    ['the continuation twice', [head, tail, tail], 1, 1],
    ['another packet in between', [head, one, tail], 1, 1],
    ['a broken character', [one.replace(/.(?=\n)/, '*')], 0, 0],
    ['a wrong CRC', [text(wrongCrc)], 0, 0],
    ['a line of 131 bytes', [`\u0006\t${'A'.repeat(128)}\n`, one], 1, 1],
    ['nothing but a marker', ['\u0006\t\n', one], 1, 1],
  ];
  for (const [what, writes, atZephyr, atMcuboot] of table) {
    t.equal(received(zephyr(), writes).length, atZephyr, `Zephyr: ${what}`);
    t.equal(received(mcuboot(), writes).length, atMcuboot, `MCUboot: ${what}`);
  }
  t.same(received(zephyr(2), [concatBytes([line, line, line])]).length, 2, 'a pool of two lines loses the third of one write');
  t.same(received(zephyr(2), [line, line, line]).length, 3, 'but not of three writes');
  t.end();
});

void t.test('the longest packets', (t) => {
  const fits = (framing: Framing, size: number): number =>
    received(framing, encodeSerialFrame(packetOf(size - 8), { style: 'sliced' })).length;
  t.same(
    [380, 381].map((size) => fits(zephyr(), size)),
    [1, 0],
    'length and CRC take four bytes of a net buffer',
  );
  t.same(
    [1021, 1022].map((size) => fits(mcuboot(), size)),
    [1, 0],
  );
  const datagram = (size: number): Uint8Array[] => {
    const packets: Uint8Array[] = [];
    createDatagramFraming({ datagramMax: 1500, bufferSize: 2048 }).receive(packetOf(size - 8), (packet) => packets.push(packet));
    return packets;
  };
  t.same(
    [1500, 1501].map((size) => datagram(size)[0]?.length),
    [1500, 1500],
    'longer datagrams are cut',
  );
  t.end();
});

void t.test('bare packets on a UART: nothing resynchronises', (t) => {
  const raw = (ops = [0, 1, 2, 3]): Framing => createRawSerial({ bufferSize, ops });
  const split = [long.subarray(0, 3), long.subarray(3, 9), long.subarray(9)];
  t.same(received(raw(), split), [toHex(long)]);
  t.same(received(raw(), [concatBytes([short, long])]).length, 2);
  t.notOk(
    received(raw(), [Uint8Array.of(0), short, short]).includes(toHex(short)),
    'one byte too many: what comes out later is something else',
  );
  t.same(received(raw(), [Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0), short]).length, 1, 'a header with an impossible op is dropped');
  const response = encodePacket({ op: 3, version: 1, flags: 0, group: 0, sequence: 1, command: 0 }, new Uint8Array());
  const arrived = [raw(), raw([0, 2])].map((framing) => received(framing, [response]).length);
  t.same(arrived, [1, 0], 'a response reaches an application, but not the bootloader');
  t.same(
    [376, 377].map((size) => received(raw(), [packetOf(size)]).length),
    [1, 0],
    'a header that announces too much as well',
  );
  t.end();
});

void t.test('BLE writes and notifications', (t) => {
  const ble = (reassembly: boolean): Framing => createBleFraming({ mtu: 100, reassembly, bufferSize });
  const pieces = [long.subarray(0, 97), long.subarray(97)];
  t.same(received(ble(true), pieces), [toHex(long)]);
  t.same(received(ble(false), pieces).length, 2, 'without reassembly every write is a packet');
  t.same(received(ble(true), [long.subarray(0, 98)]).length, 0, 'longer than the MTU allows');
  t.same(
    received(ble(true), [long.subarray(0, 5), long.subarray(5, 97), long.subarray(97)]).length,
    0,
    'a first write without a whole header',
  );
  t.same(received(ble(true), [concatBytes([short, Uint8Array.of(0)]), short]), [toHex(short)], 'more than announced');
  const secured = createBleFraming({ mtu: 100, reassembly: true, security: 'authentication', bufferSize });
  t.same(received(secured, pieces), [], 'writes over a link that lacks the needed security are dropped');
  t.same(
    received(ble(true), [packetOf(bufferSize), short]),
    [toHex(short)],
    'a packet longer than the buffer is dropped at its first write',
  );
  t.same(
    ble(true)
      .frame(long)
      .map((piece) => piece.length),
    [97, 61],
  );
  t.end();
});

void t.test('a shell on the UART', (t) => {
  let printed = '';
  const shell = (): Framing =>
    createShellSerial({
      bufferSize,
      lineMax: 128,
      print: (bytes) => (printed += Buffer.from(bytes).toString('utf8')),
      execute: (typed) => `${typed}: command not found\r\n`,
    });
  t.same(received(shell(), [concatBytes(lines)]), [toHex(long)], 'frames do not reach the shell');
  t.equal(printed, '');
  t.same(received(shell(), [utf8('hello\r')]), []);
  t.equal(printed, 'hello\r\nhello: command not found\r\n\u001b[1;32muart:~$ \u001b[m');
  printed = '';
  t.same(received(shell(), [utf8('\r\n\n\r')]), []);
  t.equal(printed.split('uart').length - 1, 2, 'CR LF is one line end');
  t.same(received(shell(), [concatBytes([utf8('x'), line])]), [], 'what follows typed text in the same read is typed too');
  t.end();
});

void t.test('any packet in any pieces arrives, and its answer goes back', (t) => {
  const size = fc.integer({ min: 0, max: 300 });
  const style = fc.constantFrom('sliced' as const, 'zephyr' as const);
  fc.assert(
    fc.property(size, style, fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 }), (payload, style, cuts) => {
      const packet = packetOf(payload);
      const bytes = concatBytes(encodeSerialFrame(packet, { style }));
      for (const framing of [zephyr(), mcuboot()]) {
        const pieces: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
          const end = at + cuts[turn % cuts.length]!;
          pieces.push(bytes.subarray(at, end));
          at = end;
        }
        if (received(framing, pieces).join() !== toHex(packet)) return false;
        const back: string[] = [];
        const deframer = createSerialDeframer({
          packetMax: 1024,
          packet: (found) => back.push(toHex(found)),
          text: () => back.push('text'),
        });
        for (const piece of framing.frame(packet)) deframer.feed(piece);
        if (back.join() !== toHex(packet)) return false;
      }
      return true;
    }),
    { seed: 1 },
  );
  t.pass('no counterexample');
  t.end();
});

void t.test('no bytes upset a framing', (t) => {
  const marked = fc
    .constantFrom('\u0006\t', '\u0004\u0014', '\n', '\r', 'AAAA', '\u0006', 'ABsKAAABAAABAKFhZGF4', '=')
    .map((text) => Buffer.from(text, 'latin1'));
  const noise = fc.array(fc.oneof(marked, fc.uint8Array({ maxLength: 40 })), { maxLength: 20 });
  const framings = (): readonly Framing[] => [
    zephyr(),
    mcuboot(),
    createRawSerial({ bufferSize, ops: [0, 2] }),
    createBleFraming({ mtu: 60, reassembly: true, bufferSize }),
    createShellSerial({ bufferSize, lineMax: 128, print: () => undefined, execute: () => '' }),
  ];
  fc.assert(
    fc.property(noise, (writes) => {
      for (const framing of framings()) received(framing, writes);
    }),
    { seed: 1 },
  );
  t.pass('no counterexample');
  t.end();
});
