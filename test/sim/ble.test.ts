/** The virtual Bluetooth controller and the boards in its reach, by their bytes, in virtual time. */

import t from 'tap';
import fc from 'fast-check';
import { fromHex, toHex, utf8 } from '../../src/base/bytes.ts';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import { sleep } from '../../src/base/clock.ts';
import { createBleBoard, type BleBoard, type BleBoardOptions } from '../../src/sim/ble/board.ts';
import { createBleController, type BleControllerOptions, type ControllerViolation } from '../../src/sim/ble/controller.ts';
import { createH4Splitter } from '../../src/transport/ble/h4.ts';
import { hciType } from '../../src/transport/ble/hci.ts';

const address = 'C0:00:00:00:00:01';
const addressBytes = '0100000000c0';

interface Bench {
  readonly board: BleBoard;
  /** Values written to the SMP characteristic. */
  readonly written: Uint8Array[];
  readonly violations: ControllerViolation[];
  /** Sends hex bytes and gives what came back since the last call, packet by packet, in hex. */
  tell(hex: string): readonly string[];
  /** Gives what came in this time. */
  pass(ms: number): Promise<readonly string[]>;
  /** Sends bytes from the board as an answer. */
  answer(bytes: Uint8Array): void;
  close(): void;
  readonly closed: () => number;
}

function createBench(options: Partial<BleBoardOptions> = {}, controller: BleControllerOptions = {}): Bench {
  const clock = createVirtualClock();
  const written: Uint8Array[] = [];
  const violations: ControllerViolation[] = [];
  let answer: (bytes: Uint8Array) => void = () => undefined;
  let closed = 0;
  const board = createBleBoard({ name: 'Zephyr', address, ...options }, (peer) => {
    answer = (bytes) => peer.send(bytes);
    return { receive: (bytes) => written.push(bytes), closed: () => (closed += 1) };
  });
  let received: string[] = [];
  const splitter = createH4Splitter({ packet: (packet) => received.push(toHex(packet)), skipped: () => t.fail('only packets come out') });
  const host = createBleController({
    clock,
    boards: [board],
    options: controller,
    host: 'test',
    send: (packet) => splitter.feed(packet),
    violated: (violation) => violations.push(violation),
  });
  const take = (): readonly string[] => {
    const taken = received;
    received = [];
    return taken;
  };
  return {
    board,
    written,
    violations,
    tell: (hex) => {
      host.receive(fromHex(hex)!);
      return take();
    },
    pass: async (ms) => {
      await clock.drive(sleep(clock, ms, 'a pause of the test'));
      return take();
    },
    answer: (bytes) => answer(bytes),
    close: () => host.close(),
    closed: () => closed,
  };
}

/** The event Command Complete with nothing but a status. */
const answered = (opcode: string, status = '00'): string => `040e0401${opcode}${status}`;
const scanOn = '010b200701100010000000 010c20020100';
const scanOff = '010c20020000';
/** 7.5 ms, no latency, 4 s. */
const create = `010d2019 60003000 00 01${addressBytes} 00 0600 0c00 0000 9001 0000 0000`;
const connected = `043e1301 00 0100 00 01${addressBytes} 0600 0000 9001 00`.replaceAll(' ', '');

/** A bench whose host is connected to the board. */
async function createLink(options: Partial<BleBoardOptions> = {}, controller: BleControllerOptions = {}): Promise<Bench> {
  const bench = createBench(options, controller);
  bench.tell(create);
  t.same(await bench.pass(21), [connected]);
  return bench;
}

const bytesOf = (hex: string): number => fromHex(hex)!.length;
const hex16 = (value: number): string => toHex(Uint8Array.of(value & 0xff, value >> 8));
const reversed = (hex: string): string => toHex(fromHex(hex)!.reverse());
const compact = (hex: string): string => hex.replaceAll(' ', '');
/** An L2CAP frame in one ACL packet. */
const frame = (handle: string, channel: string, pdu: string): string =>
  compact(`02${handle}${hex16(bytesOf(pdu) + 4)}${hex16(bytesOf(pdu))}${channel}${pdu}`);
/** ATT PDUs of the host, and of the board. */
const att = (pdu: string): string => frame('0100', '0400', pdu);
const fromBoard = (pdu: string): string => frame('0120', '0400', pdu);
/** So many buffers are free again. */
const taken = (count = 1): string => compact(`04130501 0100 ${hex16(count)}`);
const subscribe = att('12 0b00 0100');

