/**
 * One image upload. It follows the device: whatever was sent, the next chunk begins where the device says. That makes
 * resuming, repeated chunks, short writes and a server that forgot everything one and the same case (smp.md 4.5).
 */

import { equalBytes } from '../base/bytes.ts';
import { sleep } from '../base/clock.ts';
import { BootproofError } from '../base/errors.ts';
import { imageStateRead, imageUpload, type ImageUploadReply, type ImageUploadRequest } from '../smp/groups/image.ts';
import type { SmpClient } from './client.ts';
import { chunkAt, type ChunkOptions } from './upload-chunks.ts';

export interface UploadPlan {
  readonly chunks: ChunkOptions;
  readonly resume: boolean;
  readonly window: number;
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

export interface UploadResult {
  /** Bytes of the image that this upload transferred: what the server had already is not counted. */
  readonly bytes: number;
  /** Where the server stands: less than the image's size only after a stop on purpose. */
  readonly offset: number;
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Bytes per second. */
  readonly rate: number;
  /** Share of transferred image bytes in all bytes of the packets that were sent, 0 to 1. */
  readonly efficiency: number;
  /** Image bytes that were sent more than once. */
  readonly retransmitted: number;
  /** What the server says about the SHA-256; undefined where it does not check it. */
  readonly match: boolean | undefined;
}

/** Repetitions within the time limit of a request. */
const retries = 3;
/** How often in a row the server may ask for what it was sent already. */
const setbacksMax = 8;
/** How many times the image's size may be sent before the upload is given up, with some bytes for small images. */
const sentFactorMax = 10;
const sentExtraMax = 65_536;

/** A request that was sent and not answered yet. */
interface Chunk {
  readonly offset: number;
  readonly end: number;
  readonly answered: Promise<{ readonly chunk: Chunk; readonly reply: ImageUploadReply }>;
  /** Ends the wait for the answer. */
  readonly drop: (reason?: unknown) => void;
}

export class UploadSession {
  readonly #client: SmpClient;
  readonly #plan: UploadPlan;
  readonly #size: number;
  readonly #inFlight = new Set<Chunk>();
  #chunks: ChunkOptions;
  /** Where the server stands. */
  #offset = 0;
  /** Where the next chunk begins: ahead of `#offset` by what is in flight. */
  #next = 0;
  /** What the server had before this upload. */
  #found = 0;
  #setbacks = 0;
  #match: boolean | undefined;
  #dataSent = 0;
  #bytesSent = 0;
  #startedAt = 0;
  /** Clock time before which the rate limit lets nothing be sent. */
  #mayGoOnAt = 0;

  constructor(client: SmpClient, plan: UploadPlan) {
    this.#client = client;
    this.#plan = plan;
    this.#chunks = plan.chunks;
    this.#size = plan.chunks.image.length;
  }

