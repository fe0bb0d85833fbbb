/** How large requests may be and how many may wait: asked of the server, or known safe where it does not tell (smp.md 5.7). */

import { osParameters, type BufferParameters } from '../smp/groups/os.ts';
import type { SmpClient } from './client.ts';
import { SmpRefusal } from './errors.ts';
import { provenPacketMax } from './packet-probe.ts';

export interface RequestLimits {
  /** Bytes of the largest packet, header included, that the server takes. Longer ones vanish without an answer. */
  readonly packetMax: number;
  /** Bytes of image or file data that one request may carry, apart from the packet's limit. */
  readonly dataMax: number;
  /** Requests that may wait for their answers at the same time. */
  readonly inFlightMax: number;
}

/** Framing of a console holds the length and the CRC in the same buffer as the packet; on other streams four bytes stay unused. */
const streamOverhead = 4;
/** Zephyr's UDP transport receives into its MTU, whatever size of buffer it announces (real-servers.md 1). */
const datagramMax = 1500;
/** Where nothing is announced: Zephyr's buffer of 384 bytes on streams, and what every UDP server took. */
const unannounced = { stream: 384 - streamOverhead, datagram: 1024 } as const;
/** Zephyr up to 3.0, which announces nothing, refuses longer chunks whatever its buffers are. */
const unannouncedDataMax = 512;
/** The answer needs a buffer too. A server that announces more buffers than this has them for something else. */
const buffersForAnswers = 1;
const inFlightMost = 32;

/** Asks for the server's buffers, and proves that packets of that size arrive. A refusal means the defaults; silence and broken links are errors. */
export async function requestLimits(client: SmpClient, signal?: AbortSignal): Promise<RequestLimits> {
  const askedAt = client.clock.now();
  const announced = await announcedBuffers(client, signal);
  const plainMs = client.clock.now() - askedAt;
  const packetMax = Math.min(client.link.packetMax ?? Infinity, client.link.wholeMax ?? Infinity, announcedPacketMax(client, announced));
  return {
    packetMax: await provenPacketMax(client, packetMax, { plainMs, signal }),
    dataMax: announced === undefined ? unannouncedDataMax : Infinity,
    inFlightMax: Math.min(inFlightMost, Math.max(1, (announced?.bufferCount ?? 1) - buffersForAnswers)),
  };
}

function announcedPacketMax({ link: { reliable } }: SmpClient, announced: BufferParameters | undefined): number {
  if (announced === undefined) return reliable ? unannounced.stream : unannounced.datagram;
  return reliable ? announced.bufferSize - streamOverhead : Math.min(announced.bufferSize, datagramMax);
}

async function announcedBuffers(client: SmpClient, signal: AbortSignal | undefined): Promise<BufferParameters | undefined> {
  try {
    return await client.request(osParameters, undefined, { signal });
  } catch (thrown) {
    if (thrown instanceof SmpRefusal) return undefined;
    throw thrown;
  }
}
