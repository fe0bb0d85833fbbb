/** BLE links: the real noble over H4 against the virtual controller. */

import { deepEqual } from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { concatBytes, utf8 } from '../../src/base/bytes.ts';
import { plainLinkLayer, type BleAdvertiser } from '../../src/sim/ble/air.ts';
import { createBleBoard, type BlePhase } from '../../src/sim/ble/board.ts';
import type { BleControllerOptions } from '../../src/sim/ble/controller.ts';
import { leaseAdapter } from '../../src/transport/ble/adapters.ts';
import { formatAddress, parseDeviceAddress } from '../../src/transport/ble/hci.ts';
import { scanMsMax } from '../../src/transport/ble/scan.ts';
import { awaitAdvertising, openTransport } from '../../src/transport/open.ts';
import type { Transport } from '../../src/transport/transport.ts';
import {
  asResponse,
  boardAddress,
  hastyClock,
  listenBoards,
  listenEcho,
  nobleIsMissing,
  parseAdapter,
  usedHeap,
  type EchoFace,
  type EchoOptions,
} from './ble-support.ts';
import {
  failureOf,
  openDescriptors,
  pause,
  realClock,
  realContext,
  recordEvents,
  requestOp,
  responseOp,
  smpPacket,
  until,
  type Recorder,
} from './support.ts';

/** A test that needs noble. */
function test(name: string, work: (t: Test) => Promise<void>, timeout = 60_000): void {
  t.test(name, { skip: nobleIsMissing, timeout }, work);
}

const calm = { 'command-overrun': 0, 'buffer-overrun': 0, malformed: 0 };

/** Opens a link to a face, works with it and closes both. */
async function withLink(
  options: EchoOptions,
  work: (transport: Transport, events: Recorder, face: EchoFace) => Promise<void>,
  query = '',
): Promise<void> {
  const face = await listenEcho(options);
  const events = recordEvents();
  const transport = await openTransport(`${face.address}${query}`, events, realContext());
  try {
    await work(transport, events, face);
  } finally {
    await transport.close();
    await face.close();
  }
}

/** Sends each packet and expects it back. */
async function exchange(transport: Transport, events: Recorder, packets: readonly Uint8Array[]): Promise<void> {
  const before = events.packets.length;
  for (const packet of packets) await transport.send(packet);
  await until('all answers are there', () => events.packets.length >= before + packets.length);
  deepEqual(events.packets.slice(before), packets.map(asResponse));
}

test('packets go both ways, over TCP and a Unix socket', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bootproof-'));
  for (const at of [{ host: '127.0.0.1', port: 0 }, { host: '::1', port: 0 }, { path: join(folder, 'hci') }]) {
    await withLink({ at }, async (transport, events, face) => {
      t.same([transport.name, transport.packetMax, transport.reliable], [face.address, 244, true]);
      t.match(face.board.link(), { mtu: 247 });
      await exchange(transport, events, [smpPacket(requestOp, 1, 0), smpPacket(requestOp, 2, 236), smpPacket(requestOp, 3, 12)]);
      t.same(face.written.length, 3, 'one write each');
      t.match(await failureOf(transport.send(smpPacket(requestOp, 4, 237))), { fault: 'input', code: 'packet-too-large' });
      t.match(await failureOf(transport.sendText(utf8('x'))), { fault: 'input', code: 'no-console' });
      await Promise.all([transport.close(), transport.close()]);
      t.equal((await failureOf(transport.send(smpPacket(requestOp, 5, 1)))).code, 'link-closed');
      t.same(face.links, { opened: 1, closed: 1 });
      t.same(face.violations(), calm);
      t.equal(events.losses.length, 0);
    });
  }
  rmSync(folder, { recursive: true });
});

test('the MTU is what both sides agreed on', async (t) => {
  for (const [mtu, packetMax] of [
    [23, 20],
    [247, 244],
    [256, 253],
    [498, 495],
    [517, 514],
  ] as const) {
    await withLink({ board: { mtu } }, async (transport, events, face) => {
      t.equal(transport.packetMax, packetMax);
      t.equal(face.board.link()?.mtu, mtu);
      await exchange(transport, events, [smpPacket(requestOp, 1, packetMax - 8)]);
    });
  }
  await withLink({ board: { errors: { mtu: 0x06 } } }, async (transport, events) => {
    t.equal(transport.packetMax, 20, 'a server that refuses the exchange');
    await exchange(transport, events, [smpPacket(requestOp, 1, 12)]);
  });
});

