/**
 * Requests that were recorded at real servers, sent by programs that are not ours, byte for byte at the faces of a `bootproof sim`
 * process: what is answered must be what the real server answered, to one client and to several at once. bootproof's own client
 * has no part in it. (No foreign SMP client can be had from the registries that the tests may use.)
 */

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { concatBytes, toHex, utf8 } from '../../src/base/bytes.ts';
import { encodeCbor } from '../../src/smp/cbor.ts';
import { encodePacket } from '../../src/smp/header.ts';
import { createSerialDeframer } from '../../src/smp/serial-deframer.ts';
import { encodeSerialFrame } from '../../src/smp/serial-frame.ts';
import { compareAnswer } from '../conform/smp/compare.ts';
import { answeredPackets, bytesOf, requestPackets, writtenParts } from '../conform/smp/record.ts';
import { HashBindings } from '../conform/smp/stand-ins.ts';
import { readVectors } from '../helpers/vectors.ts';
import { pause, realClock, until } from '../transport/support.ts';
import { addressOf, startSim } from './sim-process.ts';
import type { Exchange, SmpRecord } from '../conform/smp/record.ts';

const hasSocat = existsSync('/usr/bin/socat');
if (!hasSocat && process.env['CI'] !== undefined) t.fail('socat is missing');

/** The server of the recordings, as far as a profile describes one. What it leaves open is left out below. */
const profileOf = (buffers: string): string => `
version: 1
kind: profile
name: recorded
about: Zephyr 4.4 as it was recorded
flash: {internal: {sectors: [{size: 4 KiB, count: 64}], write-size: 4, times: {erase-sector: 0s, program-unit: 0s, read-byte: 0s}}}
images: [{primary: {flash: internal, offset: 0, size: 128 KiB}}]
storage: {flash: internal, offset: 192 KiB, size: 16 KiB}
bootloader: {release: v2.4.0, mode: single}
server:
  profile: z4.4
  groups: [enum, fs, os, settings, shell, stat, zephyr-basic]
  buffers: ${buffers}
  os: {bootloader-info: false}
  settings: {roots: [], persistent: false}
  refused: [{group: os, command: 4, rc: 8}]
`;

/** Commands whose answers name the server in ways that a profile does not: threads, build, statistics. A reset ends the recorded process. */
const namesServer: readonly string[] = ['0/2', '0/5', '0/7', '2/0', '2/1', '63/0'];

/** Single requests that were answered, or that left the server answering. */
function isPlayable(exchange: Exchange): boolean {
  const packets = requestPackets(exchange);
  const answered = answeredPackets(exchange).length > 0;
  const survived = exchange.alive_after === true || (answered && exchange.alive_after === undefined);
  // What becomes of pieces that were written without a pause depended on the recorded UART.
  const isBurst = (exchange.request_parts_hex ?? []).length > 1 && exchange.gap_ms === undefined;
  return survived && !isBurst && !packets.some(({ group, id }) => namesServer.includes(`${group}/${id}`));
}

function recorded(name: string): readonly Exchange[] {
  const records = readVectors(`smp/${name}.jsonl`) as unknown as readonly SmpRecord[];
  return records.filter((record) => record.kind === 'exchange').filter(isPlayable);
}

/** One end of a link, whatever it is made of. */
interface Wire {
  write(bytes: Uint8Array): void;
  /** Packets that have come. */
  readonly packets: Uint8Array[];
  /** All bytes of those packets, as they were on the wire. */
  readonly bytes: () => string;
  readonly frame: (packet: Uint8Array) => Uint8Array;
}

async function udpWire(t: Test, address: string): Promise<Wire> {
  const { hostname, port } = new URL(address.replace('udp:', 'udp://'));
  const socket = createSocket('udp4');
  t.teardown(() => void socket.close());
  socket.connect(Number(port), hostname);
  await once(socket, 'connect');
  const packets: Uint8Array[] = [];
  socket.on('message', (datagram) => packets.push(new Uint8Array(datagram)));
  return { packets, bytes: () => toHex(concatBytes(packets)), write: (bytes) => socket.send(bytes), frame: (packet) => packet };
}

