/**
 * Which version of SMP to speak. Version 2 tells errors by group, and servers that know only version 1 ignore the
 * version bits (smp.md 1.1). Two kinds need version 1: those that refuse 2 by code, and old serial recoveries that
 * take the whole first byte for the op and stay silent.
 */

import { coreCodes } from '../smp/codes.ts';

/** The number on the wire: 0 is SMP v1, 1 is SMP v2. */
type WireVersion = 0 | 1;

/** A request that only version 1 got an answer to may have met a board that was still booting; twice is no accident. */
const deafRequestsMax = 2;

export class VersionChoice {
  readonly #wanted: WireVersion;
  readonly #fixed: boolean;
  #current: WireVersion;
  /** Whether the server has shown that it takes the current version. */
  #settled: boolean;
  #deafRequests = 0;

  /** `version` 1 or 2 is kept whatever happens; undefined means 2 with the fallback to 1. */
  constructor(version: 1 | 2 | undefined) {
    this.#fixed = version !== undefined;
    this.#wanted = version === 1 ? 0 : 1;
    this.#current = this.#wanted;
    this.#settled = this.#fixed;
  }

  /** The versions in which a request is sent, one after the other, as long as there is no answer. */
  plan(attempts: number, idempotent: boolean): readonly WireVersion[] {
    if (this.#settled || !idempotent) return Array.from({ length: attempts }, () => this.#current);
    return Array.from({ length: Math.max(2, attempts) }, (_, attempt) => (attempt % 2 === 0 ? 1 : 0));
  }

  /** Learns from an answer in version `answer` to a request that was sent in the versions `sent`. */
  answered(sent: readonly WireVersion[], answer: number): void {
    if (this.#settled) return;
    const both = sent.includes(0) && sent.includes(1);
    if (both && answer === 0) this.#deafRequests += 1;
    else this.#settled = true;
    if (this.#deafRequests < deafRequestsMax) return;
    this.#settled = true;
    this.#current = 0;
  }

  /** Whether a refusal with this core code asks for the other version; then that is the current one from now on. */
  refused(code: number): boolean {
    const other = refusalsOfVersions.get(code);
    if (other === undefined || this.#fixed || other === this.#current) return false;
    this.#current = other;
    this.#settled = true;
    return true;
  }

  /** Another server may be at the other end from now on. */
  forget(): void {
    this.#current = this.#wanted;
    this.#settled = this.#fixed;
    this.#deafRequests = 0;
  }
}

/** The version that a server wants when it refuses with this code. */
const refusalsOfVersions = new Map<number, WireVersion>([
  [coreCodes.UNSUPPORTED_TOO_OLD, 1],
  [coreCodes.UNSUPPORTED_TOO_NEW, 0],
]);