test('a server that puts packets together gets them whole, however many wait', async (t) => {
  await withLink(
    { controller: { acl: { length: 27, count: 2 } }, answer: (bytes, peer) => peer.send(bytes) },
    async (transport, events, face) => {
      t.equal(transport.packetMax, 65_543);
      const packets = Array.from({ length: 10 }, (_, index) => smpPacket(responseOp, index, 2000 + index));
      await Promise.all(packets.map((packet) => transport.send(packet)));
      const sent = concatBytes(packets);
      await until('all is written', () => concatBytes(face.written).length === sent.length);
      t.same(concatBytes(face.written), sent, 'frames do not mix');
      t.same(face.violations(), calm);
      await until('all answers are there', () => events.packets.length === packets.length);
      t.same(events.packets, packets);
    },
    '&reassembly=on',
  );
});

test('controllers of all kinds', async (t) => {
  const kinds: readonly (readonly [string, BleControllerOptions])[] = [
    ['one command at a time, slow', { commandMs: 2, commandCredits: 1 }],
    ['small buffers', { acl: { length: 27, count: 1 } }],
    ['no address', { address: null }],
    ['no public address, but one from the factory', { address: null, staticAddress: 'C1:22:33:44:55:66' }],
    ['links that take time', { packetsPerEvent: 2 }],
  ];
  for (const [what, controller] of kinds) {
    const parameterRequest = { interval: 8, latency: 0, timeout: 500 };
    await withLink({ controller, board: { parameterRequest } }, async (transport, events, face) => {
      const packets = Array.from({ length: 20 }, (_, index) => smpPacket(requestOp, index, 200));
      await exchange(transport, events, packets);
      await until('the parameters hold', () => face.board.link()?.parametersAccepted === true);
      t.match(face.board.link(), { parameters: parameterRequest }, what);
      t.same(face.violations(), calm, what);
    });
  }
  const impossible = { interval: 400, latency: 10, timeout: 100 };
  await withLink({ board: { parameterRequest: impossible } }, async (_transport, _events, face) => {
    await until('the answer is there', () => face.board.link()?.parametersAccepted !== undefined);
    t.match(face.board.link(), { parametersAccepted: false }, 'parameters that would end the connection are refused');
  });
});

test('a link that is lost while it is opened ends in an error that says so', async (t) => {
  const phases: readonly BlePhase[] = ['mtu', 'services', 'characteristics', 'subscribe'];
  for (const at of phases) {
    for (const [how, message] of [
      ['vanish', /fell silent/],
      ['disconnect', /device ended the connection/],
    ] as const) {
      const face = await listenEcho({ board: { fault: { at, do: how } }, clock: hastyClock(100) });
      const events = recordEvents();
      const error = await failureOf(openTransport(face.address, events, realContext()));
      t.match(error, { fault: 'infra', code: 'connection-lost', message }, `${how} at ${at}`);
      t.equal(events.count(), 0);
      await face.close();
    }
    const face = await listenEcho({ board: { fault: { at, do: 'ignore' } } });
    const error = await failureOf(openTransport(face.address, recordEvents(), realContext(undefined, hastyClock(20))));
    t.match(error, { fault: 'infra', code: at === 'subscribe' ? 'pairing-required' : 'gatt-timeout' }, `silence at ${at}`);
    t.equal(face.board.link(), undefined, 'the link was ended');
    await face.close();
  }
});

test('a characteristic that demands pairing', async (t) => {
  for (const code of [0x05, 0x0f]) {
    const face = await listenEcho({ board: { errors: { subscribe: code } } });
    const error = await failureOf(openTransport(face.address, recordEvents(), realContext(undefined, hastyClock(20))));
    t.match(error, { fault: 'infra', code: 'pairing-required', hint: /PERM_RW=y/ });
    await face.close();
  }
});

