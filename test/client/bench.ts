/** A client on an in-process link in virtual time, and the small servers that the client tests talk to. */

import type { Clock } from '../../src/base/clock.ts';
import { createVirtualClock } from '../../src/base/clock-virtual.ts';
import type { BootproofError } from '../../src/base/errors.ts';
import { SmpClient, type SmpClientOptions, type WirePacket } from '../../src/client/client.ts';
import { encodeCbor, type CborInput } from '../../src/smp/cbor.ts';
import { decodeHeader, encodePacket, headerSize, responseOp, type SmpHeader } from '../../src/smp/header.ts';
import { openMemoryTransport, type MemoryLink } from '../../src/transport/memory.ts';

export interface Request {
  readonly header: SmpHeader;
  readonly packet: Uint8Array;
  readonly payload: Uint8Array;
}

/** What a server does with a request; `reply` sends a packet after `delayMs`. */
export type Server = (request: Request, reply: (packet: Uint8Array, delayMs?: number) => void) => void;

export interface Bench {
  readonly clock: Clock;
  readonly client: SmpClient;
  readonly observed: readonly WirePacket[];
  readonly losses: readonly BootproofError[];
  readonly unplug: () => void;
}

type Link = Partial<Pick<MemoryLink, 'kind' | 'bytesPerSecond' | 'latencyMs'>>;

/** Runs `work` with a client whose packets go to `server`, over datagrams of 1 ms latency unless `link` says otherwise. */
export async function withClient(
  server: Server,
  work: (bench: Bench) => Promise<void>,
  { link = {}, ...options }: Partial<SmpClientOptions> & { readonly link?: Link } = {},
): Promise<void> {
  const clock = createVirtualClock();
  const observed: WirePacket[] = [];
  const losses: BootproofError[] = [];
  let unplug = (): void => undefined;
  const connect: MemoryLink['connect'] = (line) => {
    unplug = line.unplug;
    const reply = (packet: Uint8Array, delayMs = 0): void => void clock.arm(delayMs, 'a reply', () => line.output(packet));
    return { receive: (packet) => server(readRequest(packet), reply), close: () => undefined };
  };
  const run = async (): Promise<void> => {
    const client = await SmpClient.open(
      (events) => openMemoryTransport({ name: 'memory', kind: 'datagram', latencyMs: 1, clock, connect, ...link }, events),
      { clock, observe: (packet) => observed.push(packet), lost: (error) => losses.push(error), ...options },
    );
    await work({ clock, client, observed, losses, unplug });
    await client.close();
  };
  await clock.drive(run());
}

function readRequest(packet: Uint8Array): Request {
  const none = { op: 0, version: 0, flags: 0, length: 0, group: 0, sequence: 0, command: 0 };
  return { header: decodeHeader(packet) ?? none, packet, payload: packet.subarray(headerSize) };
}

/** A reply as servers send it: the header echoed with the response op, an indefinite map behind. */
export function answer({ header }: Request, payload: CborInput, changes: Partial<SmpHeader> = {}): Uint8Array {
  return encodePacket({ ...header, op: responseOp(header.op), ...changes }, encodeCbor(payload, { indefinite: true }));
}

/** Answers every request with the same payload. */
export function always(payload: CborInput): Server {
  return (request, reply) => reply(answer(request, payload));
}
