/** Hostile input for everything that reads bytes of a device: it must end in values or typed errors, in little memory. */

import { assert } from '../../src/base/assert.ts';
import { createRng, type Rng } from '../../src/base/rng.ts';
import { findCommand } from '../../src/smp/commands.ts';
import { SmpDecodeError } from '../../src/smp/decode-error.ts';
import { readOutcome, splitPacket } from '../../src/smp/message.ts';
import { createSerialDeframer } from '../../src/smp/serial-deframer.ts';
import { encodeSerialFrame } from '../../src/smp/serial-frame.ts';
import { frames, hex } from './frames.ts';

export interface SmpFuzzReport {
  readonly inputs: number;
  /** Inputs that meant something. */
  readonly values: number;
  /** Inputs that ended in `SmpDecodeError`. */
  readonly errors: number;
  /** Packets that the deframer found, and bytes that it gave back as text. */
  readonly packets: number;
  readonly textBytes: number;
  /** Growth of the heap from a tenth of the way to the end; exact only with `--expose-gc`. */
  readonly heapGrowthBytes: number;
}

const packetMax = 2048;
const seeds = frames.map((frame) => hex(frame.hex));

/** Feeds `count` random and damaged inputs, half of them packets, half of them console bytes. Throws what should not have been thrown. */
export function fuzzSmp(count: number, seed: number): SmpFuzzReport {
  const rng = createRng(seed);
  const found = { values: 0, errors: 0, packets: 0, textBytes: 0 };
  const deframer = createSerialDeframer({
    packetMax,
    packet: (packet) => {
      found.packets += 1;
      assert(packet.length <= packetMax, 'a packet within its limit');
    },
    text: (bytes) => (found.textBytes += bytes.length),
  });
  let heapAtStart = 0;
  for (let index = 0; index < count; index += 1) {
    if (index === Math.floor(count / 10)) heapAtStart = heapUsed();
    if (index % 2 === 0) found[readPacket(damage(rng, rng.below(4) === 0 ? rng.bytes(rng.below(300)) : pick(rng, seeds)))] += 1;
    else feed(rng, deframer, damage(rng, consoleBytes(rng)));
  }
  return { inputs: count, ...found, heapGrowthBytes: heapUsed() - heapAtStart };
}

function readPacket(packet: Uint8Array): 'values' | 'errors' {
  try {
    const outcome = readOutcome(packet);
    if (outcome.ok) findCommand(splitPacket(packet).header)?.decode(outcome.payload);
    return 'values';
  } catch (thrown) {
    if (thrown instanceof SmpDecodeError) return 'errors';
    throw thrown;
  }
}

function consoleBytes(rng: Rng): Uint8Array {
  if (rng.below(4) === 0) return rng.bytes(rng.below(300));
  const packet = pick(rng, seeds);
  return new Uint8Array(
    Buffer.concat(encodeSerialFrame(packet, { style: rng.below(2) === 0 ? 'sliced' : 'zephyr', lineMax: 31 + rng.below(100) })),
  );
}

function feed(rng: Rng, deframer: { feed(bytes: Uint8Array): void }, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + rng.below(60);
    deframer.feed(bytes.subarray(at, end));
    at = end;
  }
}

/** A copy with up to three bytes changed, removed or added; one in three stays as it is. */
function damage(rng: Rng, bytes: Uint8Array): Uint8Array {
  const copy = [...bytes];
  for (let left = rng.below(3) === 0 ? 0 : 1 + rng.below(3); left > 0; left -= 1) {
    const at = rng.below(copy.length + 1);
    copy.splice(at, rng.below(3), ...rng.bytes(rng.below(3)));
  }
  return Uint8Array.from(copy);
}

function pick<T>(rng: Rng, items: readonly T[]): T {
  return items[rng.below(items.length)]!;
}

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
