/**
 * Recordings of real servers played as servers: our client asks what the recorder asked, in the wire's own framing, and
 * gets the recorded bytes. It must end where they lead: a refusal is its named error, a silence is one, the rest decodes.
 */

import t from 'tap';
import { toHex } from '../../src/base/bytes.ts';
import { BootproofError } from '../../src/base/errors.ts';
import { SmpRefusal } from '../../src/client/errors.ts';
import { uploadImage, type UploadOptions } from '../../src/client/upload.ts';
import type { UploadResult } from '../../src/client/upload-tally.ts';
import { decodeCbor, isCborMap, type CborMap, type CborObject } from '../../src/smp/cbor.ts';
import { findCommand, type AnySmpCommand } from '../../src/smp/commands.ts';
import { decodeHeader, headerSize, smpOp } from '../../src/smp/header.ts';
import { encodeRequest, readOutcome, type SmpCommand } from '../../src/smp/message.ts';
import { answeredPackets, bytesOf, member, requestPackets } from '../conform/smp/record.ts';
import type { Exchange, Json, RecordedPacket, ServerRecord } from '../conform/smp/record.ts';
import { readVectors } from '../helpers/vectors.ts';
import { answer, withClient, type Bench, type Server } from './bench.ts';

type Kind = 'console' | 'raw' | 'datagram';

interface Recording {
  readonly kind: Kind;
  readonly exchanges: readonly Exchange[];
}

function read(name: string): Recording {
  const [first, ...rest] = readVectors(`smp/${name}.jsonl`) as unknown as [ServerRecord, ...{ kind: string }[]];
  const { transport } = first.config;
  const kind = transport.startsWith('udp') ? 'datagram' : transport.includes('raw') ? 'raw' : 'console';
  return { kind, exchanges: rest.filter((record) => record.kind === 'exchange') as unknown as Exchange[] };
}

/** What the recorded answer says: an error by its numbers, or success. */
function recordedEnd({ payload }: RecordedPacket): string {
  const error = member(payload, 'err') ?? null;
  const rc = member(error ?? payload, 'rc');
  if (typeof rc !== 'number' || rc === 0) return 'success';
  return `refused by ${error === null ? 'the core' : `group ${JSON.stringify(member(error, 'group'))}`} with ${rc}`;
}

function endOf(thrown: unknown): string {
  if (!(thrown instanceof SmpRefusal)) return thrown instanceof BootproofError ? thrown.code : String(thrown);
  const { group, code, name } = thrown.failure;
  return `refused by ${group === undefined ? 'the core' : `group ${group}`} with ${code}${name === undefined ? ' without a name' : ''}`;
}

/** Asks over a link on which the recorded bytes come back; text that shared the line comes with them. */
async function ask({ kind, exchange }: { kind: Kind; exchange: Exchange }, packet: RecordedPacket): Promise<string> {
  const request = bytesOf(packet.smp_hex);
  const server: Server = (_asked, reply) => exchange.response_hex.forEach((hex) => reply(bytesOf(hex)));
  let end = 'nothing happened';
  const work = async ({ client }: Bench): Promise<void> => {
    const command = typedCommand(request);
    try {
      if (command === undefined) {
        const back = await client.requestRaw(request, { expect: 'answer', timeoutMs: 1000 });
        const outcome = readOutcome(back!);
        if (!outcome.ok) throw new SmpRefusal('raw', outcome);
      } else await client.request(command, undefined, { timeoutMs: 1000, retries: 0 });
      end = 'success';
    } catch (thrown) {
      end = endOf(thrown);
    }
  };
  await withClient(server, work, { link: { kind }, firstSequence: packet.seq, version: packet.ver === 0 ? 1 : 2 });
  return end;
}

/** The command that makes this request; undefined where no client of ours would send its bytes. */
function typedCommand(request: Uint8Array): SmpCommand<void, unknown> | undefined {
  const header = decodeHeader(request)!;
  const command: AnySmpCommand | undefined = findCommand(header);
  const fields = fieldsOf(request.subarray(headerSize));
  if (command === undefined || fields === undefined || (command.op === 'read') !== (header.op === smpOp.read)) return undefined;
  const asked: SmpCommand<void, unknown> = { ...command, encode: () => fields };
  const ours = encodeRequest(asked, undefined, { version: header.version, sequence: header.sequence });
  return toHex(ours) === toHex(request) ? asked : undefined;
}

