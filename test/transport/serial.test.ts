/** Serial links on real pseudo-terminals, and the serial face with real clients. */

import { fork, spawn, spawnSync, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { concatBytes, utf8 } from '../../src/base/bytes.ts';
import type { Clock } from '../../src/base/clock.ts';
import { BootproofError } from '../../src/base/errors.ts';
import { encodeSerialFrame } from '../../src/smp/serial-frame.ts';
import { listenPty } from '../../src/transport/listen-pty.ts';
import type { Peer } from '../../src/transport/listener.ts';
import { openTransport } from '../../src/transport/open.ts';
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
} from './support.ts';

const hasSocat = spawnSync('socat', ['-V']).status === 0;
if (!hasSocat && process.env['CI'] !== undefined) t.fail('socat is not installed, and CI must not skip the serial tests');
const needsSocat = hasSocat ? {} : { skip: 'socat is not installed' };
const hasGuard = spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true']).status === 0;
const needsGuard = hasGuard ? needsSocat : { skip: 'setpriv cannot tie a child to its parent here' };

/** A temporary folder of our own, so that what faces leave in it can be seen. Its path is short, as socket paths must be. */
const temporary = mkdtempSync(join(tmpdir(), 'bp-'));
process.env['TMPDIR'] = temporary;
t.teardown(() => rmSync(temporary, { recursive: true }));

/** Descriptors are closed while they are looked at. */
function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}

/** A board behind a pseudo-terminal: what we write to `stdin` is its output. */
async function startBoard(t: Test, path: string): Promise<ChildProcessWithoutNullStreams> {
  const board = spawn('socat', ['-t0', `PTY,link=${path},rawer`, 'STDIO']);
  board.stdin.on('error', () => undefined);
  t.teardown(() => stopBoard(board));
  await until('the port is there', () => existsSync(path));
  return board;
}

async function stopBoard(board: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (board.exitCode !== null || board.signalCode !== null) return;
  const gone = once(board, 'exit');
  board.kill(signal);
  await gone;
}

function collect(board: ChildProcessWithoutNullStreams): () => Uint8Array {
  const chunks: Uint8Array[] = [];
  board.stdout.on('data', (chunk: Buffer) => chunks.push(new Uint8Array(chunk)));
  return () => concatBytes(chunks);
}

t.test('packets and text both ways', needsSocat, async (t) => {
  const path = `${t.testdir()}/board`;
  const board = await startBoard(t, path);
  const received = collect(board);
  const request = smpPacket(requestOp, 1, 380);
  const response = smpPacket(responseOp, 1, 380);
  const frame = concatBytes(encodeSerialFrame(request, { style: 'sliced' }));

  for (const framing of ['console', 'raw'] as const) {
    const before = received().length;
    const events = recordEvents();
    const transport = await openTransport(`serial:${path}?framing=${framing}&baud=1000000`, events, realContext());
    await transport.send(request);
    const wire = framing === 'console' ? frame : request;
    await until('the request is there', () => received().length === before + wire.length);
    t.same(received().subarray(before), wire, framing);
    const output = framing === 'console' ? concatBytes(encodeSerialFrame(response, { style: 'zephyr' })) : response;
    for (const byte of concatBytes([utf8('boot\r\n'), output])) board.stdin.write(Uint8Array.of(byte));
    await until('the response is there', () => events.packets.length === 1);
    t.same([events.packets, events.textSoFar()], [[response], 'boot\r\n']);
    await Promise.all([transport.close(), transport.close()]);
    t.same([events.losses.length, (await failureOf(transport.send(request))).code], [0, 'link-closed']);
  }

  const events = recordEvents();
  const transport = await openTransport(`serial:${path}`, events, realContext());
  const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 4 && byte !== 6);
  const before = received().length;
  await transport.sendText(everyByte);
  board.stdin.write(everyByte);
  await until('all bytes are there', () => received().length === before + 254 && events.textSoFar().length === 254);
  t.same(received().subarray(before), everyByte);
  t.same(Buffer.from(events.textSoFar(), 'latin1'), Buffer.from(everyByte));
  await transport.close();
});

