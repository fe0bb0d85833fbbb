/** The records of the SMP vectors, as far as the replay reads them. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** First line of a file: what the recorded server was. */
export interface ServerRecord {
  readonly kind: 'server';
  readonly server: string;
  readonly firmware: string;
  readonly config: {
    readonly target: string;
    readonly transport: string;
    readonly buf_size: number;
    readonly buf_count: number;
    readonly line_length_max: number | null;
    readonly groups: readonly string[];
    readonly mcuboot: boolean;
    readonly serial_recovery: boolean;
  };
  readonly facts: Readonly<Record<string, Json>>;
}

export interface RecordedPacket {
  readonly smp_hex: string;
  /** Fewer than the eight bytes of a header: nothing else is given. */
  readonly short?: boolean;
  readonly op: number;
  readonly ver: number;
  readonly res: number;
  readonly flags: number;
  readonly len: number;
  readonly group: number;
  readonly seq: number;
  readonly id: number;
  readonly actual_len: number;
  /** Absent where the recorder could not decode it. */
  readonly payload?: Json;
}

export type RecordedAnswer =
  (RecordedPacket & { readonly kind: 'smp'; readonly crc_ok?: boolean | null }) | { readonly kind: 'text'; readonly text: string };

export interface Exchange {
  readonly kind: 'exchange';
  readonly name: string;
  readonly request_hex: string;
  readonly request_parts_hex?: readonly string[];
  readonly gap_ms?: number;
  readonly request_decoded: RecordedPacket | readonly RecordedPacket[] | null;
  readonly response_hex: readonly string[];
  readonly response_decoded: readonly RecordedAnswer[];
  readonly silence?: boolean;
  /** Whether an echo was answered afterwards; a text when it took more than one. */
  readonly alive_after?: boolean | string;
  readonly console_lines?: readonly string[];
  readonly up_again?: boolean;
}

export interface Meta {
  readonly kind: 'meta';
  readonly name: string;
  readonly console_lines?: readonly string[];
}

export type SmpRecord = ServerRecord | Exchange | Meta;

/** The packets that a request was made of; a burst has several. */
export function requestPackets({ request_decoded: decoded }: Exchange): readonly RecordedPacket[] {
  if (decoded === null) return [];
  return (Array.isArray(decoded) ? (decoded as readonly RecordedPacket[]) : [decoded as RecordedPacket]).filter(
    ({ short }) => short !== true,
  );
}

export function answeredPackets(exchange: Exchange): readonly RecordedPacket[] {
  return exchange.response_decoded.filter((answer) => answer.kind === 'smp');
}

/** The pieces in which the request was written. */
export function writtenParts(exchange: Exchange): readonly Uint8Array[] {
  return (exchange.request_parts_hex ?? [exchange.request_hex]).map(bytesOf);
}

/** Longest packet that reaches the server over any transport: console framing adds length and CRC to it in the server's buffer. */
export function soundPacketMax({ config }: ServerRecord): number {
  return config.buf_size - 4;
}

/** Hex text of a record, which is always sound. */
export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** A member of a JSON object; undefined for anything else. */
export function member(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [key: string]: Json })[key];
}

/** The hex text of a byte string in a decoded payload. */
export function hexMember(value: Json | undefined, key: string): string | undefined {
  const hex = member(member(value, key), '$hex');
  return typeof hex === 'string' ? hex : undefined;
}