function fieldsOf(payload: Uint8Array): CborObject | undefined {
  try {
    const map = decodeCbor(payload);
    if (!isCborMap(map) || map.entries.some(([key]) => typeof key !== 'string')) return undefined;
    return Object.fromEntries(map.entries) as CborObject;
  } catch {
    return undefined;
  }
}

const files: readonly (readonly [name: string, asked: number, byTypedCommand: number])[] = [
  ['native_sim_udp', 228, 170],
  ['native_sim_serial', 290, 232],
  ['native_sim_serial_fs', 255, 204],
  ['native_sim_serial_noparams', 212, 162],
  ['native_sim_serial_raw', 179, 123],
  ['native_sim_shell', 212, 162],
  ['qemu_mps2', 272, 214],
  ['qemu_mps2_image', 140, 134],
  ['mcuboot_recovery_mps2', 173, 156],
];

for (const [name, asked, byTypedCommand] of files) {
  void t.test(`${name} as a server`, async (t) => {
    const { kind, exchanges } = read(name);
    const wrong: string[] = [];
    const seen = { asked: 0, typed: 0, refusals: 0 };
    for (const exchange of exchanges) {
      const [packet, ...more] = requestPackets(exchange);
      const [reply, ...others] = answeredPackets(exchange);
      // Bursts and double packets are no requests of a client.
      if (packet === undefined || more.length + others.length > 0 || packet.smp_hex.length < 16) continue;
      const expected = reply === undefined ? 'smp-no-answer' : recordedEnd(reply);
      const answers = reply === undefined || (reply.seq === packet.seq && reply.group === packet.group && reply.id === packet.id);
      if (!answers) continue;
      const end = await ask({ kind, exchange }, packet);
      seen.asked += 1;
      if (typedCommand(bytesOf(packet.smp_hex)) !== undefined) seen.typed += 1;
      if (expected.startsWith('refused')) seen.refusals += 1;
      if (end !== expected) wrong.push(`${exchange.name}: ${end}, recorded: ${expected}`);
    }
    t.strictSame(wrong, []);
    t.strictSame([seen.asked, seen.typed], [asked, byTypedCommand], `${seen.refusals} refusals, each with its name`);
  });
}

/** A recorded upload as a server: recorded answers at the offsets that were recorded, and between them the rule that they show. */
function recordedUpload(
  exchanges: readonly Exchange[],
  prefix: string,
  { size, list }: { size: number; list?: Json },
): Server & { readonly starts: number } {
  const series = exchanges.filter(({ name }) => name.startsWith(prefix));
  const used = new Set<Exchange>();
  const server = (request: Parameters<Server>[0], reply: Parameters<Server>[1]): void => {
    const { group, command, op } = request.header;
    if (group === 0) return reply(answer(request, { buf_size: 384, buf_count: 4 }));
    if (group === 1 && command === 0 && op === smpOp.read && list !== undefined) return reply(answer(request, fromJson(list)));
    const map = decodeCbor(request.payload) as CborMap;
    const [off, data] = [map.get('off') as number, map.get('data') as Uint8Array];
    if (off === 0) state.starts += 1;
    else if (off !== position) return reply(answer(request, { off: position }));
    const found = series.find((exchange) => !used.has(exchange) && offsetOf(exchange) === off);
    if (found !== undefined) used.add(found);
    const recorded = found === undefined ? { off: Math.min(size, off + data.length) } : answeredPackets(found)[0]?.payload;
    if (recorded === undefined) return;
    const next = member(recorded, 'off');
    if (typeof next === 'number') position = next;
    reply(answer(request, fromJson(recorded)));
  };
  let position = 0;
  const state = Object.assign(server, { starts: 0 });
  return state;
}

function offsetOf(exchange: Exchange): number | undefined {
  const off = member(requestPackets(exchange)[0]?.payload, 'off');
  return typeof off === 'number' ? off : undefined;
}

function fromJson(value: Json): CborObject {
  const revive = (inner: Json): unknown => {
    const hex = member(inner, '$hex');
    if (typeof hex === 'string') return bytesOf(hex);
    if (Array.isArray(inner)) return (inner as readonly Json[]).map(revive);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, member]) => [key, revive(member)]));
  };
  return revive(value) as CborObject;
}

const image = new Uint8Array(132_476).fill(7);

