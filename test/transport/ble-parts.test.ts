/** The parts of BLE links that need no controller: addresses, framing, flow control, packets in pieces, and what errors say. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { concatBytes, fromHex, toHex } from '../../src/base/bytes.ts';
import { createRng } from '../../src/base/rng.ts';
import { adapterNotOn, adapterUnavailable, deviceNotFound } from '../../src/transport/ble/errors.ts';
import { createH4Splitter } from '../../src/transport/ble/h4.ts';
import { aclPacket, commandPacket, eventPacket, formatAddress, parseDeviceAddress } from '../../src/transport/ble/hci.ts';
import { createHciQueue, hciWaitingMax } from '../../src/transport/ble/hci-queue.ts';
import { createStaticAddress } from '../../src/transport/ble/own-address.ts';
import { createPacketAssembler } from '../../src/transport/ble/packet-assembler.ts';
import { answerParameterRequest } from '../../src/transport/ble/parameter-request.ts';
import { listenUnix } from '../../src/transport/listen-unix.ts';
import type { Accept } from '../../src/transport/listener.ts';
import { parseAddress } from '../../src/transport/open.ts';
import { failureOf, responseOp, smpPacket } from './support.ts';

t.test('addresses', async (t) => {
  const kernel = (index: number): object => ({ text: `kernel:${index}`, kind: 'kernel', index });
  const good: readonly (readonly [string, object, object])[] = [
    ['ble:Zephyr', { by: 'name', value: 'Zephyr' }, kernel(0)],
    ['ble:Board 7: left?adapter=kernel:3', { by: 'name', value: 'Board 7: left' }, kernel(3)],
    ['ble:c0:ab:00:00:00:0f?adapter=kernel:15', { by: 'address', value: 'C0:AB:00:00:00:0F' }, kernel(15)],
    ['ble:x?adapter=h4:tcp:[::1]:9000', { value: 'x' }, { kind: 'h4', place: { at: 'tcp', host: '::1', port: 9000 } }],
    ['ble:x?adapter=h4:unix:/run/hci', { value: 'x' }, { place: { at: 'unix', path: '/run/hci' } }],
    [
      'ble:x?adapter=h4:serial:/dev/ttyACM0',
      { value: 'x' },
      { place: { at: 'serial', path: '/dev/ttyACM0', baud: 1_000_000, flowControl: true } },
    ],
    ['ble:x?adapter=h4:serial:COM3&baud=115200&flow=none', { value: 'x' }, { place: { path: 'COM3', baud: 115_200, flowControl: false } }],
  ];
  for (const [text, device, adapter] of good)
    t.match(parseAddress(text), { scheme: 'ble', text, device, adapter, reassembly: false }, text);
  t.match(parseAddress('ble:x?reassembly=on'), { reassembly: true });

  const bad: readonly (readonly [string, RegExp])[] = [
    ['ble:', /names no device/],
    ['ble:x?adapter=hci0', /adapter is kernel:N \(hci0 is kernel:0, /],
    ['ble:x?adapter=kernel:16', /N up to 15/],
    ['ble:x?adapter=kernel:-1', /adapter is kernel:N/],
    ['ble:x?adapter=h4:/dev/ttyACM0', /none of h4:tcp/],
    ['ble:x?adapter=h4:tcp:localhost', /not HOST:PORT/],
    ['ble:x?adapter=h4:tcp:localhost:0', /not HOST:PORT/],
    ['ble:x?adapter=h4:serial:/dev/a&baud=0', /baud is a whole number/],
    ['ble:x?adapter=h4:serial:/dev/a&flow=xon', /flow is rtscts or none/],
    ['ble:x?adapter=kernel:0&baud=9600', /no option baud/],
    ['ble:x?reassembly=toString', /reassembly is off or on/],
  ];
  for (const [text, message] of bad)
    t.throws(() => parseAddress(text), { fault: 'input', code: 'bad-address', message, hint: /ble:NAME/ }, text);
  t.equal(formatAddress(parseDeviceAddress('c0:01:02:03:04:05')!), 'C0:01:02:03:04:05');
  t.equal(createStaticAddress()[5]! >> 6, 0b11, 'the mark of static random addresses');
});

/** Feeds bytes cut at random places. */
function split(bytes: Uint8Array, seed: number): { readonly packets: readonly string[]; readonly skipped: number } {
  const rng = createRng(seed);
  const packets: string[] = [];
  let skipped = 0;
  const splitter = createH4Splitter({ packet: (packet) => packets.push(toHex(packet)), skipped: (count) => (skipped += count) });
  for (let at = 0; at < bytes.length;) {
    const size = 1 + rng.below(40);
    splitter.feed(bytes.subarray(at, at + size));
    at += size;
  }
  return { packets, skipped };
}

