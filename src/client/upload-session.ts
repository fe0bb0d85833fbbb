/**
 * One image upload. It follows the device: whatever was sent, the next chunk begins where the device says. That makes
 * resuming, repeated chunks, short writes, losses and a server that forgot everything one and the same case (smp.md 4.5).
 */

import { sleep } from '../base/clock.ts';
import { imageUpload, type ImageUploadReply, type ImageUploadRequest } from '../smp/groups/image.ts';
import { AnswerTimes } from './answer-times.ts';
import type { SmpClient } from './client.ts';
import { eraseHint, noAnswer } from './errors.ts';
import { SendWindow } from './send-window.ts';
import { chunkAt, type ChunkOptions } from './upload-chunks.ts';
import { isImageListed, outcomeOf, uploadStuck, type ChunkOutcome } from './upload-outcome.ts';
import type { UploadTally } from './upload-tally.ts';

export interface UploadPlan {
  readonly tally: UploadTally;
  readonly chunks: ChunkOptions;
  readonly resume: boolean;
  readonly window: { readonly start: number; readonly max: number };
  /** Bytes of data per second; 0 is no limit. */
  readonly rate: number;
  /** The image's hash TLV, if it is known. */
  readonly hash: Uint8Array | undefined;
  readonly firstChunkMs: number;
  readonly chunkMs: number;
  readonly lastChunkMs: number;
  readonly signal: AbortSignal | undefined;
  readonly progress: ((offset: number, total: number) => void) | undefined;
}

/** How often in a row the server may ask for what it was sent already, or have no room for it. */
const setbacksMax = 8;
/** How many times the image's size may be sent before the upload is given up, with some bytes for small images. */
const sentFactorMax = 10;
const sentExtraMax = 65_536;
/** The time limit of a chunk is what so many requests for it may take; each waits twice as long as the one before. */
const requestsPerChunk = 8;
/** A link that loses nothing is slow when it is silent: repeating soon would only fill the server's buffers. */
const leastPatienceMs = { reliable: 2000, lossy: 250 } as const;
const busyMs = 100;

/** A request that was sent and not answered yet. */
interface Chunk {
  readonly offset: number;
  readonly end: number;
  /** Ends the wait for the answer. */
  readonly drop: (reason?: unknown) => void;
}

interface Outcome {
  readonly chunk: Chunk;
  readonly outcome: ChunkOutcome;
}

export class UploadSession {
  readonly #client: SmpClient;
  readonly #plan: UploadPlan;
  readonly #size: number;
  readonly #inFlight = new Set<Chunk>();
  /** In the order in which they came. */
  readonly #outcomes: Outcome[] = [];
  #wake: () => void = () => undefined;
  /** How many requests were sent, and the last of them that was answered. */
  #sent = 0;
  #heard = 0;
  readonly #window: SendWindow;
  readonly #times: AnswerTimes;
  #chunks: ChunkOptions;
  /** Where the server stands. */
  #offset = 0;
  /** Where the next chunk begins: ahead of `#offset` by what is in flight. */
  #next = 0;
  /** What is in flight is behind or ahead of where the server stands; nothing is sent until it is settled. */
  #rewinding = false;
  #setbacks = 0;
  /** How often in a row what was in flight was not answered, and since when it was not. */
  #silences = 0;
  #silentSince: number | undefined;
  /** Clock time before which the rate limit lets nothing be sent. */
  #mayGoOnAt = 0;

  constructor(client: SmpClient, plan: UploadPlan) {
    const { chunks, chunkMs, window } = plan;
    this.#client = client;
    this.#plan = plan;
    this.#chunks = chunks;
    this.#size = chunks.image.length;
    this.#window = new SendWindow(window);
    const leastMs = client.link.reliable ? leastPatienceMs.reliable : leastPatienceMs.lossy;
    const mostMs = chunkMs / 2;
    this.#times = new AnswerTimes({ initialMs: chunkMs / 4, leastMs: Math.min(leastMs, mostMs), mostMs });
  }

