/** Image upload as a caller asks for it: options, their defaults, and the plan that is made of them. */

import { createHash } from 'node:crypto';
import { assert } from '../base/assert.ts';
import { requestLimits } from './buffers.ts';
import type { SmpClient } from './client.ts';
import { firstChunkMin } from './upload-chunks.ts';
import { UploadSession, type UploadPlan } from './upload-session.ts';
import { UploadTally, type UploadResult } from './upload-tally.ts';

export interface UploadOptions {
  /** The image number; on servers with direct upload a raw slot + 1. Default: none is sent, which means 0. */
  readonly image?: number | undefined;
  /** Asks the server to refuse an image that is not newer than the running one. */
  readonly upgrade?: boolean | undefined;
  /** Whether the first request carries the SHA-256 of the bytes, by which a server resumes and checks; default true. */
  readonly sha?: boolean | undefined;
  /** Goes on where an upload of the same bytes broke off; default true. False starts over. */
  readonly resume?: boolean | undefined;
  /** The image's hash TLV. With it, an upload whose last answer was lost is recognised in the image list. */
  readonly hash?: Uint8Array | undefined;
  /** Most bytes of data in one request; default what the server's buffer takes. */
  readonly chunk?: number | undefined;
  /** How many requests may wait for their answers. Default: found out, up to what the server's buffers hold. */
  readonly window?: number | undefined;
  /** Bytes of data per second at most; 0 or undefined is no limit. */
  readonly rate?: number | undefined;
  /** Stops, on purpose, when this much is transferred. */
  readonly stopAt?: { readonly bytes: number } | { readonly fraction: number } | undefined;
  /** For the first request, during which the server erases; default 60 s. */
  readonly firstChunkMs?: number | undefined;
  /** For any other request, repetitions included; default 10 s. */
  readonly chunkMs?: number | undefined;
  /** For the last request, after which the server may read the whole slot; default 20 s. */
  readonly lastChunkMs?: number | undefined;
  /** Opens the link again after it broke; then the upload goes on where the server stands. Without it a broken link ends the upload. */
  readonly reconnect?: (() => Promise<SmpClient>) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((offset: number, total: number) => void) | undefined;
}

/** A link that breaks more often does not get better by trying. */
const reconnectsMax = 5;

/**
 * Uploads an image to its end or to `stopAt`. Rejects with `SmpRefusal` when the server refuses, with a product error
 * when it does not get on, with infra errors for silence or a broken link, and with the signal's reason.
 */
export async function uploadImage(client: SmpClient, image: Uint8Array, options: UploadOptions = {}): Promise<UploadResult> {
  assert(image.length > 0, 'an image that is uploaded is not empty');
  const tally = new UploadTally(client.clock);
  for (let current = client; ; tally.reconnects += 1) {
    // What broke off is resumed even where an upload was to start over.
    const again = tally.reconnects > 0 ? { resume: true } : {};
    try {
      return tally.result(await new UploadSession(current, await planOf(current, image, { ...options, ...again }, tally)).run());
    } catch (thrown) {
      if (options.reconnect === undefined || !current.broken || tally.reconnects === reconnectsMax) throw thrown;
      options.signal?.throwIfAborted();
      current = await options.reconnect();
    }
  }
}

async function planOf(client: SmpClient, image: Uint8Array, options: UploadOptions, tally: UploadTally): Promise<UploadPlan> {
  const { sha = true, resume = true, rate = 0, chunk = Infinity, hash, signal, progress } = options;
  const { firstChunkMs = 60_000, chunkMs = 10_000, lastChunkMs = 20_000 } = options;
  const { packetMax, dataMax, inFlightMax } = await requestLimits(client, signal);
  const first = { image: options.image, sha: sha ? sha256(image) : undefined, upgrade: options.upgrade };
  const chunks = { image, first, packetMax, dataMax: Math.min(dataMax, chunk), end: endOf(image, options.stopAt) };
  const window = options.window === undefined ? { start: 1, max: inFlightMax } : { start: options.window, max: options.window };
  return { tally, chunks, resume, window, rate, hash, firstChunkMs, chunkMs, lastChunkMs, signal, progress };
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

function endOf(image: Uint8Array, stopAt: UploadOptions['stopAt']): number {
  if (stopAt === undefined) return image.length;
  const bytes = 'bytes' in stopAt ? stopAt.bytes : Math.floor(stopAt.fraction * image.length);
  return Math.min(image.length, Math.max(firstChunkMin, bytes));
}