t.test('commands', async (t) => {
  const bench = createBench();
  const answers: readonly (readonly [string, string])[] = [
    ['01030c00', answered('030c')],
    ['01091000', '040e0a01091000 010000000002'],
    ['01022000', '040e0701022000 fb00 08'],
    ['01ffff00', answered('ffff', '01')],
    ['01010c00', answered('010c', '12')],
    ['01060403 0100 13', '040f0402010604'],
    ['010e2000', answered('0e20', '0c')],
  ];
  for (const [command, answer] of answers) t.same(bench.tell(command), [compact(answer)], command);
  t.same(bench.violations, []);
  bench.tell('ff');
  t.same(bench.violations, ['malformed']);
  t.same(bench.tell('01030c00'), [answered('030c')], 'the place of the next packet is found again');
  bench.close();
  t.same(bench.tell('01030c00'), []);
});

t.test('a controller without a public address cannot send from it', async (t) => {
  const bench = createBench({}, { address: null, staticAddress: 'C1:22:33:44:55:66' });
  t.same(bench.tell('01091000'), ['040e0a01091000000000000000']);
  t.same(bench.tell('010b200701100010000000'), [answered('0b20', '12')]);
  t.same(bench.tell('0109fc00'), [compact(`040e1b0109fc00 01 6655443322c1 ${'00'.repeat(16)}`)]);
  t.same(bench.tell('01052006 6655443322c1'), [answered('0520')]);
  t.same(bench.tell('010b200701100010000100'), [answered('0b20')]);
  t.same(bench.tell(create), ['040f0412010d20'], 'nor connect from it');
});

t.test('slow controllers take as many commands as they say', async (t) => {
  const bench = createBench({}, { commandMs: 10, commandCredits: 2 });
  t.same(bench.tell('01030c00 01091000 01022000'), []);
  t.same(bench.violations, ['command-overrun']);
  t.same(
    (await bench.pass(11)).map((event) => event.slice(6, 12)),
    ['02030c', '020910'],
  );
});

t.test('scanning', async (t) => {
  const bench = createBench();
  bench.tell(scanOn);
  const report = (type: string, data: string): string =>
    compact(`043e${toHex(Uint8Array.of(12 + bytesOf(data)))}0201${type}01${addressBytes}${toHex(Uint8Array.of(bytesOf(data)))}${data}c9`);
  const both = [report('00', `020106 1107 ${reversed('8d53dc1d1db74cd3868b8a527460aa84')}`), report('04', `0709 ${toHex(utf8('Zephyr'))}`)];
  t.same(await bench.pass(61), [...both, ...both, ...both]);
  t.same(bench.tell(create), ['040f040c010d20'], 'no connecting while scanning');
  t.same(bench.tell(`${scanOff} 010c20020101`), [answered('0c20'), answered('0c20')]);
  t.same(await bench.pass(61), both, 'duplicates are left out');
  bench.board.setUp(false);
  t.same(bench.tell(`${scanOff} 010c20020100`), [answered('0c20'), answered('0c20')]);
  t.same(await bench.pass(61), []);
  bench.board.setUp(true);
  t.same(await bench.pass(21), both);
  bench.tell(scanOff);
  t.same(await bench.pass(100), []);
});

t.test('connecting waits for the board, and can be given up', async (t) => {
  const bench = createBench();
  bench.board.setUp(false);
  t.same(bench.tell(create), ['040f0400010d20']);
  t.same(await bench.pass(1000), []);
  t.same(bench.tell(`${create} 010c20020100`), ['040f040c010d20', answered('0c20', '0c')], 'one thing at a time');
  t.same(bench.tell('010e2000'), [answered('0e20'), `043e130102${'00'.repeat(17)}`]);
  bench.board.setUp(true);
  t.same(await bench.pass(100), []);
  bench.tell(create);
  t.same(await bench.pass(21), [connected]);
  bench.tell(scanOn);
  t.same(await bench.pass(100), [], 'a board that is connected does not advertise');
  t.same(bench.tell('01060403 0100 13'), ['040f0400010604', compact('0405040001 0016')]);
  t.equal(bench.closed(), 1);
  t.equal((await bench.pass(20)).length, 2, 'and then it does again');
});

