/** TCP and UDP links and faces against each other and against bare sockets, over IPv4 and IPv6. */

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import t from 'tap';
import { concatBytes, equalBytes, utf8 } from '../../src/base/bytes.ts';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import type { Clock } from '../../src/base/clock.ts';
import { encodeSerialFrame } from '../../src/smp/serial-frame.ts';
import { openMsMax, openWithin } from '../../src/transport/channel.ts';
import { listenTcp } from '../../src/transport/listen-tcp.ts';
import { listenUdp } from '../../src/transport/listen-udp.ts';
import { peersMax, type Accept, type Listener, type Peer } from '../../src/transport/listener.ts';
import { openTransport } from '../../src/transport/open.ts';
import { refusedMsMax } from '../../src/transport/udp.ts';
import type { Transport } from '../../src/transport/transport.ts';
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

const hosts = ['127.0.0.1', '::1'] as const;

/** Time limits end a hundred times sooner. */
const hastyClock: Clock = { ...realClock, arm: (ms, why, fire) => realClock.arm(ms / 100, why, fire) };

interface Accepted {
  readonly peer: Peer;
  readonly received: Uint8Array[];
  closed: number;
}

/** An `accept` that records its peers. */
function recordPeers(): { readonly peers: Accepted[]; readonly accept: Accept } {
  const peers: Accepted[] = [];
  const accept: Accept = (peer) => {
    const accepted: Accepted = { peer, received: [], closed: 0 };
    peers.push(accepted);
    return {
      receive: (bytes) => accepted.received.push(bytes),
      closed: () => void (accepted.closed += 1),
    };
  };
  return { peers, accept };
}

/** A bare TCP server with the connection of one client. */
async function withClient(work: (far: Socket, transport: Transport, events: Recorder) => Promise<void>, options = ''): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const events = recordEvents();
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const address = `tcp:127.0.0.1:${(server.address() as AddressInfo).port}${options}`;
  const transport = await openTransport(address, events, realContext());
  const [far] = await connected;
  far.on('error', () => undefined);
  try {
    await work(far, transport, events);
  } finally {
    await transport.close();
    far.destroy();
    server.close();
  }
}

t.test('tcp: packets and text both ways, through a face', async (t) => {
  for (const host of hosts) {
    const { peers, accept } = recordPeers();
    const face = await listenTcp({ host, port: 0 }, accept);
    const events = recordEvents();
    const transport = await openTransport(face.address, events, realContext());
    t.same([transport.name, transport.reliable], [face.address, true]);

    const request = smpPacket(requestOp, 1, 2000);
    await transport.send(request);
    await transport.sendText(utf8('help\n'));
    const wire = concatBytes([...encodeSerialFrame(request, { style: 'sliced' }), utf8('help\n')]);
    await until('the request is there', () => concatBytes(peers[0]?.received ?? []).length === wire.length);
    t.same(concatBytes(peers[0]!.received), wire, host);

    const response = smpPacket(responseOp, 1, 2000);
    for (const byte of concatBytes([utf8('log '), ...encodeSerialFrame(response, { style: 'zephyr' })]))
      peers[0]!.peer.send(Uint8Array.of(byte));
    await until('the response is there', () => events.packets.length === 1);
    t.same([events.packets[0], events.textSoFar()], [response, 'log ']);

    await Promise.all([transport.close(), transport.close()]);
    await until('the face knows', () => peers[0]!.closed === 1);
    await Promise.all([face.close(), face.close()]);
    t.equal(peers[0]!.closed, 1, 'once');
    t.equal(events.losses.length, 0, 'closing is no loss');
  }
});

t.test('tcp: what a face does to its peers', async (t) => {
  const { peers, accept } = recordPeers();
  const face = await listenTcp({ host: '127.0.0.1', port: 0 }, accept);
  const all = Array.from({ length: peersMax + 3 }, () => recordEvents());
  const transports = await Promise.all(all.map((events) => openTransport(face.address, events, realContext())));
  await until('the surplus is turned away', () => all.filter((events) => events.losses.length > 0).length === 3);
  t.equal(peers.length, peersMax);

  peers[0]!.peer.send(utf8('x'.repeat(10)));
  for (let index = 0; index < 2000; index += 1) peers[1]!.peer.send(new Uint8Array(64 * 1024));
  await pause(50);
  t.ok(all[1]!.textSoFar().length < 16 * 1024 * 1024, 'what the peer does not read in time is dropped');

  await face.close();
  t.ok(
    peers.every(({ closed }) => closed === 1),
    'each peer is closed once, before close resolves',
  );
  peers[0]!.peer.send(utf8('late'));
  await until('all clients know', () => all.every((events) => events.losses.length === 1));
  t.match(all[0]!.losses[0], { fault: 'infra', code: 'connection-lost' });
  await Promise.all(transports.map((transport) => transport.close()));
});