  /** To be called once. Resolves with where the server stands: at the end of the image, or where it was to stop. */
  async run(): Promise<number> {
    const { signal, progress } = this.#plan;
    const stop = (): void => this.#inFlight.forEach((chunk) => chunk.drop(signal?.reason));
    signal?.addEventListener('abort', stop, { once: true });
    try {
      while (this.#offset < this.#chunks.end) {
        if (this.#rewinding && this.#inFlight.size === 0) {
          this.#rewinding = false;
          this.#next = this.#offset;
        }
        if (!this.#rewinding) await this.#fillWindow();
        const { chunk, outcome } = await this.#nextOutcome();
        await this.#settle(chunk, outcome);
        progress?.(this.#offset, this.#size);
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#dropInFlight(Infinity);
    }
    return this.#offset;
  }

  async #fillWindow(): Promise<void> {
    // During the first chunk the server erases, and only its answer tells where to go on.
    const places = this.#offset === 0 ? 1 : this.#window.places;
    while (this.#inFlight.size < places && this.#next < this.#chunks.end) {
      if (this.#plan.tally.dataSent > this.#size * sentFactorMax + sentExtraMax)
        throw this.#stuck('has been sent the image many times over');
      await this.#keepRate();
      this.#plan.signal?.throwIfAborted();
      // The limit of a link may fall while it is open.
      const packetMax = Math.min(this.#chunks.packetMax, this.#client.link.packetMax ?? Infinity);
      const request = chunkAt(this.#next, { ...this.#chunks, packetMax });
      this.#inFlight.add(this.#send(request));
      this.#next += request.data.length;
      this.#noteSent(request.data.length);
    }
  }

  async #keepRate(): Promise<void> {
    const { rate, signal } = this.#plan;
    const { clock } = this.#client;
    const waitMs = rate === 0 ? 0 : this.#mayGoOnAt - clock.now();
    if (waitMs > 0) await sleep(clock, waitMs, 'the rate limit of an upload', signal);
  }

  /** Time that went by unused, as during the erase, gives no credit: flash that cannot take bursts is why limits are set (field report S2). */
  #noteSent(bytes: number): void {
    const { rate } = this.#plan;
    if (rate > 0) this.#mayGoOnAt = Math.max(this.#mayGoOnAt, this.#client.clock.now()) + (bytes / rate) * 1000;
  }

  #send(request: ImageUploadRequest): Chunk {
    const { offset, data } = request;
    const controller = new AbortController();
    const { clock } = this.#client;
    const sentAt = clock.now();
    const order = (this.#sent += 1);
    this.#silentSince ??= sentAt;
    const sending = this.#client.request(imageUpload, request, {
      timeoutMs: this.#patienceMs(request),
      retries: 0,
      signal: controller.signal,
      sent: (packet) => this.#plan.tally.sent(packet.length, data.length),
      late: (reply) => this.#hearLate(reply, order),
    });
    const chunk: Chunk = { offset, end: offset + data.length, drop: (reason) => controller.abort(reason) };
    void outcomeOf(sending).then((outcome) => {
      if (outcome.kind === 'reply') this.#heard = Math.max(this.#heard, order);
      if (outcome.kind === 'reply' && offset > 0) this.#times.sample(clock.now() - sentAt);
      this.#note(chunk, outcome);
    });
    return chunk;
  }

  /**
   * What was given up may have arrived all the same. Then the server stands behind what is sent again now, whose answer would say no more.
   * Once a later request was answered, the server has gone on from there: it may have forgotten the upload since, and begun another.
   */
  #hearLate(reply: ImageUploadReply, order: number): void {
    if (order < this.#heard) return;
    this.#heard = order;
    for (const chunk of this.#inFlight) {
      if (chunk.end > reply.offset) continue;
      this.#note(chunk, { kind: 'reply', reply });
      chunk.drop();
    }
  }

  #note(chunk: Chunk, outcome: ChunkOutcome): void {
    this.#outcomes.push({ chunk, outcome });
    this.#wake();
  }

