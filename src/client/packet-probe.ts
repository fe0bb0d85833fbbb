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
  await provePieces(client, packetMax, { plainMs, signal });
  // Raw streams and BLE tell the limit of packets; what is too long for a raw one makes the server deaf (real-servers.md 4.7).
  if (link.reliable && link.paceLines === undefined) return Math.min(packetMax, link.packetMax ?? Infinity);
  for (let size = packetMax; size > provenAlways; size = Math.max(provenAlways, Math.floor(size / 2))) {
    const options = { size, signal, timeoutMs: probeMs(size, plainMs) };
    if (await arrives(client, options)) return size;
    if (link.paceLines === undefined) continue;
    client.note(`${link.name}: a packet of ${size} bytes got no answer; its lines are sent ${lineGapMs} ms apart from now on`);
    link.paceLines(lineGapMs);
    if (await arrives(client, options)) return size;
  }
  return Math.min(packetMax, provenAlways);
}

/**
 * Bluetooth stacks agree on an MTU that one direction does not have (field reports D4, D5). Pieces are halved until a
 * packet in one piece arrives; the smallest that the link makes has to do.
 */
async function provePieces(client: SmpClient, packetMax: number, { plainMs, signal }: ProbeOptions): Promise<void> {
  const { pieces, name } = client.link;
  if (pieces === undefined) return;
  for (let size = Math.min(packetMax, pieces.max); size > plainBytes;) {
    if (await arrives(client, { size, signal, timeoutMs: probeMs(size, plainMs) })) return;
    pieces.limit(Math.floor(size / 2));
    // The link refuses to make them smaller.
    if (pieces.max >= size) return;
    client.note(`${name}: a packet of ${size} bytes in one piece got no answer; it is sent in pieces of ${pieces.max} bytes from now on`);
    size = pieces.max;
  }
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
