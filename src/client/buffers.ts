/** How large a request may be: asked of the server, or known safe where the server does not tell (smp.md 5.7). */

import { osParameters } from '../smp/groups/os.ts';
import type { SmpClient } from './client.ts';
import { SmpRefusal } from './errors.ts';

export interface RequestLimits {
  /** Bytes of the largest packet, header included, that the server takes. Longer ones vanish without an answer. */
  readonly packetMax: number;
  /** Bytes of image or file data that one request may carry, apart from the packet's limit. */
  readonly dataMax: number;
}

/** Framing of a console holds the length and the CRC in the same buffer as the packet; on other streams four bytes stay unused. */
const streamOverhead = 4;
/** Zephyr's UDP transport receives into its MTU, whatever size of buffer it announces (real-servers.md 1). */
const datagramMax = 1500;
/** Where nothing is announced: Zephyr's buffer of 384 bytes on streams, and what every UDP server took. */
const unannounced = { stream: 384 - streamOverhead, datagram: 1024 } as const;
/** Zephyr up to 3.0, which announces nothing, refuses longer chunks whatever its buffers are. */
const unannouncedDataMax = 512;

/** Asks for the server's buffer size. A refusal means the defaults; silence and broken links are errors. */
export async function requestLimits(client: SmpClient, signal?: AbortSignal): Promise<RequestLimits> {
  const { packetMax = Infinity, reliable } = client.link;
  const size = await announcedSize(client, signal);
  if (size === undefined) {
    return { packetMax: Math.min(packetMax, reliable ? unannounced.stream : unannounced.datagram), dataMax: unannouncedDataMax };
  }
  return { packetMax: Math.min(packetMax, reliable ? size - streamOverhead : Math.min(size, datagramMax)), dataMax: Infinity };
}

async function announcedSize(client: SmpClient, signal: AbortSignal | undefined): Promise<number | undefined> {
  try {
    const { bufferSize } = await client.request(osParameters, undefined, { signal });
    return bufferSize;
  } catch (thrown) {
    if (thrown instanceof SmpRefusal) return undefined;
    throw thrown;
  }
}