  /** To be called once. */
  async run(): Promise<UploadResult> {
    const { signal, progress } = this.#plan;
    const stop = (): void => this.#inFlight.forEach((chunk) => chunk.drop(signal?.reason));
    signal?.addEventListener('abort', stop, { once: true });
    this.#startedAt = this.#client.clock.now();
    try {
      while (this.#offset < this.#chunks.end) {
        await this.#fillWindow();
        const { chunk, reply } = await Promise.race([...this.#inFlight].map(({ answered }) => answered));
        this.#inFlight.delete(chunk);
        await this.#follow(chunk, reply);
        progress?.(this.#offset, this.#size);
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#dropInFlight(Infinity);
    }
    return this.#result();
  }

  async #fillWindow(): Promise<void> {
    // During the first chunk the server erases, and only its answer tells where to go on. A link that reorders packets
    // makes each window end in a setback; one by one, something gets through.
    const places = this.#offset === 0 || this.#setbacks > 1 ? 1 : this.#plan.window;
    while (this.#inFlight.size < places && this.#next < this.#chunks.end) {
      if (this.#dataSent > this.#size * sentFactorMax + sentExtraMax) throw this.#stuck('has been sent the image many times over');
      await this.#keepRate();
      this.#plan.signal?.throwIfAborted();
      const request = chunkAt(this.#next, this.#chunks);
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
    const { offset, data, sha } = request;
    const end = offset + data.length;
    const controller = new AbortController();
    const sending = this.#client.request(imageUpload, request, {
      timeoutMs: this.#timeoutMs(offset, end),
      // Without a SHA-256 a repeated first request makes the server erase once more.
      retries: offset === 0 && sha === undefined ? 1 : retries,
      signal: controller.signal,
      sent: (packet) => {
        this.#bytesSent += packet.length;
        this.#dataSent += data.length;
      },
    });
    const chunk: Chunk = {
      offset,
      end,
      answered: sending.then((reply) => ({ chunk, reply })),
      drop: (reason) => controller.abort(reason),
    };
    // A failure is seen where the answers are awaited; one of a chunk that was dropped does not matter.
    chunk.answered.catch(() => undefined);
    return chunk;
  }

  #timeoutMs(offset: number, end: number): number {
    const { firstChunkMs, chunkMs, lastChunkMs } = this.#plan;
    const ms = end === this.#size ? lastChunkMs : chunkMs;
    return offset === 0 ? Math.max(firstChunkMs, ms) : ms;
  }

  /** Moves to where the server stands after `chunk`. */
  async #follow(chunk: Chunk, reply: ImageUploadReply): Promise<void> {
    const { offset, match } = reply;
    if (offset > this.#size) throw this.#stuck(`wants byte ${offset}`);
    this.#match = match;
    const forgotten = offset === 0 && chunk.offset > 0;
    if (forgotten && this.#next === this.#size && (await this.#isListed())) this.#advance(this.#size);
    else if (offset >= chunk.end && offset <= this.#next) this.#advance(offset);
    else this.#moveTo(chunk, offset);
  }

  #advance(offset: number): void {
    this.#setbacks = 0;
    this.#offset = Math.max(this.#offset, offset);
    this.#dropInFlight(offset);
  }

  /** The server wants something else than what was sent last: earlier bytes after a loss, later ones after an upload that broke off. */
  #moveTo(chunk: Chunk, wanted: number): void {
    const resumes = chunk.offset === 0 && wanted > chunk.end;
    const startsOver = resumes && !this.#plan.resume && this.#chunks.first.sha !== undefined;
    // Only the SHA-256 makes a server resume, so without it the upload begins anew.
    if (startsOver) this.#chunks = { ...this.#chunks, first: { ...this.#chunks.first, sha: undefined } };
    const offset = startsOver ? 0 : wanted;
    this.#setbacks = offset > chunk.offset ? 0 : this.#setbacks + 1;
    if (this.#setbacks > setbacksMax) throw this.#stuck('asks again and again for what it was sent');
    this.#found = resumes ? offset : Math.min(this.#found, offset);
    this.#offset = offset;
    this.#next = offset;
    this.#dropInFlight(Infinity);
  }

  /** Whether the server has the image although it knows of no upload: then only its last answer was lost (smp.md 4.5). */
  async #isListed(): Promise<boolean> {
    const { hash, signal } = this.#plan;
    if (hash === undefined) return false;
    const { slots } = await this.#client.request(imageStateRead, undefined, { signal });
    return slots.some((slot) => !slot.active && slot.hash !== undefined && equalBytes(slot.hash, hash));
  }

  /** Gives up the chunks that end at or before `end`. */
  #dropInFlight(end: number): void {
    for (const chunk of this.#inFlight) {
      if (chunk.end > end) continue;
      this.#inFlight.delete(chunk);
      chunk.drop();
    }
  }

  #result(): UploadResult {
    const bytes = this.#offset - this.#found;
    const seconds = (this.#client.clock.now() - this.#startedAt) / 1000;
    return {
      bytes,
      offset: this.#offset,
      seconds,
      // A simulated link may take no time at all.
      rate: bytes / Math.max(seconds, 1e-6),
      efficiency: bytes / this.#bytesSent,
      retransmitted: Math.max(0, this.#dataSent - bytes),
      match: this.#match,
    };
  }

  #stuck(why: string): BootproofError {
    return new BootproofError(`the upload does not get on: at ${this.#offset} of ${this.#size} bytes the server ${why}`, {
      fault: 'product',
      code: 'upload-stuck',
      hint: 'another client may be uploading to the same board, or its flash does not take the data',
    });
  }
}
