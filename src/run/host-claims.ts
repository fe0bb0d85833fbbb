/** Things of the host (ports, adapters) that only one process may use at a time. */

import type { Clock } from '../base/clock.ts';

export interface ClaimOptions {
  /** How long to wait while somebody else has one of them. */
  readonly waitMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface HostClaims {
  /** Takes all of them or none; returns the way to give them back. Rejects with an infra error that says who has what. */
  claim(names: readonly string[], options: ClaimOptions): Promise<() => void>;
}