t.test('H4: packets are found however their bytes arrive, and after bytes that are none', async (t) => {
  const data = fc.uint8Array({ maxLength: 250 });
  const packet = fc.oneof(
    data.map((bytes) => aclPacket(1, 2, bytes)),
    data.map((bytes) => eventPacket(0x3e, bytes)),
    data.map((bytes) => commandPacket(0x0c03, bytes)),
    data.map((bytes) => Uint8Array.of(3, 1, 0, bytes.length, ...bytes)),
    data.map((bytes) => Uint8Array.of(5, 1, 0, bytes.length, 0xc0, ...bytes)),
  );
  const noise = fc.array(fc.integer({ min: 6, max: 255 }), { maxLength: 5 }).map((bytes) => Uint8Array.from(bytes));
  fc.assert(
    fc.property(fc.array(fc.tuple(noise, packet), { maxLength: 8 }), fc.nat(), (parts, seed) => {
      const result = split(concatBytes(parts.flat()), seed);
      t.same(
        result.packets,
        parts.map(([, bytes]) => toHex(bytes)),
      );
      t.equal(
        result.skipped,
        parts.reduce((sum, [bytes]) => sum + bytes.length, 0),
      );
    }),
    { numRuns: 50 },
  );
  t.same(
    split(Uint8Array.of(2, 0xff, 0xff, 0xff, 0xff, ...eventPacket(0x0e, Uint8Array.of(1))), 1),
    { packets: ['040e0101'], skipped: 5 },
    'an impossible length',
  );
});

t.test('flow control: one command at a time, and no more data than there are buffers', async (t) => {
  let sent: string[] = [];
  const queue = createHciQueue((packet) => sent.push(toHex(packet)));
  const take = (): readonly string[] => {
    const taken = sent;
    sent = [];
    return taken;
  };
  const tell = (hex: string): readonly string[] => {
    queue.observe(fromHex(hex)!);
    return take();
  };
  const commands = [0x0c03, 0x1009, 0x2002].map((opcode) => commandPacket(opcode));
  for (const command of commands) queue.write(command);
  t.same(take(), ['01030c00']);
  t.same(tell('040e0400030c00'), [], 'no leave for another');
  t.same(tell('040e03010000'), ['01091000'], 'leave without an answer');
  t.same(tell('040f0400010910'), ['01022000']);

  const data = (handle: number, byte: number): Uint8Array => aclPacket(handle, 0, Uint8Array.of(byte));
  for (const [handle, byte] of [
    [1, 1],
    [2, 2],
    [1, 3],
    [2, 4],
    [1, 5],
  ] as const)
    queue.write(data(handle, byte));
  t.same(take(), [], 'not before the buffers are known');
  queue.setBuffers(2);
  t.same(
    take(),
    ['0201000100 01', '0202000100 02'].map((hex) => hex.replace(' ', '')),
  );
  t.same(tell('0413050101000100'), ['020100010003']);
  t.same(tell('04050400020013'), ['020100010005'], 'a connection that ends frees its buffers and drops what waits for it');
  t.same(tell('0413090202000100 01000200'.replace(' ', '')), [], 'more completions than packets');
  queue.write(data(1, 6));
  queue.write(data(1, 7));
  queue.write(data(1, 8));
  t.equal(take().length, 2);
  t.same(tell('0413'), [], 'events that are cut');
  t.same(tell('040e'), []);

  const stuck = createHciQueue(() => undefined);
  const room = Array.from({ length: hciWaitingMax + 10 }, () => stuck.write(commandPacket(0x0c03)));
  t.equal(room.filter((taken) => taken).length, hciWaitingMax + 1);
});

t.test('requests for connection parameters', async (t) => {
  const request = (...values: readonly number[]): Uint8Array => {
    const parameters = values.flatMap((value) => [value & 0xff, value >> 8]);
    return aclPacket(0x42, 2, Uint8Array.of(12, 0, 5, 0, 0x12, 7, 8, 0, ...parameters));
  };
  const response = (result: string): string => `0242000a00060005001307 0200${result}`.replace(' ', '');
  t.same(answerParameterRequest(request(6, 12, 0, 400))?.map(toHex), [
    response('0000'),
    '0113200e420006000c00000090010000 0000'.replace(' ', ''),
  ]);
  const refused: readonly (readonly number[])[] = [
    [5, 12, 0, 400],
    [13, 12, 0, 400],
    [6, 3201, 0, 3200],
    [6, 12, 500, 3200],
    [6, 12, 0, 9],
    [6, 12, 0, 3201],
    [6, 3200, 0, 800],
  ];
  for (const values of refused) t.same(answerParameterRequest(request(...values))?.map(toHex), [response('0100')], values.join(' '));
  t.equal(answerParameterRequest(request(6, 12, 0, 400).subarray(0, 20)), undefined);
  t.equal(answerParameterRequest(Uint8Array.of(2, 1, 0, 0, 0)), undefined);
  t.equal(answerParameterRequest(eventPacket(0x3e, new Uint8Array(20))), undefined);
});

