/**
 * The contract of every link to a board: whole SMP packets out, whole SMP packets and everything else (console text) in.
 * Framing, fragmentation and reassembly happen below this line; sequence numbers, time limits and retries above it.
 */

import type { Clock } from '../base/clock.ts';
import type { BootproofError } from '../base/errors.ts';

export interface Transport {
  /** The address as the user wrote it; every message about the link names it. */
  readonly name: string;
  /** The largest SMP packet, header included, that one `send` may carry; undefined when the link sets no limit. */
  readonly packetMax: number | undefined;
  /** Longer packets are sent in pieces that many receivers do not put together (IP fragments). Undefined: there is no such limit. */
  readonly wholeMax?: number | undefined;
  /** The MTU by the link's own count; undefined where the largest whole packet says it. */
  readonly mtu?: number | undefined;
  /** False where packets may vanish without any error (UDP): the client then repeats requests. */
  readonly reliable: boolean;
  /** Sends the lines of later packets at least so many ms apart; only on links that have lines. */
  readonly paceLines?: ((gapMs: number) => void) | undefined;
  /** How many bytes it sends in one piece, and how to have later pieces shorter; only on links whose peer may lose what is within the agreed MTU. */
  readonly pieces?: { readonly max: number; readonly limit: (max: number) => void } | undefined;
  /** Sends one packet. Resolves when the link took it; rejects with an infra error when the link is gone. */
  send(packet: Uint8Array): Promise<void>;
  /** Sends bytes to the console that shares this link. Rejects with an input error where the link has none. */
  sendText(bytes: Uint8Array): Promise<void>;
  /** Idempotent. After it resolved, no event is delivered any more. */
  close(): Promise<void>;
}

/** What a link delivers. Handlers must not throw; they are called synchronously, in order of arrival. */
export interface TransportEvents {
  /** One SMP packet: complete for its framing, its content not looked at. */
  readonly packet: (packet: Uint8Array) => void;
  /** Bytes that belong to no SMP frame: log lines, prompts, boot banners, and frames that were damaged. */
  readonly text: (bytes: Uint8Array) => void;
  /** The link is gone and will deliver nothing more. Called at most once, never after `close`. */
  readonly lost: (error: BootproofError) => void;
  /** Something that does not end the link but explains a silence later, such as "connection refused" on UDP. */
  readonly note?: (text: string) => void;
}

/** What opening a link needs from outside: the clock of all its time limits, and the signal that gives up the opening. */
export interface TransportContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The bytes that a link carries in one piece; undefined where it sets no limit. */
export function mtuOf({
  mtu,
  packetMax = Infinity,
  wholeMax = Infinity,
}: Pick<Transport, 'mtu' | 'packetMax' | 'wholeMax'>): number | undefined {
  const whole = mtu ?? Math.min(packetMax, wholeMax);
  return whole === Infinity ? undefined : whole;
}

/** One direction is a function, the other a state machine that calls the events it was made with. */
export interface Framing {
  readonly packetMax: number;
  /** The pieces to write for one packet, in order. */
  encode(packet: Uint8Array): readonly Uint8Array[];
  receive(bytes: Uint8Array): void;
  /** No more bytes will come: what waits for its rest is delivered as text now. */
  end(): void;
}

export type FramingEvents = Pick<TransportEvents, 'packet' | 'text'>;