t.test('a port that vanishes is one loss', needsSocat, async (t) => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const path = `${t.testdir()}/${signal}`;
    const board = await startBoard(t, path);
    const events = recordEvents();
    const transport = await openTransport(`serial:${path}`, events, realContext());
    board.stdin.write('last words');
    await until('the words are there', () => events.textSoFar() === 'last words');
    await stopBoard(board, signal);
    await until('the loss is there', () => events.losses.length === 1);
    t.match(events.losses[0], { fault: 'infra', code: 'port-vanished', hint: /cable/ });
    t.ok(events.losses[0]!.message.includes(path));
    t.equal(await failureOf(transport.send(smpPacket(requestOp, 1, 1))), events.losses[0]);
    await transport.close();
    await pause(20);
    t.equal(events.losses.length, 1, 'once');
  }
});

t.test('a port that vanishes while it is read is a loss, and no endless loop of the driver', needsSocat, async (t) => {
  const path = `${t.testdir()}/board`;
  const board = await startBoard(t, path);
  const events = recordEvents();
  const transport = await openTransport(`serial:${path}`, events, realContext());
  board.stdin.write('last words');
  // Nothing is read until the board is gone: the driver finds both at once, and reads.
  spawnSync('sh', ['-c', `sleep 0.2; kill -9 ${board.pid}; sleep 0.2`]);
  await until('the loss is there', () => events.losses.length === 1);
  t.match(events.losses[0], { code: 'port-vanished' });
  await transport.close();
});

t.test('ports that cannot be opened', needsSocat, async (t) => {
  const path = `${t.testdir()}/board`;
  await startBoard(t, path);
  const open = (at: string): Promise<BootproofError> => failureOf(openTransport(`serial:${at}`, recordEvents(), realContext()));

  t.match(await open('/dev/no-such-port'), { fault: 'infra', code: 'port-missing', hint: /ports that exist: |no serial port was found/ });
  for (const other of ['/dev/null', '/etc/hosts', temporary])
    t.match(await open(other), {
      fault: 'infra',
      code: 'port-missing',
      message: /: it is no serial port$/,
      hint: /ports that exist: |no serial port/,
    });

  const holder = await openTransport(`serial:${path}`, recordEvents(), realContext());
  t.match(await open(path), { fault: 'infra', code: 'port-busy', hint: /fuser -v/ });
  await holder.close();
  await (await openTransport(`serial:${path}`, recordEvents(), realContext())).close();

  if (process.geteuid?.() === 0) {
    process.seteuid!(65_534);
    const denied = await open(readlinkSync(path)).finally(() => process.seteuid!(0));
    t.match(denied, { fault: 'infra', code: 'port-denied', hint: /dialout/ });
  }

  const stopped = new BootproofError('stopped', { fault: 'cancelled', code: 'stopped' });
  const controller = new AbortController();
  const opening = openTransport(`serial:${path}`, recordEvents(), realContext(controller.signal));
  controller.abort(stopped);
  t.equal(await failureOf(opening), stopped);
});

t.test('a port that another program reads is busy, whether it is locked or not, for every user', needsSocat, async (t) => {
  const path = `${t.testdir()}/board`;
  await startBoard(t, path);
  const open = () => openTransport(`serial:${path}`, recordEvents(), realContext());
  const reader = spawn('cat', [path], { stdio: 'ignore' });
  t.teardown(() => stopBoard(reader));
  const descriptors = `/proc/${reader.pid}/fd`;
  await until('cat reads', () => readdirSync(descriptors).some((name) => targetOf(`${descriptors}/${name}`) === readlinkSync(path)));
  t.match(await failureOf(open()), {
    fault: 'infra',
    code: 'port-busy',
    message: `cannot open serial:${path}: cat (process ${reader.pid}) has it open`,
    hint: /end it/,
  });
  await stopBoard(reader);
  const writer = spawn('sh', ['-c', `exec sleep 60 > "${path}"`], { stdio: 'ignore' });
  t.teardown(() => stopBoard(writer));
  await until('sleep runs', () => readlinkSync(`/proc/${writer.pid}/fd/1`) === readlinkSync(path));
  await (await open()).close();
  t.pass('one that only writes takes nothing');
});