/** What becomes of notifications. */
function assemble(values: readonly Uint8Array[]): { readonly packets: readonly Uint8Array[]; readonly dropped: number } {
  const packets: Uint8Array[] = [];
  let dropped = 0;
  const assembler = createPacketAssembler({ packet: (packet) => packets.push(packet), dropped: (bytes) => (dropped += bytes) });
  for (const value of values) assembler.feed(value);
  return { packets, dropped };
}

const inPieces = (packet: Uint8Array, size: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(packet.length / size) }, (_, index) => packet.subarray(index * size, (index + 1) * size));

t.test('packets in pieces', async (t) => {
  // Vector A16 as a device sends it at ATT_MTU 23: 20 bytes a notification (smp.md 9, G1).
  const captured = new Uint8Array(Buffer.from('010000190000ff06bf686275665f73697a651909ab696275665f636f756e7404ff', 'hex'));
  t.same(assemble(inPieces(captured, 20)), { packets: [captured], dropped: 0 });
  const sizes = fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 514 }), (payloads, piece) => {
      const packets = payloads.map((size, index) => smpPacket(responseOp, index, size));
      t.same(assemble(packets.flatMap((packet) => inPieces(packet, piece))), { packets, dropped: 0 });
    }),
    { numRuns: 50 },
  );

  const packets = [70, 90, 41].map((size, index) => smpPacket(responseOp, index, size));
  const values = packets.flatMap((packet) => inPieces(packet, 20));
  for (const lost of values.keys()) {
    const rest = assemble(values.filter((_, index) => index !== lost));
    const after = assemble([...values.filter((_, index) => index !== lost), ...values]).packets.slice(-3);
    t.ok(
      rest.packets.every((packet) => packets.some((known) => toHex(known) === toHex(packet))),
      'only packets that were sent come out',
    );
    t.ok(
      after.slice(1).every((packet, index) => toHex(packet) === toHex(packets[index + 1]!)),
      `the loss of ${lost} is over after a packet`,
    );
  }
  t.same(assemble([Uint8Array.of(0x41, 0x42), smpPacket(responseOp, 1, 3)]), { packets: [smpPacket(responseOp, 1, 3)], dropped: 2 });
  t.same(assemble([concatBytes([smpPacket(responseOp, 1, 3), Uint8Array.of(1)])]), { packets: [], dropped: 12 }, 'more than was announced');
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), (noise) => assemble(noise).dropped >= 0));
});

t.test('what errors say', async (t) => {
  const system = (code: string): Error => Object.assign(new Error(code), { code });
  const unavailable: readonly (readonly [string, string, RegExp])[] = [
    ['MODULE_NOT_FOUND', 'ble-not-installed', /npm install @abandonware\/noble/],
    ['EAFNOSUPPORT', 'bluetooth-missing', /modprobe bluetooth.*h4:/],
    ['ENODEV', 'adapter-missing', /hciconfig/],
    ['EPERM', 'adapter-denied', /setcap cap_net_raw/],
    ['EIO', 'adapter-unavailable', /h4:/],
  ];
  for (const [cause, code, hint] of unavailable)
    t.match(adapterUnavailable('kernel:0', system(cause)), { fault: 'infra', code, hint }, cause);
  const states: readonly (readonly [string, string])[] = [
    ['poweredOff', 'adapter-down'],
    ['unauthorized', 'adapter-denied'],
    ['unsupported', 'adapter-unsupported'],
    ['resetting', 'adapter-down'],
  ];
  for (const [state, code] of states) t.match(adapterNotOn('kernel:0', state), { fault: 'infra', code, message: new RegExp(state) });
  const seen = Array.from({ length: 20 }, (_, index) => ({ address: `C0:00:00:00:00:${index + 10}`, name: undefined, rssi: -index - 40 }));
  t.match(deviceNotFound('ble:x', 10_000, seen), { message: /seen: C0:00:00:00:00:10 \(-40 dBm\),.*, and 12 more$/ });
});

t.test('a Unix socket as a face', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bootproof-'));
  const path = join(folder, 'face');
  const accept: Accept = () => ({ receive: () => undefined, closed: () => undefined });
  const face = await listenUnix(path, accept);
  t.match(await failureOf(listenUnix(path, accept)), { fault: 'infra', code: 'address-in-use' });
  await Promise.all([face.close(), face.close()]);
  // A process that is killed leaves its socket behind.
  const crash = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', crash]);
  t.ok(existsSync(path));
  await (await listenUnix(path, accept)).close();
  writeFileSync(path, 'a file of somebody');
  t.match(await failureOf(listenUnix(path, accept)), { code: 'address-in-use' });
  t.match(await failureOf(listenUnix(join(folder, 'no', 'where'), accept)), { code: /link-folder-missing|link-denied/ });
  rmSync(folder, { recursive: true });
});