/** A link that carries console lines. */
function lineWire(write: (bytes: Uint8Array) => void, onData: (take: (bytes: Uint8Array) => void) => void): Wire {
  const packets: Uint8Array[] = [];
  let bytes = '';
  const deframer = createSerialDeframer({ packetMax: 4096, packet: (packet) => packets.push(packet.slice()), text: () => undefined });
  onData((data) => {
    bytes += toHex(data);
    deframer.feed(data);
  });
  return { packets, bytes: () => bytes, write, frame: (packet) => concatBytes(encodeSerialFrame(packet, { style: 'sliced' })) };
}

async function tcpWire(t: Test, address: string): Promise<Wire> {
  const { hostname, port } = new URL(address.replace('tcp:', 'tcp://'));
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  t.teardown(() => void socket.destroy());
  await once(socket, 'connect');
  return lineWire(
    (bytes) => void socket.write(bytes),
    (take) => socket.on('data', take),
  );
}

function ptyWire(t: Test, link: string): Wire {
  const socat = spawn('socat', ['-', `${link},rawer`], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => void socat.kill());
  return lineWire(
    (bytes) => void socat.stdin.write(bytes),
    (take) => socat.stdout.on('data', take),
  );
}

/** Longest wait for an echo. The device drops what comes while it has no buffer, so an echo that is not answered is sent again. */
const echoMs = 1000;
const answersMs = 20_000;
const echoesMax = 5;

/** Plays the exchanges in order. Behind each comes an echo of our own, whose answer must be the next: so there was no answer too many. */
async function play(wire: Wire, exchanges: readonly Exchange[], client: string): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const [turn, exchange] of exchanges.entries()) {
    const expected = answeredPackets(exchange).map(({ smp_hex }) => bytesOf(smp_hex));
    wire.packets.length = 0;
    wire.write(concatBytes(writtenParts(exchange)));
    if (!(await arrives(wire, expected.length, answersMs))) return [...differences, `${exchange.name}: ${wire.packets.length} answers`];
    const found = expected.flatMap((packet, index) => compareAnswer(packet, wire.packets[index]!, new HashBindings()));
    const echo = await answeredEcho(wire, { turn, client, behind: expected.length });
    const next = toHex(wire.packets[expected.length] ?? new Uint8Array());
    if (next !== echo) found.push(`then came ${next}, not ${echo}`);
    differences.push(...found.map((line) => `${exchange.name}: ${line}`));
  }
  return differences;
}

async function arrives(wire: Wire, count: number, ms: number): Promise<boolean> {
  const end = realClock.now() + ms;
  while (wire.packets.length < count && realClock.now() < end) await pause(1);
  return wire.packets.length >= count;
}

/** The answer that the echo that was answered should get, in hex. */
async function answeredEcho(
  wire: Wire,
  place: { readonly turn: number; readonly client: string; readonly behind: number },
): Promise<string> {
  const header = { op: 2, version: 1, flags: 0, group: 0, sequence: place.turn & 0xff, command: 0 };
  for (let attempt = 1; attempt <= echoesMax; attempt += 1) {
    const text = `${place.client} ${place.turn}.${attempt}`;
    wire.write(wire.frame(encodePacket(header, encodeCbor({ d: text }))));
    if (await arrives(wire, place.behind + 1, echoMs))
      return toHex(encodePacket({ ...header, op: 3 }, encodeCbor({ r: text }, { indefinite: true })));
  }
  return 'the answer to an echo';
}