t.test('a board that does not read ends the link, and closing does not wait for it', needsSocat, async (t) => {
  const path = `${t.testdir()}/board`;
  const board = await startBoard(t, path);
  const hasty: Clock = { ...realClock, arm: (ms, why, fire) => realClock.arm(ms / 100, why, fire) };
  const events = recordEvents();
  const transport = await openTransport(`serial:${path}?framing=raw`, events, realContext(undefined, hasty));
  board.kill('SIGSTOP');
  const sends = Array.from({ length: 4 }, () => failureOf(transport.send(smpPacket(requestOp, 1, 60_000))));
  const errors = await Promise.all(sends);
  t.match(events.losses, [{ fault: 'infra', code: 'link-stalled' }]);
  t.ok(errors.every((error) => error === events.losses[0]));
  await transport.close();
  board.kill('SIGCONT');
});

t.test('200 openings leave nothing behind', needsSocat, async (t) => {
  const path = `${t.testdir()}/board`;
  const board = await startBoard(t, path);
  const received = collect(board);
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  const context = realContext();
  const packet = smpPacket(requestOp, 1, 1);
  let before = 0;
  for (let cycle = 0; cycle < 200; cycle += 1) {
    const transport = await openTransport(`serial:${path}?framing=raw`, recordEvents(), context);
    if (cycle % 20 === 0) {
      const count = received().length;
      await transport.send(packet);
      await until('the packet is there', () => received().length === count + packet.length);
    }
    await transport.close();
    if (cycle === 10) before = openDescriptors();
  }
  t.ok(openDescriptors() <= before, `${before} descriptors, then ${openDescriptors()}`);
  process.off('warning', onWarning);
  t.same(warnings, []);
});

/** A client that does not read is given up sooner. */
const impatientClock: Clock = {
  ...realClock,
  arm: (ms, why, fire) => realClock.arm(why.endsWith('is not read') ? ms / 50 : ms, why, fire),
};

/** An echoing board behind a serial face. */
async function startFace(t: Test, link: string) {
  const peers: { readonly peer: Peer; closed: number; bytes: number }[] = [];
  const failures: BootproofError[] = [];
  const face = await listenPty({ link, clock: impatientClock, failed: (error) => failures.push(error) }, (peer) => {
    const record = { peer, closed: 0, bytes: 0 };
    peers.push(record);
    return {
      receive: (bytes) => {
        record.bytes += bytes.length;
        peer.send(bytes);
      },
      closed: () => void (record.closed += 1),
    };
  });
  t.teardown(() => face.close());
  return { face, peers, failures };
}

t.test('serial face: clients in a row, and nothing stale', needsSocat, async (t) => {
  const link = `${t.testdir()}/board`;
  symlinkSync('/dev/nowhere', link);
  const { face, peers, failures } = await startFace(t, link);
  t.equal(face.address, `serial:${link}`);
  for (let cycle = 0; cycle < 30; cycle += 1) {
    const events = recordEvents();
    const transport = await openTransport(face.address, events, realContext());
    await transport.sendText(utf8(`hello ${cycle}`));
    await until('the echo is there', () => events.textSoFar().length >= `hello ${cycle}`.length);
    if (events.textSoFar() !== `hello ${cycle}`) t.fail(`client ${cycle} got ${JSON.stringify(events.textSoFar())}`);
    for (const { peer } of peers) peer.send(utf8('said to clients that left, or that leave now'));
    await transport.close();
  }
  t.equal(peers.length, 30, 'every opening was a peer');
  await until('all have left', () => peers.every(({ closed }) => closed === 1));

  for (let cycle = 0; cycle < 100; cycle += 1) {
    const transport = await openTransport(face.address, recordEvents(), realContext());
    if (cycle % 3 === 0) await pause(cycle % 17);
    await transport.close();
  }
  t.ok(existsSync(link), 'hasty clients never found the link leading nowhere');

  writeFileSync(link, 'fire and forget');
  const last = openSync(link, 'r+');
  await until('the bytes of a client that did not stay are there', () => peers.some(({ bytes }) => bytes === 15));
  closeSync(last);

  await Promise.all([face.close(), face.close()]);
  t.ok(peers.every(({ closed }) => closed === 1));
  t.throws(() => lstatSync(link), { code: 'ENOENT' });
  t.same(failures, []);
});

