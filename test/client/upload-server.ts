/** An SMP server that takes images as Zephyr does (smp.md 4.5), and a network that treats its packets badly. */

import { createHash } from 'node:crypto';
import { equalBytes } from '../../src/base/bytes.ts';
import { decodeCbor, isCborMap, type CborInput } from '../../src/smp/cbor.ts';
import { answer, type Request, type Server } from './bench.ts';

export interface ServerProfile {
  /** Announced buffer; undefined refuses the question. */
  readonly bufferSize?: number;
  /** Takes only multiples of this from chunks that are not the last, as Zephyr 2.7 and recovery do. */
  readonly align?: number;
  /** Checks the SHA-256 and says `match`. */
  readonly checks?: boolean;
  /** What erasing takes. */
  readonly eraseMs?: number;
  /** Changes the answer to an upload request, or swallows it with undefined; `count` counts them from 1. */
  readonly tamper?: (count: number, reply: CborInput, server: UploadServer) => CborInput;
}

export class UploadServer {
  readonly #profile: ServerProfile;
  readonly requests: { readonly off: number; readonly length: number; readonly packet: number; readonly keys: readonly string[] }[] = [];
  /** The upload in work, which a reset loses. */
  #size = 0;
  #offset = 0;
  #sha: Uint8Array | undefined;
  #open = false;
  flash = new Uint8Array();
  /** The last image that was complete; what came later may have overwritten it. */
  complete: Uint8Array | undefined;
  /** How often an upload began. */
  starts = 0;
  #freeAt = 0;

  constructor(profile: ServerProfile = {}) {
    this.#profile = profile;
  }

  /** As a server of `withClient`; a request waits for the one before. */
  serve(now: () => number): Server {
    return (request, reply) => {
      const { bufferSize, eraseMs = 0 } = this.#profile;
      const { group, command } = request.header;
      if (group === 0) return reply(answer(request, bufferSize === undefined ? { rc: 8 } : { buf_size: bufferSize, buf_count: 4 }));
      if (command === 0) return reply(answer(request, { images: this.#images() }));
      const startsBefore = this.starts;
      const payload = this.#upload(request);
      this.#freeAt = Math.max(this.#freeAt, now()) + (this.starts > startsBefore ? eraseMs : 0);
      if (payload !== undefined) reply(answer(request, payload), this.#freeAt - now());
    };
  }

  reset(): void {
    this.#open = false;
    this.#offset = 0;
  }

  /** The first bytes of an earlier upload, still open. */
  begin(image: Uint8Array, offset: number): void {
    this.#open = true;
    this.#size = image.length;
    this.#offset = offset;
    this.#sha = sha256(image);
    this.flash = image.slice(0, offset);
  }

  #images(): CborInput[] {
    const complete = this.flash.length > 0 && this.flash.length === this.#size;
    return complete ? [{ slot: 1, version: '1.0.0', hash: sha256(this.flash), bootable: true }] : [];
  }

  #upload(request: Request): CborInput {
    const map = decodeCbor(request.payload);
    if (!isCborMap(map)) throw new TypeError('no map');
    const [off, data] = [map.get('off') as number, map.get('data') as Uint8Array];
    this.requests.push({ off, length: data.length, packet: request.packet.length, keys: map.entries.map(([key]) => key as string) });
    const payload = this.#take(off, data, map.get('len'), map.get('sha'));
    return this.#profile.tamper === undefined ? payload : this.#profile.tamper(this.requests.length, payload, this);
  }

  #resumes(sha: unknown): boolean {
    return this.#open && sha instanceof Uint8Array && this.#sha !== undefined && equalBytes(sha, this.#sha);
  }

  #take(off: number, data: Uint8Array, len: unknown, sha: unknown): CborInput {
    if (off === 0) {
      if (data.length < 32) return { err: { group: 1, rc: 22 } };
      if (typeof len !== 'number') return { err: { group: 1, rc: 21 } };
      if (this.#resumes(sha)) return { off: this.#offset };
      this.starts += 1;
      this.#open = true;
      this.#size = len;
      this.#offset = 0;
      this.#sha = sha instanceof Uint8Array ? sha : undefined;
      this.flash = new Uint8Array();
    } else if (!this.#open || off !== this.#offset) {
      return { off: this.#open ? this.#offset : 0 };
    }
    return this.#write(data);
  }

  #write(data: Uint8Array): CborInput {
    const last = this.#offset + data.length === this.#size;
    const taken = last ? data.length : data.length - (data.length % (this.#profile.align ?? 1));
    this.flash = new Uint8Array(Buffer.concat([this.flash, data.subarray(0, taken)]));
    this.#offset += taken;
    if (this.#offset !== this.#size) return { off: this.#offset };
    const off = this.#offset;
    this.complete = this.flash;
    this.reset();
    return this.#profile.checks === true ? { off, match: this.#sha !== undefined && equalBytes(sha256(this.flash), this.#sha) } : { off };
  }
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

/** What happens to one packet: each number is a copy that arrives after so many ms; none is a loss. */
export type Fates = readonly number[];

/** Lets packets in both directions suffer the fates in `plan`, over and over, each direction with its own place in it. */
export function badNetwork(server: Server, plan: readonly Fates[], arm: (ms: number, fire: () => void) => void): Server {
  let requests = 0;
  let replies = Math.floor(plan.length / 2);
  return (request, reply) => {
    const deliver = (packet: Uint8Array, delayMs = 0): void => {
      for (const ms of plan[replies++ % plan.length] ?? [0]) reply(packet, delayMs + ms);
    };
    for (const ms of plan[requests++ % plan.length] ?? [0]) arm(ms, () => server(request, deliver));
  };
}
