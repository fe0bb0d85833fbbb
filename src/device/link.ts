/** A client on a transport whose frames, text and losses become events of the run. */

import type { Clock } from '../base/clock.ts';
import { toHex } from '../base/bytes.ts';
import { SmpClient } from '../client/client.ts';
import type { WirePacket } from '../client/client.ts';
import { commandName } from '../smp/commands.ts';
import { smpOp } from '../smp/header.ts';
import type { LinkShaper, OpenLink } from '../transport/shape.ts';
import type { BoardEvent } from './board-event.ts';
import type { Console } from './console.ts';
import type { BootproofError } from '../base/errors.ts';

export interface Link {
  readonly client: SmpClient;
  close(): Promise<void>;
}

/** What a device wants to know of its link. */
export interface LinkEvents {
  /** It broke by itself. */
  readonly lost: (error: BootproofError) => void;
  /** A packet passed. */
  readonly packet: (packet: WirePacket) => void;
}

export interface LinkOptions extends LinkEvents {
  readonly clock: Clock;
  /** Takes the text on the link, where the board's console shares it. */
  readonly console: Console | undefined;
  /** Faults of the link; it outlives the links of one attempt. */
  readonly shaper: LinkShaper;
  readonly emit: (event: BoardEvent) => void;
}

export async function openLink(open: OpenLink, options: LinkOptions): Promise<Link> {
  const { clock, console, shaper, emit, lost, packet: seen } = options;
  const client = await SmpClient.open(shaper.wrap(open), {
    clock,
    lost,
    text: (bytes) => console?.write(bytes),
    observe: (packet) => {
      seen(packet);
      emit(wireEvent(packet));
    },
  });
  return { client, close: () => client.close() };
}

/** Frames beyond this are cut in the event log: their rest is image data, which would only swell it. */
const hexBytesMax = 96;

export function wireEvent({ direction, packet, header, fate }: WirePacket): BoardEvent {
  const dropped = fate === 'late' || fate === 'foreign' ? `, ${fate}: dropped` : '';
  return {
    kind: 'wire',
    direction,
    bytes: packet.length,
    hex: toHex(packet.subarray(0, hexBytesMax)),
    summary: `${describePacket(header)}${dropped}`,
  };
}

/** `image upload request #3`. */
export function describePacket(header: WirePacket['header']): string {
  if (header === undefined) return 'no SMP header';
  return `${commandName(header)} ${isRequest(header.op) ? 'request' : 'response'} #${header.sequence}`;
}

function isRequest(op: number): boolean {
  return op === smpOp.read || op === smpOp.write;
}