t.test('attributes', async (t) => {
  const bench = await createLink({ mtu: 65 });
  const service = reversed('8d53dc1d1db74cd3868b8a527460aa84');
  const characteristic = reversed('da2e7828fbce4e01ae9e261174997c48');
  const exchanges: readonly (readonly [string, string])[] = [
    ['10 0100 ffff 0028', '1106 0100 0300 0018 0400 0700 0118'],
    ['10 0800 ffff 0028', `1114 0800 0b00 ${service}`],
    ['10 0c00 ffff 0028', '01 10 0c00 0a'],
    ['08 0800 0b00 0328', `0915 0900 14 0a00 ${characteristic}`],
    ['08 0a00 0b00 0228', '01 08 0a00 0a'],
    ['04 0600 0700', '0501 0600 052a 0700 0229'],
    ['04 0a00 0b00', `0502 0a00 ${characteristic}`],
    ['0a 0300', `0b ${toHex(utf8('Zephyr'))}`],
    ['0c 0300 0400', `0d ${toHex(utf8('yr'))}`],
    ['0a 0a00', '01 0a 0a00 02'],
    ['0a 6300', '01 0a 6300 01'],
    ['12 0a00 aa', '01 12 0a00 03'],
    ['12 0b00 01', '01 12 0b00 04'],
    ['16 0a00 0000 aa', '01 16 0000 06'],
    ['08 0800 0b00 0229', '0904 0b00 0000'],
    ['12 0b00 0100', '13'],
    ['08 0800 0b00 0229', '0904 0b00 0100'],
    ['02 0002', '03 4100'],
  ];
  for (const [request, response] of exchanges) t.same(bench.tell(att(request)), [taken(), fromBoard(response)], request);
  for (const command of ['52 0a00 01020304', '52 0300 01', '1e', 'd2 0a00 0102']) t.same(bench.tell(att(command)), [taken()], command);
  t.same(bench.written.map(toHex), ['01020304'], 'what is written elsewhere is lost');
  t.match(bench.board.link(), { mtu: 65, parameters: { interval: 6, latency: 0, timeout: 400 } });
});

t.test('answers are notifications in pieces of the MTU, and need a subscription', async (t) => {
  const bench = await createLink();
  const bytes = Uint8Array.from({ length: 45 }, (_, index) => index);
  bench.answer(bytes);
  t.same(bench.tell(subscribe), [taken(), fromBoard('13')]);
  bench.answer(bytes);
  const pieces = [bytes.subarray(0, 20), bytes.subarray(20, 40), bytes.subarray(40)];
  t.same(
    await bench.pass(1),
    pieces.map((piece) => fromBoard(`1b 0a00 ${toHex(piece)}`)),
  );
  bench.tell(att('02 f701'));
  bench.answer(bytes);
  t.same(await bench.pass(1), [fromBoard(`1b 0a00 ${toHex(bytes)}`)]);
  bench.tell(att('12 0b00 0000'));
  bench.answer(bytes);
  t.same(await bench.pass(1), []);
});

t.test('small packets: fragments are put together both ways', async (t) => {
  const bench = await createLink({}, { acl: { length: 27, count: 4 } });
  bench.tell(`${subscribe} ${att('02 f700')}`);
  const value = toHex(Uint8Array.from({ length: 40 }, (_, index) => index));
  const whole = compact(`2b00 0400 52 0a00 ${value}`);
  const parts = [whole.slice(0, 54), whole.slice(54)];
  bench.tell(`02 0100 1b00 ${parts[0]!} 02 0110 ${hex16(bytesOf(parts[1]!))} ${parts[1]!}`);
  t.same(bench.written.map(toHex), [value]);
  bench.answer(fromHex(value)!);
  const answer = compact(`2b00 0400 1b 0a00 ${value}`);
  t.same(await bench.pass(1), [compact(`02 0120 1b00 ${answer.slice(0, 54)}`), compact(`02 0110 1400 ${answer.slice(54)}`)]);
  bench.tell(frame('0100', '0400', `52 0a00 ${value}`));
  t.same(bench.violations, ['buffer-overrun'], 'a packet that does not fit a buffer');
});

t.test('links that take time move packets at connection events', async (t) => {
  const bench = await createLink({}, { packetsPerEvent: 1, acl: { length: 251, count: 2 } });
  bench.tell(`${att('0a 0300')} ${att('0a 0300')} ${att('0a 0300')}`);
  t.same(bench.violations, ['buffer-overrun']);
  t.same(await bench.pass(6.4), []);
  t.same(await bench.pass(0.2), [taken()], 'the event 7.5 ms after the connection');
  const name = fromBoard(`0b ${toHex(utf8('Zephyr'))}`);
  t.same(await bench.pass(7.5), [name, taken()], 'the answer to the first comes with the next event');
  t.same(await bench.pass(7.5), [name]);
  t.same(bench.tell('0113200e 0100 1000 1000 0000 6400 0000 0000'), ['040f0400011320', compact('043e0a0300 0100 1000 0000 6400')]);
  bench.tell(att('0a 0300'));
  t.same(await bench.pass(11), []);
  t.equal((await bench.pass(10)).length, 1, '20 ms between events now');
});

