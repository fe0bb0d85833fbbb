/**
 * The client's side of an SMP conversation over any transport: numbers requests, finds the answer of each by sequence,
 * group, command and op, limits the wait, and repeats what may be repeated. Several requests may be in flight.
 */

import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { BootproofError } from '../base/errors.ts';
import { SmpDecodeError } from '../smp/decode-error.ts';
import { decodeHeader, type SmpHeader } from '../smp/header.ts';
import { encodeRequest, readOutcome, type SmpCommand } from '../smp/message.ts';
import type { Transport, TransportEvents } from '../transport/transport.ts';
import { clientClosed, noAnswer, SmpRefusal, unexpectedAnswer } from './errors.ts';
import { Exchange, type ExchangeOptions } from './exchange.ts';
import { Sequences } from './sequences.ts';
import { VersionChoice } from './version.ts';

/** `answer`: it settled a request. `late`: its request had been given up or was answered already. `foreign`: nobody asked. */
export type PacketFate = 'sent' | 'answer' | 'late' | 'foreign';

/** One packet as it passed the client, for the event log. */
export interface WirePacket {
  readonly direction: 'to-device' | 'from-device';
  readonly packet: Uint8Array;
  /** Clock time in ms. */
  readonly at: number;
  /** Undefined for packets of fewer than 8 bytes. */
  readonly header: SmpHeader | undefined;
  readonly fate: PacketFate;
}

export interface SmpClientOptions {
  readonly clock: Clock;
  /** Default: version 2, falling back to 1 where the server needs it. */
  readonly version?: 1 | 2 | undefined;
  /** Default 0. */
  readonly firstSequence?: number | undefined;
  /** The time limit of requests that state none; default 5 s. */
  readonly timeoutMs?: number | undefined;
  /** How often idempotent requests are repeated within their time limit; default 3 on links that lose packets, and 1 on others. */
  readonly retries?: number | undefined;
  /** Console output that shares the link. */
  readonly text?: ((bytes: Uint8Array) => void) | undefined;
  /** The link is gone; what was pending has been rejected with the same error. */
  readonly lost?: ((error: BootproofError) => void) | undefined;
  readonly note?: ((text: string) => void) | undefined;
  /** Sees every packet in both directions. */
  readonly observe?: ((packet: WirePacket) => void) | undefined;
}

export interface RequestOptions<Reply = unknown> {
  readonly signal?: AbortSignal | undefined;
  /** From sending to the answer, all repetitions included. */
  readonly timeoutMs?: number | undefined;
  /** Overrules the client's default; only for idempotent commands. */
  readonly retries?: number | undefined;
  /** Called with the packet each time it is sent. */
  readonly sent?: ((packet: Uint8Array) => void) | undefined;
  /** Called with a reply that comes after the request was given up. */
  readonly late?: ((reply: Reply) => void) | undefined;
}

export interface RawRequestOptions {
  readonly expect: 'answer' | 'silence';
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the answer, or how long the silence must last. */
  readonly timeoutMs?: number | undefined;
}

const defaultTimeoutMs = 5000;
const lossyRetries = 3;
/** UARTs lose a frame now and then, without an error (real-servers.md 4.9). */
const reliableRetries = 1;
/** Far more than any server has buffers for; the rest of the sequence numbers is for answers that come late. */
const inFlightMax = 64;

/** Made by `SmpClient.open`. All errors are `BootproofError`s, or the reason of the caller's signal. */
export class SmpClient {
  readonly clock: Clock;
  readonly #options: SmpClientOptions;
  readonly #sequences: Sequences;
  readonly #version: VersionChoice;
  readonly #exchanges = new Set<Exchange>();
  readonly #dropped = { late: 0, foreign: 0 };
  #transport: Transport | undefined;
  #ended: BootproofError | undefined;

  private constructor(options: SmpClientOptions) {
    this.clock = options.clock;
    this.#options = options;
    this.#sequences = new Sequences(options.firstSequence ?? 0);
    this.#version = new VersionChoice(options.version);
  }

