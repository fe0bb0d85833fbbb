/**
 * Whether packets of a size arrive. Servers announce more than they take, networks drop long datagrams, and a console
 * whose line buffers are few loses all lines but the first when they come back to back; all of that is silence, in which
 * an upload would wait for an erase that never began. So the size is tried on a request with nothing at stake: the
 * parameters of the server, with a field that it does not read (smp.md 3.1). Any answer will do, a refusal too.
 */

import { BootproofError } from '../base/errors.ts';
import { osParameters } from '../smp/groups/os.ts';
import { encodeRequest, type SmpCommand } from '../smp/message.ts';
import type { SmpClient } from './client.ts';
import { SmpRefusal } from './errors.ts';

const probeMsLeast = 1000;
const probeMsMost = 6000;
/** Bytes of a request without a payload to speak of, and its answer's share. */
const plainBytes = 16;
/** Every server takes this: one line of a console. */
const provenAlways = 93;
/** What Zephyr's two line buffers of the simulator needed (real-servers.md 4.3); a line at 115200 baud takes 11 ms. */
const lineGapMs = 15;

export interface ProbeOptions {
  /** What a short request and its answer took. */
  readonly plainMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The largest size up to `packetMax` that is known to arrive. Where lines get lost, the link is told to pace them.
 * Rejects with infra errors when the link breaks or nothing is answered any more.
 */
export async function provenPacketMax(client: SmpClient, packetMax: number, { plainMs, signal }: ProbeOptions): Promise<number> {
  const { link } = client;
  const tries: Tries = (size) => arrives(client, { size, signal, timeoutMs: probeMs(size, plainMs) });
  await provePieces(client, packetMax, tries);
  // Raw streams and BLE tell the limit of packets; what is too long for a raw one makes the server deaf (real-servers.md 4.7).
  if (link.reliable && link.paceLines === undefined) return Math.min(packetMax, link.packetMax ?? Infinity);
  if (packetMax <= provenAlways || (await tries(packetMax))) return packetMax;
  if (link.paceLines !== undefined) {
    client.note(`${link.name}: a packet of ${packetMax} bytes got no answer; its lines are sent ${lineGapMs} ms apart from now on`);
    link.paceLines(lineGapMs);
    if (await tries(packetMax)) return packetMax;
  }
  return largestBetween(provenAlways, packetMax, tries);
}

/**
 * Bluetooth stacks agree on an MTU that one direction does not have (field reports D4, D5): then pieces are made as short as
 * packets in one piece must be to arrive, or as short as the link makes them.
 */
async function provePieces(client: SmpClient, packetMax: number, tries: Tries): Promise<void> {
  const { pieces, name } = client.link;
  if (pieces === undefined) return;
  const agreed = Math.min(packetMax, pieces.max);
  if (agreed <= plainBytes || (await tries(agreed))) return;
  pieces.limit(await largestBetween(plainBytes, agreed, tries));
  client.note(`${name}: a packet of ${agreed} bytes in one piece got no answer; pieces are of ${pieces.max} bytes from now on`);
}

/** Whether a packet of a size arrives. */
type Tries = (size: number) => Promise<boolean>;

/** What is left is not worth the wait for another packet that may not arrive. */
const worthwhileShare = 1 / 8;

/** Nearly the largest size that arrives, above one that does and below one that does not: too little costs speed, and no upload fits in very little. */
async function largestBetween(proven: number, lost: number, tries: Tries): Promise<number> {
  let [least, most] = [proven, lost];
  while (most - least > Math.max(1, least * worthwhileShare)) {
    const size = Math.floor((least + most) / 2);
    if (await tries(size)) least = size;
    else most = size;
  }
  return least;
}

function probeMs(size: number, plainMs: number): number {
  return Math.min(probeMsMost, Math.max(probeMsLeast, (plainMs * size) / plainBytes));
}

interface Probe {
  readonly size: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

async function arrives(client: SmpClient, { size, ...options }: Probe): Promise<boolean> {
  try {
    await client.request(padded(size), undefined, { ...options, retries: 1 });
    return true;
  } catch (thrown) {
    if (thrown instanceof SmpRefusal) return true;
    if (thrown instanceof BootproofError && thrown.code === 'smp-no-answer') return false;
    throw thrown;
  }
}

/** The question for the parameters in a packet of `size` bytes, or one or two less where CBOR has no such size. */
function padded(size: number): SmpCommand<void, unknown> {
  const withPad = (length: number): SmpCommand<void, unknown> => ({ ...osParameters, encode: () => ({ pad: new Uint8Array(length) }) });
  const sizeWith = (length: number): number => encodeRequest(withPad(length), undefined, { version: 1, sequence: 0 }).length;
  const head = sizeWith(size) - size;
  return withPad(Math.max(0, size - head));
}