t.test('a board that boots is silent until the supervision timeout', async (t) => {
  const bench = await createLink();
  bench.tell(subscribe);
  bench.board.setUp(false);
  t.equal(bench.closed(), 1);
  t.same(bench.tell(att('52 0a00 01')), [], 'what is sent to it stays in the buffers');
  bench.answer(utf8('late'));
  bench.board.setUp(true);
  t.same(await bench.pass(3999), []);
  t.same(await bench.pass(2), [compact('0405040001 0008')]);
  t.same(bench.written, []);
  bench.tell(create);
  t.equal((await bench.pass(21)).length, 1, 'and it can be connected to again');
  bench.board.disconnect();
  t.same(await bench.pass(0), [compact('0405040002 0013')]);
  t.equal(bench.closed(), 2);
});

t.test('what ends a host ends its links', async (t) => {
  for (const end of [(bench: Bench) => void bench.tell('01030c00'), (bench: Bench) => bench.close()]) {
    const bench = await createLink();
    end(bench);
    t.equal(bench.closed(), 1);
    t.same(await bench.pass(10_000), []);
    t.not(bench.board.advertisement(), undefined);
  }
});

t.test('faults', async (t) => {
  const lossy = await createLink({ loseEveryNotification: 2 });
  lossy.tell(subscribe);
  for (const byte of [1, 2, 3]) lossy.answer(Uint8Array.of(byte));
  t.same(await lossy.pass(1), [fromBoard('1b 0a00 01'), fromBoard('1b 0a00 03')]);

  const strict = await createLink({ errors: { subscribe: 0x05, write: 0x11 } });
  t.same(strict.tell(subscribe), [taken(), fromBoard('01 12 0b00 05')]);
  t.same(strict.tell(att('52 0a00 01')), [taken()]);
  t.same(strict.written, []);
  t.same(strict.tell(frame('0100', '0600', '01 03 00 01 10 00 01')), [taken(), frame('0120', '0600', '05 05')], 'no pairing');

  const wishful = await createLink({ parameterRequest: { interval: 8, latency: 0, timeout: 500 } });
  const wish = frame('0120', '0500', '12 01 0800 0800 0800 0000 f401');
  t.same(wishful.tell(subscribe), [taken(), wish, fromBoard('13')]);
  t.same(wishful.tell(frame('0100', '0500', '13 01 0200 0000')), [taken()]);
  t.match(wishful.board.link(), { parametersAccepted: true });
  t.same(
    wishful.tell(frame('0100', '0500', '0a 07 0000')),
    [taken(), frame('0120', '0500', '01 07 0200 0000')],
    'unknown signals are rejected',
  );

  const silent = await createLink({ fault: { at: 'services', do: 'ignore' } });
  t.same(silent.tell(att('10 0100 ffff 0028')), [taken()]);
});

t.test('no bytes of a host upset the controller or a board', async () => {
  const attribute = fc.uint8Array({ maxLength: 40 }).map((pdu) => fromHex(att(toHex(pdu)))!);
  const anything = fc.uint8Array({ maxLength: 60 });
  const command = fc
    .tuple(fc.constantFrom(0x0406, 0x200b, 0x200c, 0x200d, 0x200e, 0x2013, 0x0c03), fc.uint8Array({ maxLength: 30 }))
    .map(([opcode, parameters]) => Uint8Array.of(hciType.command, opcode & 0xff, opcode >> 8, parameters.length, ...parameters));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(attribute, attribute, command, anything), { maxLength: 30 }), async (packets) => {
      const bench = createBench();
      bench.tell(create);
      await bench.pass(21);
      const answers = packets.flatMap((packet) => bench.tell(toHex(packet)));
      const ofBoard = answers.filter((answer) => answer.startsWith('02')).map((answer) => bytesOf(answer) - 9);
      const mtu = bench.board.link()?.mtu ?? 247;
      bench.close();
      await bench.pass(10_000);
      return ofBoard.every((bytes) => bytes <= mtu) && answers.every((answer) => answer.startsWith('02') || bytesOf(answer) < 260);
    }),
    { numRuns: 200 },
  );
});