async function uploadTo(server: Server, options: UploadOptions): Promise<{ result: UploadResult; sent: number[] }> {
  let done: { result: UploadResult; sent: number[] } | undefined;
  await withClient(
    server,
    async ({ client, observed }) => {
      const result = await uploadImage(client, image, { chunk: 310, ...options });
      const chunks = observed.filter(({ direction, header }) => direction === 'to-device' && header?.group === 1 && header.command === 1);
      done = { result, sent: chunks.map(({ packet }) => (decodeCbor(packet.subarray(headerSize)) as CborMap).get('off') as number) };
    },
    { link: { kind: 'raw' } },
  );
  return done!;
}

void t.test('recorded uploads', async (t) => {
  const { exchanges } = read('qemu_mps2_image');
  const size = image.length;
  for (const prefix of ['A-upload-', 'C-upload-', 'E-upload-', 'E2-upload-no-sha-', 'F-upload-', 'G-upload-', 'H-upload-']) {
    const own = exchanges.filter(
      ({ name }) => !name.startsWith('C-upload-2') && !name.includes('while-pending') && !name.includes('again'),
    );
    const { result, sent } = await uploadTo(recordedUpload(own, prefix, { size }), { sha: !prefix.includes('no-sha') });
    t.equal(result.offset, size, prefix);
    t.strictSame(sent.slice(0, 3), [0, 290, 600], 'it goes on where the recorded server stood');
  }
  const lossy = exchanges.filter(({ name }) => !name.includes('while-pending'));
  const lost = await uploadTo(recordedUpload(lossy, 'C-upload-2-', { size }), {});
  t.equal(lost.result.offset, size);
  t.equal(lost.sent.filter((off) => off === 30_980).length, 2, 'the chunk that the real UART lost is sent again');
  t.ok(lost.result.retransmitted <= 4 * 310, `${lost.result.retransmitted} bytes sent again`);

  await t.rejects(uploadTo(recordedUpload(exchanges, 'I-first-same-version-upgrade-true', { size }), {}), {
    code: 'smp-refused',
    failure: { group: 1, code: 27, name: 'CURRENT_VERSION_IS_NEWER' },
  });
  await t.rejects(uploadTo(recordedUpload(exchanges, 'img-upload-first-too-large', { size }), {}), {
    code: 'smp-refused',
    message: /INVALID_IMAGE_TOO_LARGE/,
  });
  const recovery = await uploadTo(recordedUpload(read('mcuboot_recovery_mps2').exchanges, 'full-upload-', { size }), {
    chunk: 920,
    sha: false,
  });
  t.equal(recovery.result.offset, size);
});

void t.test('the last answer of a recorded upload is lost', async (t) => {
  const { exchanges } = read('qemu_mps2_image');
  const listed = exchanges.map((exchange) => answeredPackets(exchange)[0]?.payload).find((payload) => inactiveHash(payload) !== undefined);
  const hash = bytesOf(inactiveHash(listed)!);
  const duplicate = exchanges.find(({ name }) => name === 'E-duplicate-of-final-chunk')!;
  t.match(answeredPackets(duplicate)[0]?.payload, { off: 0 }, 'a server that has the image knows of no upload');
  const server = recordedUpload(exchanges, 'E-upload-', { size: image.length, list: listed! });
  let finals = 0;
  const losing: Server = (request, reply) => {
    const map = request.header.group === 1 && request.header.command === 1 ? (decodeCbor(request.payload) as CborMap) : undefined;
    const last = map !== undefined && (map.get('off') as number) + (map.get('data') as Uint8Array).length === image.length;
    if (!last) return server(request, reply);
    finals += 1;
    if (finals > 1) reply(answer(request, fromJson(answeredPackets(duplicate)[0]!.payload!)));
  };
  const { result } = await uploadTo(losing, { hash });
  t.equal(result.offset, image.length);
  t.equal(server.starts, 1, 'the image is not sent again, which would erase it');
});

/** The hash of a listed image that does not run. */
function inactiveHash(payload: Json | undefined): string | undefined {
  const images = member(payload, 'images');
  const other = Array.isArray(images) ? (images as readonly Json[]).find((entry) => member(entry, 'active') === false) : undefined;
  const hex = member(member(other, 'hash'), '$hex');
  return typeof hex === 'string' ? hex : undefined;
}
