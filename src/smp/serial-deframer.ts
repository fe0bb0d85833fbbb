/**
 * The client's reader of a console UART: finds SMP frames in whatever else the board prints and hands on the rest as
 * text. Tolerant by design: log text, prompts and colour codes may stand before, between and behind frames.
 */

import { concatBytes } from '../base/bytes.ts';
import { decodeBase64 } from './base64.ts';
import { headerSize } from './header.ts';
import { crc16, frameMarkers } from './serial-frame.ts';

export interface SerialDeframerOptions {
  /** Longer packets are treated as damage. */
  readonly packetMax: number;
  readonly packet: (packet: Uint8Array) => void;
  /** Everything that is no intact frame, damaged frames with their markers included. In order, never empty. */
  readonly text: (bytes: Uint8Array) => void;
}

/** Both callbacks are called from within `feed`. What arrives in pieces gives the same packets and the same text. */
export interface SerialDeframer {
  feed(bytes: Uint8Array): void;
}

export function createSerialDeframer(options: SerialDeframerOptions): SerialDeframer {
  return new Deframer(options);
}

const newline = 0x0a;
const carriageReturn = 0x0d;
/** What a packet of lines with a single byte each takes, in bytes per packet byte. */
const rawPerByteMax = 8;

/** A packet whose lines have not all arrived. */
interface Unfinished {
  readonly raw: Uint8Array[];
  readonly bytes: Uint8Array[];
  rawSize: number;
  size: number;
  /** Length bytes, packet and CRC together. */
  readonly expected: number;
}

class Deframer implements SerialDeframer {
  readonly #options: SerialDeframerOptions;
  readonly #bodyMax: number;
  #text: number[] = [];
  /** The line in work with its markers; one byte only while the second marker byte is awaited; empty outside of lines. */
  #line: number[] = [];
  #unfinished: Unfinished | undefined;

  constructor(options: SerialDeframerOptions) {
    this.#options = options;
    this.#bodyMax = options.packetMax + 4;
  }

  feed(bytes: Uint8Array): void {
    for (const byte of bytes) this.#take(byte);
    this.#flushText();
  }

  #take(byte: number): void {
    if (this.#line.length === 0) this.#outside(byte);
    else if (this.#line.length === 1) this.#secondMarker(byte);
    else if (byte === newline) this.#endLine();
    else if (lineAlphabet[byte] === 1 && this.#line.length < this.#bodyMax * 2) this.#line.push(byte);
    else {
      this.#damaged(this.#takeLine());
      this.#outside(byte);
    }
  }

  #outside(byte: number): void {
    if (byte === frameMarkers.start[0] || byte === frameMarkers.continuation[0]) this.#line.push(byte);
    else this.#text.push(byte);
  }

  #secondMarker(byte: number): void {
    const first = this.#line[0];
    const expected = first === frameMarkers.start[0] ? frameMarkers.start[1] : frameMarkers.continuation[1];
    if (byte === expected) {
      this.#line.push(byte);
      return;
    }
    this.#text.push(...this.#takeLine());
    this.#outside(byte);
  }

  #endLine(): void {
    const starts = this.#line[0] === frameMarkers.start[0];
    const raw = Uint8Array.from([...this.#takeLine(), newline]);
    const bytes = decodeLine(raw);
    if (starts) {
      this.#dropUnfinished();
      this.#unfinished = bytes === undefined ? undefined : this.#begin(bytes);
    }
    if (bytes === undefined || this.#unfinished === undefined) this.#damaged(raw);
    else this.#append(this.#unfinished, raw, bytes);
  }

  /** A packet to be filled; undefined where its first line announces a length that no packet has. */
  #begin(line: Uint8Array): Unfinished | undefined {
    const [high, low] = line;
    if (high === undefined || low === undefined) return undefined;
    const expected = 2 + ((high << 8) | low);
    if (expected < headerSize + 4 || expected > this.#bodyMax) return undefined;
    return { raw: [], bytes: [], rawSize: 0, size: 0, expected };
  }

  #append(unfinished: Unfinished, raw: Uint8Array, bytes: Uint8Array): void {
    unfinished.raw.push(raw);
    unfinished.bytes.push(bytes);
    unfinished.rawSize += raw.length;
    unfinished.size += bytes.length;
    if (unfinished.size > unfinished.expected || unfinished.rawSize > this.#bodyMax * rawPerByteMax) this.#dropUnfinished();
    else if (unfinished.size === unfinished.expected) this.#complete(concatBytes(unfinished.bytes));
  }

  #complete(body: Uint8Array): void {
    const packet = body.subarray(2, -2);
    const [high = 0, low = 0] = body.subarray(-2);
    if (((high << 8) | low) !== crc16(packet)) return this.#dropUnfinished();
    this.#unfinished = undefined;
    this.#flushText();
    this.#options.packet(packet);
  }

  /** What breaks off a line takes the packet it belongs to with it. */
  #damaged(raw: Iterable<number>): void {
    this.#dropUnfinished();
    for (const byte of raw) this.#text.push(byte);
  }

  #dropUnfinished(): void {
    for (const raw of this.#unfinished?.raw ?? []) {
      for (const byte of raw) this.#text.push(byte);
    }
    this.#unfinished = undefined;
  }

  #takeLine(): number[] {
    const line = this.#line;
    this.#line = [];
    return line;
  }

  #flushText(): void {
    if (this.#text.length === 0) return;
    const text = Uint8Array.from(this.#text);
    this.#text = [];
    this.#options.text(text);
  }
}

/** Base64 characters, and the carriage return that some consoles put before the newline. */
const lineAlphabet = new Uint8Array(256);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r') lineAlphabet[character.charCodeAt(0)] = 1;

/** The bytes of one line, decoded by itself since some senders pad each line; undefined when it is no sound base64 or empty. */
function decodeLine(raw: Uint8Array): Uint8Array | undefined {
  let end = raw.length - 1;
  while (raw[end - 1] === carriageReturn) end -= 1;
  const text = raw.subarray(2, end);
  const bytes = new Uint8Array((text.length * 3) >> 2);
  const count = text.length === 0 || text.length % 4 !== 0 ? undefined : decodeBase64(text, bytes);
  return count === undefined ? undefined : bytes.subarray(0, count);
}
