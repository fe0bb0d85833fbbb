/** What the codec makes of recorded packets: header, payload and meaning, and the same bytes back. */

import { isDeepStrictEqual } from 'node:util';
import { toHex } from '../../../src/base/bytes.ts';
import { decodeCbor, encodeCbor, isCborMap } from '../../../src/smp/cbor.ts';
import { decodeHeader, encodePacket, headerSize } from '../../../src/smp/header.ts';
import { readOutcome } from '../../../src/smp/message.ts';
import { createSerialDeframer } from '../../../src/smp/serial-deframer.ts';
import { answeredPackets, bytesOf, member, requestPackets } from './record.ts';
import type { CborValue } from '../../../src/smp/cbor.ts';
import type { Exchange, Json, RecordedPacket } from './record.ts';

const packetMax = 4096;

/** All that the codec gets wrong about a record; empty when nothing is. */
export function codecDifferences(exchange: Exchange, framed: boolean): readonly string[] {
  const requests = requestPackets(exchange).flatMap((packet) => [...headerDifferences(packet), ...payloadDifferences(packet, false)]);
  const answers = answeredPackets(exchange).flatMap((packet) => [
    ...headerDifferences(packet),
    ...payloadDifferences(packet, true),
    ...outcomeDifferences(packet),
  ]);
  const frames = framed ? frameDifferences(exchange) : [];
  return [...requests, ...answers, ...frames].map((difference) => `codec: ${difference}`);
}

function headerDifferences(packet: RecordedPacket): readonly string[] {
  const bytes = bytesOf(packet.smp_hex);
  const header = decodeHeader(bytes);
  if (header === undefined) return [`no header in ${packet.smp_hex}`];
  const { op, version: ver, flags, length: len, group, sequence: seq, command: id } = header;
  const read: Record<string, number> = { op, ver, flags, len, group, seq, id };
  const wrong = Object.entries(read).filter(([name, value]) => packet[name as 'op'] !== value);
  const differences = wrong.map(([name, value]) => `${name} is ${packet[name as 'op']}, read as ${value}`);
  if (packet.len !== packet.actual_len || packet.res !== 0) return differences;
  const again = encodePacket(header, bytes.subarray(headerSize));
  return Buffer.compare(again, bytes) === 0 ? differences : [...differences, `${packet.smp_hex} is encoded as ${toHex(again)}`];
}

/** Payloads that are encoded as this project encodes them come out of it as they went in. */
function payloadDifferences(packet: RecordedPacket, indefinite: boolean): readonly string[] {
  if (packet.payload === undefined || packet.payload === null) return [];
  const bytes = bytesOf(packet.smp_hex).subarray(headerSize);
  const value = decodeCbor(bytes);
  const [recorded, read] = [withoutBigNumbers(packet.payload), jsonOf(value)];
  const same = isDeepStrictEqual(recorded, read);
  const differences = same ? [] : [`payload ${JSON.stringify(recorded)}, read as ${JSON.stringify(read)}`];
  if (!indefinite || packet.len !== packet.actual_len || packet.len === 0) return differences;
  const again = encodeCbor(value, { indefinite });
  return Buffer.compare(again, bytes) === 0 ? differences : [...differences, `${toHex(bytes)} is encoded as ${toHex(again)}`];
}

/** A client must read the recorded refusal as one, with the recorded numbers, and anything else as success. */
function outcomeDifferences(packet: RecordedPacket): readonly string[] {
  const outcome = readOutcome(bytesOf(packet.smp_hex));
  const error = member(packet.payload, 'err') ?? null;
  const rc = member(error ?? packet.payload, 'rc');
  const expected = typeof rc === 'number' && rc !== 0 ? { group: member(error, 'group'), code: rc } : undefined;
  const read = outcome.ok ? undefined : { group: outcome.failure.group, code: outcome.failure.code };
  return JSON.stringify(expected) === JSON.stringify(read) ? [] : [`means ${JSON.stringify(expected)}, read as ${JSON.stringify(read)}`];
}

/** The client's reader of a console finds the recorded packets in the recorded lines. */
function frameDifferences(exchange: Exchange): readonly string[] {
  const found: string[] = [];
  const deframer = createSerialDeframer({ packetMax, packet: (bytes) => found.push(toHex(bytes)), text: () => undefined });
  for (const line of exchange.response_hex) deframer.feed(bytesOf(line));
  const recorded = answeredPackets(exchange).map(({ smp_hex }) => smp_hex);
  return recorded.join() === found.join() ? [] : [`packets in the answer: ${recorded.join()}, found ${found.join()}`];
}

/** As the recorder shows values: byte strings as hex, of repeated keys the last. */
function jsonOf(value: CborValue): Json {
  if (value instanceof Uint8Array) return { $hex: toHex(value) };
  if (isCborMap(value)) return Object.fromEntries(value.entries.map(([key, member]) => [keyText(key), jsonOf(member)]));
  if (Array.isArray(value)) return (value as readonly CborValue[]).map(jsonOf);
  return typeof value === 'bigint' || value === undefined ? String(value) : (value as Json);
}

function keyText(key: CborValue): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

/** The recorder read tagged byte strings as the big numbers that they stand for; here tags are dropped. */
function withoutBigNumbers(value: Json): Json {
  return JSON.parse(JSON.stringify(value), (_key, inner: Json) => {
    const big = member(inner, '$int');
    if (typeof big !== 'string') return inner;
    const digits = BigInt(big).toString(16);
    return { $hex: digits.padStart(digits.length + (digits.length % 2), '0') };
  }) as Json;
}