  /** Of what is in flight: the first outcome of a chunk counts, and none of one that was given up. */
  async #nextOutcome(): Promise<Outcome> {
    for (;;) {
      const next = this.#outcomes.shift();
      if (next === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (this.#inFlight.delete(next.chunk)) return next;
    }
  }

  /** How long to wait for one answer before the request counts as lost. */
  #patienceMs({ offset, data, sha }: ImageUploadRequest): number {
    const limitMs = this.#limitMs(offset, offset + data.length);
    const leftMs = limitMs - (this.#client.clock.now() - (this.#silentSince ?? this.#client.clock.now()));
    // Without a SHA-256 a repeated first request makes the server erase once more.
    const eraseMs = limitMs / (sha === undefined ? 2 : requestsPerChunk);
    const last = offset + data.length === this.#size;
    const onceMs = offset === 0 ? eraseMs : last ? Math.max(limitMs / requestsPerChunk, this.#times.patienceMs) : this.#times.patienceMs;
    return Math.max(1, Math.min(leftMs, onceMs * 2 ** this.#silences));
  }

  /** How long the server may be silent about a chunk before the upload is given up. */
  #limitMs(offset: number, end: number): number {
    const { firstChunkMs, chunkMs, lastChunkMs } = this.#plan;
    const ms = end === this.#size ? lastChunkMs : chunkMs;
    return offset === 0 ? Math.max(firstChunkMs, ms) : ms;
  }

  async #settle(chunk: Chunk, outcome: ChunkOutcome): Promise<void> {
    if (outcome.kind === 'silence') {
      this.#hearNothing(chunk);
      return;
    }
    if (outcome.kind === 'failure') throw outcome.error;
    this.#silences = 0;
    this.#silentSince = undefined;
    if (outcome.kind === 'reply') return this.#follow(chunk, outcome.reply);
    // No buffer for the request, or another one in work: nothing was looked at, so it may be sent again a little later.
    if (chunk.offset === 0 || this.#setbacks >= setbacksMax) throw outcome.refusal;
    await sleep(this.#client.clock, busyMs * 2 ** this.#setbacks, 'a busy server', this.#plan.signal);
    this.#rewind(this.#offset);
    this.#setBack();
  }

  #hearNothing(chunk: Chunk): void {
    const limitMs = this.#limitMs(chunk.offset, chunk.end);
    if (this.#client.clock.now() - this.#silentSince! >= limitMs) {
      const hint = chunk.offset === 0 ? eraseHint : undefined;
      throw noAnswer(imageUpload.name, this.#client.link.name, limitMs, hint);
    }
    // What was sent at once is silent at once, and waited for once.
    if (!this.#rewinding) this.#silences += 1;
    this.#rewind(this.#offset);
  }

  /** Moves to where the server stands after `chunk`. */
  async #follow(chunk: Chunk, { offset, match }: ImageUploadReply): Promise<void> {
    if (offset > this.#size) throw this.#stuck(`wants byte ${offset}`);
    this.#plan.tally.match = match;
    const forgotten = offset === 0 && chunk.offset > 0;
    const complete = forgotten && this.#next === this.#size && (await isImageListed(this.#client, this.#plan));
    const wanted = complete ? this.#size : offset;
    // Servers work in order: what was sent before and has no answer yet was lost.
    if (wanted < chunk.end) this.#dropInFlight(chunk.offset);
    if (this.#rewinding) this.#offset = wanted;
    else if (complete || (wanted >= chunk.end && wanted <= this.#next)) this.#advance(wanted);
    else this.#moveTo(chunk, wanted);
  }

  #advance(offset: number): void {
    this.#plan.tally.begin(0);
    this.#setbacks = 0;
    this.#offset = Math.max(this.#offset, offset);
    this.#dropInFlight(offset);
    this.#window.answered();
  }

  /** The server wants something else than what was sent last: earlier bytes after a loss, later ones after an upload that broke off. */
  #moveTo(chunk: Chunk, wanted: number): void {
    const resumes = chunk.offset === 0 && wanted > chunk.end;
    const startsOver = resumes && !this.#plan.resume && this.#chunks.first.sha !== undefined;
    // Only the SHA-256 makes a server resume, so without it the upload begins anew.
    if (startsOver) this.#chunks = { ...this.#chunks, first: { ...this.#chunks.first, sha: undefined } };
    const offset = startsOver ? 0 : wanted;
    if (resumes) this.#plan.tally.begin(offset);
    else this.#plan.tally.foundAtMost(offset);
    if (offset > chunk.offset) this.#setbacks = 0;
    else this.#setBack();
    this.#rewind(offset, { lost: wanted < chunk.offset });
  }

  #setBack(): void {
    this.#setbacks += 1;
    if (this.#setbacks > setbacksMax) throw this.#stuck('asks again and again for what it was sent');
  }

  /**
   * Goes on from `offset` when all that is in flight has been answered or given up: until then it takes up the server's
   * buffers, and each answer says anew where the server stands.
   */
  #rewind(offset: number, { lost }: { readonly lost: boolean } = { lost: true }): void {
    this.#offset = offset;
    if (lost && !this.#rewinding) this.#window.lost();
    this.#rewinding = true;
  }

  /** Gives up the chunks that end at or before `end`. */
  #dropInFlight(end: number): void {
    for (const chunk of this.#inFlight) {
      if (chunk.end > end) continue;
      this.#inFlight.delete(chunk);
      chunk.drop();
    }
  }

  #stuck(why: string): Error {
    return uploadStuck(`at ${this.#offset} of ${this.#size} bytes the server ${why}`);
  }
}