test('a link that is lost later is one loss', async (t) => {
  const ways: readonly (readonly [string, (face: EchoFace) => unknown, object])[] = [
    ['the board boots', (face) => face.board.setUp(false), { code: 'connection-lost', message: /fell silent.*0x08/ }],
    ['the board disconnects', (face) => face.board.disconnect(), { code: 'connection-lost', message: /0x13/ }],
    ['the adapter goes away', (face) => face.close(), { code: 'adapter-lost' }],
  ];
  for (const [what, vanish, expected] of ways) {
    await withLink({ clock: hastyClock(100) }, async (transport, events, face) => {
      await exchange(transport, events, [smpPacket(requestOp, 1, 5)]);
      const sends = [1, 2, 3].map((sequence) => transport.send(smpPacket(requestOp, sequence, 100)).catch((error: unknown) => error));
      await vanish(face);
      await until('the loss is there', () => events.losses.length === 1);
      await Promise.all(sends);
      t.match(events.losses[0], { fault: 'infra', ...expected }, what);
      t.equal(await failureOf(transport.send(smpPacket(requestOp, 1, 1))), events.losses[0]);
      await transport.close();
      t.equal(events.losses.length, 1);
      t.same(face.links, { opened: 1, closed: 1 });
    });
  }
});

test('a board that was reset is found by a fresh scan', async (t) => {
  const face = await listenEcho({ clock: hastyClock(100) });
  for (let boot = 0; boot < 3; boot += 1) {
    const events = recordEvents();
    const transport = await openTransport(face.address, events, realContext());
    await exchange(transport, events, [smpPacket(requestOp, boot, 10)]);
    face.board.setUp(false);
    await until('the loss is there', () => events.losses.length === 1);
    const opening = openTransport(face.address, recordEvents(), realContext());
    await pause(50);
    t.equal(face.links.opened, 2 * boot + 1, 'it is not there yet');
    face.board.setUp(true);
    await (await opening).close();
    await transport.close();
  }
  await face.close();
});

test('devices that cannot be found', async (t) => {
  const face = await listenEcho();
  const other = face.address.replace(boardAddress, 'C0:00:00:00:00:99');
  const hasty = realContext(undefined, hastyClock(10));
  const error = await failureOf(openTransport(other, recordEvents(), hasty));
  t.match(error, { fault: 'infra', code: 'device-not-found', message: /seen: C0:00:00:00:00:01 "Zephyr" \(-55 dBm\)/ });
  t.match(await failureOf(openTransport(face.address.replace(boardAddress, 'zephyr'), recordEvents(), hasty)), {
    code: 'device-not-found',
  });
  face.board.setUp(false);
  t.match(await failureOf(openTransport(face.address, recordEvents(), hasty)), { code: 'device-not-found', message: /seen: nothing/ });

  const cancel = new AbortController();
  const opening = openTransport(face.address, recordEvents(), realContext(cancel.signal));
  await pause(100);
  cancel.abort(error);
  t.equal(await failureOf(opening), error, 'giving up');
  await face.close();
});

test('adapters that are none', async (t) => {
  const open = (adapter: string): ReturnType<typeof failureOf> =>
    failureOf(openTransport(`ble:Zephyr?adapter=${adapter}`, recordEvents(), realContext(undefined, hastyClock(20))));
  t.match(await open('h4:unix:/nowhere/at/all'), { code: 'connection-refused', message: /h4:unix:\/nowhere/ });
  t.match(await open('h4:serial:/dev/nowhere'), { code: 'open-failed', fault: 'infra' });
  const words: readonly (readonly [string, RegExp])[] = [
    ['', /nothing came back/],
    ['uart:~$ hello, this is a shell\r\n', /32 bytes came back that are no HCI/],
    ['x'.repeat(5000), /5000 bytes that are no HCI/],
  ];
  for (const [text, message] of words) {
    const sayText = (socket: Socket): void =>
      void socket
        .on('error', () => undefined)
        .resume()
        .write(text);
    const server = createServer(sayText).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const error = await open(`h4:tcp:127.0.0.1:${(server.address() as AddressInfo).port}`);
    t.match(error, { fault: 'infra', code: text.length > 1000 ? 'adapter-broken' : 'adapter-silent', message });
    server.close();
  }
  const kernel = await open('kernel:15');
  t.match(kernel, { fault: 'infra', message: /adapter kernel:15/, hint: /\w/ }, kernel.code);
});