  /** Opens a transport with `open` and puts a client on it. Rejects as `open` does. */
  static async open(open: (events: TransportEvents) => Promise<Transport>, options: SmpClientOptions): Promise<SmpClient> {
    const client = new SmpClient(options);
    client.#transport = await open({
      packet: (packet) => client.#receive(packet),
      text: (bytes) => options.text?.(bytes),
      lost: (error) => {
        client.#end(error);
        options.lost?.(error);
      },
      note: (text) => options.note?.(text),
    });
    return client;
  }

  get link(): Transport {
    assert(this.#transport !== undefined, 'the client is connected');
    return this.#transport;
  }

  /** The link is gone, and with it the client. */
  get broken(): boolean {
    return this.#ended !== undefined;
  }

  /** How many packets came that answered nothing. */
  get dropped(): { readonly late: number; readonly foreign: number } {
    return { ...this.#dropped };
  }

  /**
   * One request to its answer. Rejects with `SmpRefusal` for an error answer, with `SmpDecodeError` for a malformed
   * one, and with infra errors for a silent or broken link.
   */
  async request<Request, Reply>(
    command: SmpCommand<Request, Reply>,
    request: Request,
    options: RequestOptions<Reply> = {},
  ): Promise<Reply> {
    for (let again = true; ; again = false) {
      const answer = await this.#ask(command, request, options);
      const outcome = readOutcome(answer);
      if (outcome.ok) return command.decode(outcome.payload);
      const { group, code } = outcome.failure;
      // The server looked at nothing but the version, so even a command that is not idempotent may be sent again, once.
      if (group !== undefined || !this.#version.refused(code) || !again) throw new SmpRefusal(command.name, outcome);
    }
  }

  /**
   * Sends bytes as they are, once. Resolves with the packet that answers them, not looked into; with undefined when
   * silence was expected and lasted.
   */
  async requestRaw(bytes: Uint8Array, options: RawRequestOptions): Promise<Uint8Array | undefined> {
    const { expect, signal, timeoutMs = this.#timeoutMs } = options;
    const what = 'the raw request';
    const header = decodeHeader(bytes);
    const exchange = this.#exchange({ what, header, attempts: 1, timeoutMs, signal, send: () => this.#send(bytes) });
    const answer = await this.#run(exchange);
    if (answer === undefined && header !== undefined) this.#sequences.owe(header.sequence, 1);
    if (expect === 'answer' && answer === undefined) throw noAnswer(what, this.link.name, timeoutMs);
    if (expect === 'silence' && answer !== undefined) throw unexpectedAnswer(what, this.link.name, answer);
    return answer;
  }

  /** Tells something that explains later what the conversation looked like. */
  note(text: string): void {
    this.#options.note?.(text);
  }

  /** Forgets which SMP version the server takes. For resets, after which another server may answer. */
  forgetVersion(): void {
    this.#version.forget();
  }

  /** Idempotent. Rejects everything that is pending. */
  async close(): Promise<void> {
    this.#end(clientClosed(this.link.name));
    await this.link.close();
  }

  async #ask<Request, Reply>(command: SmpCommand<Request, Reply>, request: Request, options: RequestOptions<Reply>): Promise<Uint8Array> {
    const { timeoutMs = this.#timeoutMs, signal, sent, late } = options;
    const versions = this.#version.plan(1 + this.#retries(command, options), command.idempotent);
    const sequence = this.#sequences.take();
    try {
      const byVersion = new Map([...new Set(versions)].map((version) => [version, encodeRequest(command, request, { version, sequence })]));
      const packet = (attempt: number): Uint8Array => byVersion.get(versions[attempt]!)!;
      const exchange = this.#exchange({
        what: command.name,
        header: decodeHeader(packet(0)),
        attempts: versions.length,
        timeoutMs,
        signal,
        send: (attempt) => {
          sent?.(packet(attempt));
          return this.#send(packet(attempt));
        },
      });
      const overdue = (answer: Uint8Array): void => {
        const reply = exchange.isAnsweredBy(decodeHeader(answer)) ? replyIn(answer, command) : undefined;
        if (reply !== undefined) late?.(reply);
      };
      const answer = await this.#run(exchange).finally(() => this.#sequences.owe(sequence, exchange.answersOwed, overdue));
      if (answer === undefined) throw noAnswer(command.name, this.link.name, timeoutMs);
      this.#version.answered(versions.slice(0, exchange.sent), decodeHeader(answer)!.version);
      return answer;
    } finally {
      this.#sequences.release(sequence);
    }
  }

  get #timeoutMs(): number {
    return this.#options.timeoutMs ?? defaultTimeoutMs;
  }

  #retries(command: SmpCommand<never, unknown>, options: Pick<RequestOptions, 'retries'>): number {
    if (!command.idempotent) return 0;
    return options.retries ?? this.#options.retries ?? (this.link.reliable ? reliableRetries : lossyRetries);
  }

  #exchange(options: Omit<ExchangeOptions, 'clock'>): Exchange {
    return new Exchange({ clock: this.clock, ...options });
  }

  async #run(exchange: Exchange): Promise<Uint8Array | undefined> {
    if (this.#ended !== undefined) throw this.#ended;
    assert(this.#exchanges.size < inFlightMax, 'fewer than 64 requests are in flight');
    this.#exchanges.add(exchange);
    try {
      return await exchange.run();
    } finally {
      this.#exchanges.delete(exchange);
    }
  }

  async #send(packet: Uint8Array): Promise<void> {
    this.#observe({ direction: 'to-device', packet, header: decodeHeader(packet), fate: 'sent' });
    await this.link.send(packet);
  }

  #receive(packet: Uint8Array): void {
    const header = decodeHeader(packet);
    const exchange = [...this.#exchanges].find((pending) => pending.isAnsweredBy(header));
    const fate = exchange === undefined ? this.#drop(packet, header) : 'answer';
    this.#observe({ direction: 'from-device', packet, header, fate });
    if (exchange === undefined) return;
    // Another packet like this one may follow in the same turn; it must not count as an answer.
    this.#exchanges.delete(exchange);
    exchange.answer(packet);
  }

  #drop(packet: Uint8Array, header: SmpHeader | undefined): 'late' | 'foreign' {
    // A console may echo the request itself, so only responses settle what is owed.
    const late = header !== undefined && header.op % 2 === 1 ? this.#sequences.answeredLate(header.sequence) : undefined;
    const fate = late === undefined ? 'foreign' : 'late';
    this.#dropped[fate] += 1;
    late?.(packet);
    return fate;
  }

  #observe(packet: Omit<WirePacket, 'at'>): void {
    this.#options.observe?.({ ...packet, at: this.clock.now() });
  }

  #end(error: BootproofError): void {
    this.#ended ??= error;
    for (const exchange of this.#exchanges) exchange.fail(error);
  }
}

/** Undefined for what is no success, or cannot be read. */
function replyIn<Reply>(answer: Uint8Array, command: SmpCommand<never, Reply>): Reply | undefined {
  try {
    const outcome = readOutcome(answer);
    return outcome.ok ? command.decode(outcome.payload) : undefined;
  } catch (thrown) {
    if (thrown instanceof SmpDecodeError) return undefined;
    throw thrown;
  }
}