t.test('serial face: two clients at once, a client that never reads, and closing under them', needsSocat, async (t) => {
  const link = `${t.testdir()}/board`;
  const { face, peers } = await startFace(t, link);
  const events = [recordEvents(), recordEvents()] as const;
  const transports = [];
  for (const one of events) {
    transports.push(await openTransport(face.address, one, realContext()));
    await until('the peer is there', () => peers.length === transports.length);
  }
  await transports[1]!.sendText(utf8('second'));
  await until('the echo is there', () => events[1].textSoFar() === 'second');
  t.equal(events[0].textSoFar(), '', 'peers are apart');

  const reader = spawn('sh', ['-c', `exec sleep 60 < "${link}"`], { stdio: 'ignore' });
  await until('the silent peer is there', () => peers.length === 3);
  const flood = new Uint8Array(4096).fill(65);
  const before = process.memoryUsage().arrayBuffers;
  for (let index = 0; index < 5000; index += 1) peers[2]!.peer.send(flood);
  await pause(50);
  for (let index = 0; index < 5000; index += 1) peers[2]!.peer.send(flood);
  t.ok(process.memoryUsage().arrayBuffers - before < 8 * 1024 * 1024, 'what nobody reads is dropped');
  await stopBoard(reader);
  await until('its leaving is noticed', () => peers[2]!.closed === 1);

  const start = realClock.now();
  await face.close();
  t.ok(realClock.now() - start < 2000);
  t.ok(
    peers.every(({ closed }) => closed === 1),
    'each peer is closed once, before close resolves',
  );
  await until('the clients know', () => events.every(({ losses }) => losses.length === 1));
  t.match(events[0].losses[0], { code: 'port-vanished' });
  await Promise.all(transports.map((transport) => transport.close()));
  t.same(readdirSync(temporary), [], 'no folder is left behind');
});

t.test('serial face: what keeps it from being made', needsSocat, async (t) => {
  const folder = t.testdir({ file: 'precious' });
  const listen = (link: string): Promise<BootproofError> => failureOf(startFace(t, link));
  t.match(await listen(`${folder}/file`), { fault: 'infra', code: 'link-taken' });
  t.match(await listen(`${folder}/nowhere/board`), { fault: 'infra', code: 'link-folder-missing' });
  const { PATH } = process.env;
  process.env['PATH'] = folder;
  try {
    t.match(await listen(`${folder}/board`), { fault: 'infra', code: 'socat-missing', hint: /apt-get install socat/ });
  } finally {
    process.env['PATH'] = PATH;
  }
});

t.test('serial face: it ends with its process, however that ends', needsGuard, async (t) => {
  const script = fileURLToPath(new URL('./pty-host.ts', import.meta.url)).replace(/\.ts$/, extname(import.meta.url));
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const link = `${t.testdir()}/${signal}`;
    const host = fork(script, [link]);
    t.teardown(() => stopBoard(host, 'SIGKILL'));
    t.same((await once(host, 'message'))[0], 'ready');
    const device = readlinkSync(link);
    t.ok(existsSync(device));
    await stopBoard(host, signal);
    await until('the terminal is gone', () => !existsSync(device));
    t.pass(signal);
  }
});