test('a notification that is lost costs its packet only', async (t) => {
  await withLink({ board: { mtu: 43, loseEveryNotification: 5 } }, async (transport, events) => {
    for (let sequence = 0; sequence < 10; sequence += 1) await transport.send(smpPacket(requestOp, sequence, 32));
    await until('the answers are there', () => events.packets.length === 8);
    t.same(
      events.packets.map(([, , , , , , sequence]) => sequence),
      [0, 1, 2, 3, 5, 6, 7, 8],
    );
  });
});

test('two boards in reach of one adapter, and two adapters, do not mix', async (t) => {
  const boards = ['C0:00:00:00:00:01', 'C0:00:00:00:00:02'].map((address) =>
    createBleBoard({ name: 'Twin', address }, (peer) => ({
      // Each board answers with its own mark in place of the payload.
      receive: (bytes) => peer.send(Uint8Array.of(3, 0, 0, 1, 0, 0, bytes[6]!, 0, Number(address.at(-1)))),
      closed: () => undefined,
    })),
  );
  const shared = await listenBoards(boards);
  const own = await listenEcho({ answer: (bytes, peer) => peer.send(Uint8Array.of(3, 0, 0, 1, 0, 0, bytes[6]!, 0, 3)) });
  const addresses = [...boards.map(({ address }) => `ble:${formatAddress(address)}?${shared.query}`), own.address];
  t.match(await failureOf(openTransport(`ble:Twin?${shared.query}`, recordEvents(), realContext())), {
    code: 'device-ambiguous',
    message: /C0:00:00:00:00:01, C0:00:00:00:00:02/,
  });
  const all = addresses.map(() => recordEvents());
  const transports = await Promise.all(addresses.map((address, index) => openTransport(address, all[index]!, realContext())));
  for (let sequence = 0; sequence < 50; sequence += 1) {
    await Promise.all(transports.map((transport) => transport.send(smpPacket(requestOp, sequence, 100))));
  }
  await until('all answers are there', () => all.every(({ packets }) => packets.length === 50));
  for (const [index, { packets }] of all.entries()) {
    const expected = packets.map((_, sequence) => Uint8Array.of(3, 0, 0, 1, 0, 0, sequence, 0, index + 1));
    t.same(packets, expected);
  }
  await transports[0]!.close();
  await transports[1]!.send(smpPacket(requestOp, 99, 1));
  await until('the other link of the adapter lives on', () => all[1]!.packets.length === 51);
  await Promise.all(transports.map((transport) => transport.close()));
  await Promise.all([shared.close(), own.close()]);
  t.ok(all.every(({ losses }) => losses.length === 0));
});

test('a device is also found by its name', async (t) => {
  const face = await listenEcho({ board: { name: 'Board 7 (üß)' } });
  const transport = await openTransport(face.address.replace(boardAddress, 'Board 7 (üß)'), recordEvents(), realContext());
  t.equal(face.links.opened, 1);
  await transport.close();
  await face.close();
});

test('connections that do not come about', async (t) => {
  const board = createBleBoard({ name: 'Shy', address: boardAddress }, () => ({ receive: () => undefined, closed: () => undefined }));
  const state = { shy: true, failures: 0, connects: 0 };
  let heard = 0;
  const shyBoard: BleAdvertiser = {
    address: board.address,
    linkLayer: board.linkLayer,
    // It is heard in the scan, but falls silent before it can be connected to.
    advertisement: () => ((heard += 1) <= 1 || !state.shy ? board.advertisement() : undefined),
    connected: (link) => {
      state.connects += 1;
      const handler = board.connected(link);
      if (state.failures > 0) {
        state.failures -= 1;
        handler.closed();
        link.disconnect(0x3e);
      }
      return handler;
    },
  };
  const face = await listenBoards([shyBoard]);
  const address = `ble:${boardAddress}?${face.query}`;
  const hasty = realContext(undefined, hastyClock(20));
  const other = await leaseAdapter(parseAdapter(address), hasty);
  const error = await failureOf(openTransport(address, recordEvents(), realContext(undefined, hastyClock(20))));
  t.match(error, { fault: 'infra', code: 'connect-timeout' });
  state.shy = false;
  const transport = await openTransport(address, recordEvents(), realContext());
  t.pass('the attempt was given up, and the adapter is as good as new');
  await transport.close();

  Object.assign(state, { failures: 2, connects: 0 });
  await (await openTransport(address, recordEvents(), realContext())).close();
  t.equal(state.connects, 3, 'a connection that was never established is tried again');
  state.failures = 3;
  t.match(await failureOf(openTransport(address, recordEvents(), realContext())), { fault: 'infra', code: 'connect-failed' });
  await other.release();
  await face.close();
});