async function startRecorded(t: Test, buffers: string, faces: readonly string[]): ReturnType<typeof startSim> {
  const folder = mkdtempSync(join(tmpdir(), 'bootproof-foreign-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const profile = join(folder, 'recorded.profile.yaml');
  writeFileSync(profile, profileOf(buffers));
  return startSim(t, ['--profile', profile, ...faces.map((face) => face.replace('FOLDER', folder))]);
}

t.setTimeout(240_000);

void t.test('over UDP, datagrams too long included', async (t) => {
  const exchanges = recorded('native_sim_udp');
  t.ok(exchanges.length > 190, `${exchanges.length} requests`);
  const sim = await startRecorded(t, '{size: 2048, count: 2}', ['--udp', '127.0.0.1:0']);
  t.same(await play(await udpWire(t, addressOf(sim, 'udp')), exchanges, 'udp'), []);
});

/** What becomes of a file depends on requests that are left out. */
const isAboutFiles = ({ name }: Exchange): boolean => name.startsWith('fs-');
/** Its output tells the uptime. */
const isAboutTime = ({ name }: Exchange): boolean => name.startsWith('shell-');

for (const face of [hasSocat ? 'serial' : 'tcp']) {
  void t.test(`over ${face}, in lines as they were written`, async (t) => {
    const exchanges = recorded('native_sim_serial').filter((exchange) => !isAboutFiles(exchange));
    t.ok(exchanges.length > 150, `${exchanges.length} requests`);
    const at = face === 'tcp' ? '127.0.0.1:0' : 'FOLDER/board';
    const sim = await startRecorded(t, '{size: 384, count: 4}', [`--${face}`, at]);
    const address = addressOf(sim, face);
    const wire = face === 'tcp' ? await tcpWire(t, address) : ptyWire(t, address.replace('serial:', ''));
    t.same(await play(wire, exchanges, face), []);
    const frames = exchanges
      .filter((exchange) => !isAboutTime(exchange))
      .flatMap(({ response_hex: lines }) => lines)
      .filter((hex) => hex.startsWith('0609') && hex.endsWith('0a'));
    const unknown = frames.filter((hex) => !wire.bytes().includes(hex));
    t.same(unknown, [], 'the same lines, to the last byte of their framing');
  });
}

// smp.md 9: A15 is the first packet of Nordic's Android library, F1 and F2 are newtmgr's as Mynewt's documentation shows them.
void t.test('frames that clients in the field send', async (t) => {
  const sim = await startRecorded(t, '{size: 2475, count: 4}', ['--udp', '127.0.0.1:0', '--tcp', '127.0.0.1:0']);
  const udp = await udpWire(t, addressOf(sim, 'udp'));
  udp.write(bytesOf('000000010000ff06a0'));
  await until('the parameters', () => udp.packets.length === 1);
  t.equal(
    toHex(udp.packets[0]!),
    '010000190000ff06bf686275665f73697a651909ab696275665f636f756e7404ff',
    'as captured from a real device (A16)',
  );
  const tcp = await tcpWire(t, addressOf(sim, 'tcp'));
  tcp.write(utf8('\u0006\tAAoAAAAAAAAAAiBC\n'));
  tcp.write(utf8('\u0006\tAAoAAAAAAAEAADcw\n'));
  await until('threads and images', () => tcp.packets.length === 2);
  t.match(toHex(tcp.packets[0]!), /^01000[0-9a-f]{3}00000002bf657461736b73bf/);
  t.equal(toHex(tcp.packets[1]!), '0100000600010000bf62726308ff', 'there is no image group in this server');
});

void t.test('several at once never get each other’s answers', async (t) => {
  // Requests that leave nothing behind, and whose answers do not depend on the size and number of buffers.
  const isAlike = ({ name }: Exchange): boolean =>
    /^(os|echo|err|cbor|enum|hdr|seq|settings|trailing|truncated|two)-/.test(name) && !/packet-of|params/.test(name);
  const datagrams = recorded('native_sim_udp').filter(isAlike);
  const lines = recorded('native_sim_serial').filter(isAlike);
  const sim = await startRecorded(t, '{size: 2048, count: 16}', [
    '--udp',
    '127.0.0.1:0',
    '--tcp',
    '127.0.0.1:0',
    '--serial',
    'FOLDER/board',
  ]);
  const [udp, tcp] = [addressOf(sim, 'udp'), addressOf(sim, 'tcp')];
  const wires = [await udpWire(t, udp), await udpWire(t, udp), await tcpWire(t, tcp), await tcpWire(t, tcp)];
  if (hasSocat) wires.push(ptyWire(t, addressOf(sim, 'serial').replace('serial:', '')));
  // Each begins elsewhere, so that what one waits for is not what another gets.
  const parts = wires.map((_, index) => {
    const all = index < 2 ? datagrams : lines;
    const from = Math.floor((all.length * index) / wires.length);
    return [...all.slice(from), ...all.slice(0, from)];
  });
  const found = await Promise.all(wires.map((wire, index) => play(wire, parts[index]!, `client ${index}`)));
  t.same(found.flat(), []);
  t.ok(parts.flat().length > 400, `${parts.flat().length} requests of ${wires.length} clients`);
});