t.test('tcp: every way for the far side to vanish is one loss', async (t) => {
  const ways: readonly (readonly [string, (far: Socket) => unknown, RegExp])[] = [
    ['FIN', (far) => far.end(), /closed the connection/],
    ['close', (far) => far.destroy(), /closed the connection/],
    ['RST', (far) => far.resetAndDestroy(), /connection broke: read ECONNRESET/],
  ];
  for (const [name, vanish, message] of ways) {
    await withClient(async (far, transport, events) => {
      far.write('last words');
      await until('the words are there', () => events.textSoFar() === 'last words');
      vanish(far);
      await until('the loss is there', () => events.losses.length === 1);
      t.match(events.losses[0], { fault: 'infra', code: 'connection-lost', message }, name);
      t.ok(events.losses[0]!.message.includes(transport.name), 'it names the link');
      t.equal(await failureOf(transport.send(smpPacket(requestOp, 1, 1))), events.losses[0]);
      t.equal(await failureOf(transport.sendText(utf8('x'))), events.losses[0]);
      await transport.close();
      await pause(20);
      t.equal(events.losses.length, 1, 'once');
    });
  }
});

t.test('tcp: raw framing, and the gap between console lines', async (t) => {
  await withClient(async (far, transport, events) => {
    far.write(concatBytes([utf8('noise'), smpPacket(responseOp, 1, 30), smpPacket(responseOp, 2, 3)]));
    await until('both packets are there', () => events.packets.length === 2);
    t.equal(events.textSoFar(), 'noise');
    t.match(await failureOf(transport.sendText(utf8('x'))), { code: 'no-console' });
  }, '?framing=raw');

  await withClient(async (far, transport) => {
    const chunks: { readonly at: number; readonly text: string }[] = [];
    far.on('data', (chunk: Buffer) => chunks.push({ at: realClock.now(), text: chunk.toString('latin1') }));
    await Promise.all([transport.send(smpPacket(requestOp, 1, 250)), transport.send(smpPacket(requestOp, 2, 1))]);
    await until('four lines are there', () => chunks.length === 4);
    t.same(
      chunks.map(({ text }) => text.startsWith('\x06\x09')),
      [true, false, false, true],
      'packets do not mix',
    );
    t.ok(
      chunks.every(({ at }, index) => index === 0 || at - chunks[index - 1]!.at >= 20),
      'lines keep their distance',
    );
    const rest = transport.send(smpPacket(requestOp, 3, 250));
    await pause(10);
    await transport.close();
    t.equal((await failureOf(rest)).code, 'link-closed', 'closing ends a packet half sent');
  }, '?line-gap=30ms');
});

t.test('tcp: back-pressure has limits', async (t) => {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = once(server, 'connection') as Promise<[Socket]>;
  const events = recordEvents();
  const address = `tcp:127.0.0.1:${(server.address() as AddressInfo).port}?framing=raw`;
  const transport = await openTransport(address, events, realContext(undefined, hastyClock));
  const packet = smpPacket(requestOp, 1, 60_000);
  const sends: Promise<void>[] = [];
  let congested = 0;
  for (let index = 0; index < 1000 && congested < 3; index += 1) {
    const sent = transport.send(packet);
    sends.push(sent.catch(() => undefined));
    await Promise.race([sent, pause(1)]).catch((error: unknown) => {
      t.match(error, { fault: 'infra', code: 'link-congested' });
      congested += 1;
    });
  }
  t.equal(congested, 3, 'a full queue refuses');
  await until('the stall ends the link', () => events.losses.length === 1);
  t.match(events.losses[0], { fault: 'infra', code: 'link-stalled' });
  await Promise.all(sends);
  await transport.close();
  (await far)[0].destroy();
  server.close();
});

t.test('links that cannot be opened', async (t) => {
  const unused = createServer().listen(0, '127.0.0.1');
  await once(unused, 'listening');
  const { port } = unused.address() as AddressInfo;
  await new Promise((resolve) => unused.close(resolve));
  const failures: readonly (readonly [string, string])[] = [
    [`tcp:127.0.0.1:${port}`, 'connection-refused'],
    [`tcp:localhost:${port}`, 'connection-refused'],
    [`tcp:no-such-board.invalid:${port}`, 'host-unknown'],
    [`udp:no-such-board.invalid:${port}`, 'host-unknown'],
    [`tcp:[fe80::1%nodevice0]:${port}`, ''],
  ];
  for (const [address, code] of failures) {
    const events = recordEvents();
    const error = await failureOf(openTransport(address, events, realContext()));
    t.equal(error.fault, 'infra', address);
    t.ok(error.message.includes(address) && error.hint !== undefined, 'it names the link and the mend');
    if (code !== '') t.equal(error.code, code);
    t.equal(events.count(), 0);
  }
});