test('devices that are not SMP servers, and such as harm noble', async (t) => {
  const heartRate = Uint8Array.of(0x11, 6, 1, 0, 0xff, 0xff, 0x0d, 0x18);
  const answers: readonly (readonly [string, Uint8Array, object])[] = [
    ['another service', heartRate, { code: 'smp-service-missing', message: /180d/ }],
    ['entries of length zero', Uint8Array.of(0x11, 0, 0, 0, 0, 0, 0, 0), { code: 'gatt-timeout' }],
    ['entries that are cut', Uint8Array.of(0x11, 20, 1), { code: /gatt-timeout|adapter-broken|smp-service-missing/ }],
    ['no entries', Uint8Array.of(0x11, 6), { code: /adapter-broken/ }],
  ];
  for (const [what, services, expected] of answers) {
    const device: BleAdvertiser = {
      address: parseDeviceAddress(boardAddress)!,
      linkLayer: plainLinkLayer,
      advertisement: () => ({ data: Uint8Array.of(2, 1, 6), scanResponse: new Uint8Array() }),
      connected: (link) => ({
        receive: (channel, [op]) => {
          if (op === 0x10) link.send(channel, services);
          else if (op !== undefined && op % 2 === 0) link.send(channel, Uint8Array.of(1, op, 0, 0, 0x0a));
        },
        encrypt: () => true,
        closed: () => undefined,
      }),
    };
    const face = await listenBoards([device]);
    const opening = openTransport(`ble:${boardAddress}?${face.query}`, recordEvents(), realContext(undefined, hastyClock(20)));
    t.match(await failureOf(opening), { fault: 'infra', ...expected }, what);
    await face.close();
  }
});

test('a device is heard when it advertises, and no sooner; nothing connects to it', async (t) => {
  const face = await listenEcho();
  face.board.setUp(false);
  const context = realContext();
  t.match(await failureOf(awaitAdvertising(face.address, 300, context)), { fault: 'infra', code: 'device-not-found' });
  let heard = false;
  const hearing = awaitAdvertising(face.address, 60_000, context).then(() => (heard = true));
  await pause(100);
  t.equal(heard, false);
  face.board.setUp(true);
  await hearing;
  t.same(face.links, { opened: 0, closed: 0 });
  face.board.setUp(false);
  const hasty = { ...hastyClock(10), now: () => realClock.now() * 10 };
  const [since, ms] = [hasty.now(), scanMsMax * 1.5];
  t.match(await failureOf(awaitAdvertising(face.address, ms, realContext(undefined, hasty))), { code: 'device-not-found' });
  t.ok(hasty.now() - since >= ms, 'one scan after the other, so that others have their turn');
  await face.close();
});

const reconnects = Number(process.env['BLE_RECONNECTS'] ?? 25);

test(`${reconnects} reconnects leave nothing behind`, async (t) => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  const face = await listenEcho();
  const listeners = (): readonly number[] => ['SIGINT', 'exit'].map((name) => process.listenerCount(name));
  const before = listeners();
  let descriptors = 0;
  let heap = 0;
  const { signal } = new AbortController();
  for (let round = 0; round < reconnects; round += 1) {
    const events = recordEvents();
    const transport = await openTransport(face.address, events, realContext(signal));
    await exchange(transport, events, [smpPacket(requestOp, round & 0xff, 100)]);
    await transport.close();
    if (round !== 5) continue;
    descriptors = openDescriptors();
    heap = usedHeap();
  }
  t.same(face.links, { opened: reconnects, closed: reconnects });
  t.same(listeners(), before);
  t.ok(openDescriptors() <= descriptors + 1);
  const grown = usedHeap() - heap;
  t.ok(grown < 1_000_000 + reconnects * 3000, `the heap grew by ${Math.round(grown / 1024)} KiB`);
  await face.close();
  process.off('warning', onWarning);
  t.same(warnings, []);
}, 600_000);
