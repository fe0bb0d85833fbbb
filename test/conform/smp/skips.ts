/** The records that say nothing about the simulator, each with its reason. */

import { concatBytes, toHex } from '../../../src/base/bytes.ts';
import { serialLineMax } from '../../../src/smp/serial-frame.ts';
import { createSerialDeframer } from '../../../src/smp/serial-deframer.ts';
import { answeredPackets, member, requestPackets, soundPacketMax, writtenParts } from './record.ts';
import type { Exchange, RecordedPacket, ServerRecord } from './record.ts';
import type { Rewrite } from './uploads.ts';

export interface SkipContext {
  readonly server: ServerRecord;
  readonly exchange: Exchange;
  readonly rewrite: Rewrite | undefined;
  /** How often the simulated server answered; undefined before it was asked. */
  readonly answers?: number;
}

interface Skip {
  readonly reason: string;
  applies(context: SkipContext): boolean;
}

const skips: readonly Skip[] = [
  {
    reason:
      'the recorded chunk never reached the server: it answers every sound chunk, and answered the next one as if this had not been sent',
    applies: ({ rewrite }) => rewrite?.lost === true,
  },
  {
    // real-servers.md, surprise 9.
    reason: 'the recorded request never reached the server: it was sound, and the next one was answered',
    applies: ({ server, exchange, answers = 0 }) =>
      answers > 0 && exchange.silence === true && exchange.alive_after === true && isSound(exchange, server),
  },
  {
    reason: 'threads that share a name are one in the first line of the file, so that the list cannot be rebuilt from it',
    applies: ({ server, exchange }) =>
      requestPackets(exchange).some(isThreadList) && answeredPackets(exchange).length > 0 && losesThreads(server),
  },
];

/** Why the record is left out; undefined when it counts. */
export function skipReason(context: SkipContext): string | undefined {
  return skips.find((skip) => skip.applies(context))?.reason;
}

const carriageReturn = 0x0d;

/** One whole request that fits the server's buffer, written as a client would. */
function isSound(exchange: Exchange, server: ServerRecord): boolean {
  const [packet, ...more] = requestPackets(exchange);
  if (packet === undefined || more.length > 0 || packet.len !== packet.actual_len || packet.op % 2 !== 0 || packet.op > 2) return false;
  if (packet.smp_hex.length / 2 > soundPacketMax(server)) return false;
  const written = writtenParts(exchange);
  const { transport } = server.config;
  if (transport !== 'serial' && transport !== 'shell') return toHex(concatBytes(written)) === packet.smp_hex;
  return isSoundFrame(written, packet);
}

function isSoundFrame(written: readonly Uint8Array[], { smp_hex: hex }: RecordedPacket): boolean {
  const found: string[] = [];
  const packet = (bytes: Uint8Array): void => void found.push(toHex(bytes));
  const deframer = createSerialDeframer({ packetMax: hex.length, packet, text: () => found.push('text') });
  for (const line of written) deframer.feed(line);
  return found.join() === hex && written.every((line) => line.length <= serialLineMax && !line.includes(carriageReturn));
}

function isThreadList({ group, id, op }: RecordedPacket): boolean {
  return group === 0 && id === 2 && op === 0;
}

/** Thread ids count from 0 without gaps. */
function losesThreads({ facts }: ServerRecord): boolean {
  const tasks = member(facts['os-taskstat'], 'tasks');
  if (typeof tasks !== 'object' || tasks === null) return false;
  const ids = Object.values(tasks).map((task) => member(task, 'tid'));
  return ids.some((id) => typeof id === 'number' && id >= ids.length);
}
