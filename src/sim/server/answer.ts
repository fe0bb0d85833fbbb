/** What a handler answers, before it becomes bytes. */

import { cborMap } from '../../smp/cbor.ts';
import type { CborInput, CborMap } from '../../smp/cbor.ts';

/** Keys and values of a response map in wire order. Maps inside are made by `mapOf`, so that nothing reorders or merges their keys. */
export type Entries = readonly (readonly [key: string, value: CborInput])[];

/** An error of a group, with the core code that takes its place in version 0 answers. */
export interface GroupError {
  readonly code: number;
  readonly v1: number;
}

/**
 * `map`: success. `rc`: the core refuses, in the same way for both protocol versions. `error`: the group refuses;
 * `after` are entries that a version 1 answer carries behind the error. `silence`: nothing is sent.
 */
export type Answer =
  | { readonly kind: 'map'; readonly entries: Entries }
  | { readonly kind: 'rc'; readonly rc: number }
  | { readonly kind: 'silence' }
  | { readonly kind: 'error'; readonly error: GroupError; readonly reason: string | undefined; readonly after: Entries };

export function answerMap(...entries: Entries): Answer {
  return { kind: 'map', entries };
}

/** `rc` is one of `coreCodes`. */
export function refuse(rc: number): Answer {
  return { kind: 'rc', rc };
}

export function fail(error: GroupError, reason?: string): Answer {
  return { kind: 'error', error, reason, after: [] };
}

/** A map inside an answer. */
export function mapOf(...entries: Entries): CborMap<CborInput> {
  return cborMap(entries);
}