t.test('opening has a time limit and follows the signal', async (t) => {
  const clock = createVirtualClock();
  const abandoned = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('some system error'))));
  const error = await failureOf(clock.drive(openWithin('tcp:x:1', realContext(undefined, clock), abandoned)));
  t.match(error, { fault: 'infra', code: 'open-timeout', message: /tcp:x:1/ });
  t.equal(clock.now(), openMsMax);

  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const controller = new AbortController();
  const address = `tcp:127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const opening = openTransport(address, recordEvents(), realContext(controller.signal));
  controller.abort(error);
  t.equal(await failureOf(opening), error);
  await new Promise((resolve) => silent.close(resolve));
  t.pass('no connection was left behind');
});

t.test('udp: one packet, one datagram, both ways, through a face', async (t) => {
  for (const host of hosts) {
    const { peers, accept } = recordPeers();
    const face = await listenUdp({ host, port: 0, clock: realClock }, accept);
    const events = recordEvents();
    const transport = await openTransport(face.address, events, realContext());
    t.same([transport.name, transport.reliable, transport.packetMax], [face.address, false, 65507]);
    await transport.send(smpPacket(requestOp, 1, 1400));
    await transport.send(smpPacket(requestOp, 2, 0));
    await until('both are there', () => peers[0]?.received.length === 2);
    t.same(peers[0]!.received, [smpPacket(requestOp, 1, 1400), smpPacket(requestOp, 2, 0)], host);
    peers[0]!.peer.send(smpPacket(responseOp, 1, 9000));
    await until('the answer is there', () => events.packets.length === 1);
    t.same(events.packets, [smpPacket(responseOp, 1, 9000)]);
    t.match(await failureOf(transport.sendText(utf8('x'))), { fault: 'input', code: 'no-console' });
    await Promise.all([transport.close(), transport.close()]);
    t.equal((await failureOf(transport.send(smpPacket(requestOp, 1, 1)))).code, 'link-closed');
    await Promise.all([face.close(), face.close()]);
    t.equal(peers[0]!.closed, 1);
    peers[0]!.peer.send(utf8('late'));
    t.equal(events.losses.length, 0);
  }
});

t.test('udp: strangers are not heard', async (t) => {
  const { peers, accept } = recordPeers();
  const face = await listenUdp({ host: '127.0.0.1', port: 0, clock: realClock }, accept);
  const events = recordEvents();
  const transport = await openTransport(face.address, events, realContext());
  await transport.send(smpPacket(requestOp, 1, 1));
  await until('the peer is known', () => peers.length === 1);
  const stranger = createSocket('udp4');
  const clientPort = Number(peers[0]!.peer.name.split(':').at(-1));
  await new Promise((resolve) => stranger.send(smpPacket(responseOp, 66, 5), clientPort, '127.0.0.1', resolve));
  peers[0]!.peer.send(smpPacket(responseOp, 1, 5));
  await until('the answer is there', () => events.packets.length > 0);
  t.same(events.packets, [smpPacket(responseOp, 1, 5)]);
  stranger.close();
  await transport.close();
  await face.close();
});

t.test('udp: a refusal is a note, persistent refusal a loss', async (t) => {
  let face: Listener = await listenUdp({ host: '127.0.0.1', port: 0, clock: realClock }, recordPeers().accept);
  const { address } = face;
  const port = Number(address.split(':').at(-1));
  await face.close();
  const shift = { ms: 0 };
  const clock: Clock = { ...realClock, now: () => realClock.now() + shift.ms };
  const events = recordEvents();
  const transport = await openTransport(address, events, realContext(undefined, clock));
  for (let index = 0; index < 20; index += 1) {
    await transport.send(smpPacket(requestOp, index, 1));
    await pause(1);
  }
  t.match(events.notes, [/ECONNREFUSED/], 'one note for a streak');
  t.equal(events.losses.length, 0);

  const { peers, accept } = recordPeers();
  face = await listenUdp({ host: '127.0.0.1', port, clock: realClock }, accept);
  await transport.send(smpPacket(requestOp, 99, 1));
  await until('the board is back', () => peers.length === 1);
  t.same(peers[0]!.received, [smpPacket(requestOp, 99, 1)], 'the first packet after the streak is not lost');
  peers[0]!.peer.send(smpPacket(responseOp, 99, 1));
  await until('it answers', () => events.packets.length === 1);

  await face.close();
  shift.ms = 1_000_000;
  for (let index = 0; index < 10; index += 1) {
    await transport.send(smpPacket(requestOp, index, 1));
    await pause(1);
  }
  t.same([events.notes.length, events.losses.length], [2, 0], 'the answer ended the first streak');
  shift.ms += refusedMsMax - 1000;
  await transport.send(smpPacket(requestOp, 1, 1));
  await pause(5);
  t.equal(events.losses.length, 0);
  shift.ms += 2000;
  await transport.send(smpPacket(requestOp, 1, 1)).catch(() => undefined);
  await until('the loss is there', () => events.losses.length === 1);
  t.match(events.losses[0], { fault: 'infra', code: 'peer-unreachable' });
  t.equal(await failureOf(transport.send(smpPacket(requestOp, 1, 1))), events.losses[0]);
  await transport.close();
});

t.test('udp: a face forgets silent peers, and the most silent one when there are too many', async (t) => {
  const clock: Clock = { ...realClock, arm: (ms, why, fire) => realClock.arm(ms / 1000, why, fire) };
  const { peers, accept } = recordPeers();
  const face = await listenUdp({ host: '127.0.0.1', port: 0, clock, idleMs: 400_000 }, accept);
  const port = Number(face.address.split(':').at(-1));
  const sockets = Array.from({ length: peersMax + 1 }, () => createSocket('udp4'));
  const send = async (index: number): Promise<void> => {
    const before = peers.reduce((sum, { received }) => sum + received.length, 0);
    sockets[index]!.send(Uint8Array.of(index), port, '127.0.0.1');
    await until('it is there', () => peers.reduce((sum, { received }) => sum + received.length, 0) > before);
  };
  for (let index = 0; index < peersMax; index += 1) await send(index);
  await send(0);
  await send(peersMax);
  t.same(
    peers.map(({ closed }) => closed),
    [0, 1, ...Array.from({ length: peersMax - 1 }, () => 0)],
    'peer 1 was silent longest',
  );
  await until('all are forgotten', () => peers.every(({ closed }) => closed === 1));
  await send(3);
  t.equal(peers.length, peersMax + 2, 'who comes back is new');
  await face.close();
  t.equal(peers.at(-1)!.closed, 1);
  for (const socket of sockets) socket.close();
});

t.test('faces that cannot listen', async (t) => {
  const { accept } = recordPeers();
  const tcp = await listenTcp({ host: '127.0.0.1', port: 0 }, accept);
  const udp = await listenUdp({ host: '127.0.0.1', port: 0, clock: realClock }, accept);
  const portOf = (face: Listener): number => Number(face.address.split(':').at(-1));
  const failures: readonly (readonly [Promise<unknown>, string])[] = [
    [listenTcp({ host: '127.0.0.1', port: portOf(tcp) }, accept), 'address-in-use'],
    [listenUdp({ host: '127.0.0.1', port: portOf(udp), clock: realClock }, accept), 'address-in-use'],
    [listenTcp({ host: '192.0.2.1', port: 0 }, accept), 'address-unavailable'],
    [listenUdp({ host: '192.0.2.1', port: 0, clock: realClock }, accept), 'address-unavailable'],
  ];
  for (const [work, code] of failures) t.match(await failureOf(work), { fault: 'infra', code, hint: /\w/ });
  await tcp.close();
  await udp.close();
});

t.test('200 openings leave nothing behind', async (t) => {
  const { peers, accept } = recordPeers();
  const faces = [
    await listenTcp({ host: '127.0.0.1', port: 0 }, accept),
    await listenUdp({ host: '127.0.0.1', port: 0, clock: realClock }, accept),
  ];
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  const context = realContext();
  const packet = smpPacket(requestOp, 1, 20);
  const frame = concatBytes(encodeSerialFrame(packet, { style: 'sliced' }));
  for (const face of faces) {
    const wire = face.address.startsWith('tcp') ? frame : packet;
    let before = 0;
    for (let cycle = 0; cycle < 200; cycle += 1) {
      const transport = await openTransport(face.address, recordEvents(), context);
      await transport.send(packet);
      const count = peers.length;
      await transport.close();
      if (cycle === 10) before = openDescriptors();
      if (cycle % 50 === 49) await until('the face saw it', () => peers.length >= count);
    }
    await until('the face saw the last', () => equalBytes(concatBytes(peers.at(-1)?.received ?? []), wire));
    await pause(20);
    t.ok(openDescriptors() <= before + 1, `${face.address}: ${before} descriptors, then ${openDescriptors()}`);
  }
  await Promise.all(faces.map((face) => face.close()));
  process.off('warning', onWarning);
  t.same(warnings, []);
});

t.test('a bare client of a tcp face', async (t) => {
  const { peers, accept } = recordPeers();
  const face = await listenTcp({ host: '127.0.0.1', port: 0 }, accept);
  const client = connect(Number(face.address.split(':').at(-1)), '127.0.0.1');
  await once(client, 'connect');
  client.end('fire and forget');
  await until('the face noticed', () => peers[0]?.closed === 1);
  t.equal(Buffer.from(concatBytes(peers[0]!.received)).toString(), 'fire and forget');
  t.match(peers[0]!.peer.name, /^tcp:127\.0\.0\.1:\d+$/);
  await face.close();
});
