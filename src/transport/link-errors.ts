/** The errors that every kind of link shares. All of them name the link, and none of them says anything about the product. */

import { BootproofError, messageOf, systemCodeOf } from '../base/errors.ts';
import { formatDuration, formatSize } from '../base/quantities.ts';

/** A code and a hint for one system error code. */
export interface Mend {
  readonly code: string;
  readonly hint: string;
}

/** The mends of one kind of link by the system's error code, such as `ECONNREFUSED`. */
export type Mends = Readonly<Record<string, Mend>>;

const generalMend: Mend = { code: 'open-failed', hint: 'check the address and that this host can use it' };

/** The infra error for a link or listener that could not be opened. */
export function openFailed(name: string, cause: unknown, mend: Mend = generalMend): BootproofError {
  return new BootproofError(`cannot open ${name}: ${messageOf(cause)}`, { fault: 'infra', ...mend, cause });
}

/** Finds the mend for a system error. */
export function mendFor(cause: unknown, mends: Mends): Mend | undefined {
  return mends[systemCodeOf(cause) ?? ''];
}

export function openTimeout(name: string, ms: number): BootproofError {
  return new BootproofError(`${name} did not open within ${formatDuration(ms)}`, {
    fault: 'infra',
    code: 'open-timeout',
    hint: 'check that the far side runs and that no firewall drops packets to it',
  });
}

export function linkLost(name: string, why: string, details: Mend & { readonly cause?: unknown }): BootproofError {
  return new BootproofError(`${name}: ${why}`, { fault: 'infra', ...details });
}

/** A link that does not accept bytes for so long is as good as gone: part of a frame is stuck in it. */
export function linkStalled(name: string, ms: number): BootproofError {
  return new BootproofError(`${name} took no bytes for ${formatDuration(ms)}`, {
    fault: 'infra',
    code: 'link-stalled',
    hint: 'the far side does not read: check flow control and that the other end of the link is alive',
  });
}

export function linkCongested(name: string, limit: number): BootproofError {
  return new BootproofError(`${name} has ${formatSize(limit)} waiting to be sent and takes no more`, {
    fault: 'infra',
    code: 'link-congested',
    hint: 'await each send, or send less at a time',
  });
}

export function linkClosed(name: string): BootproofError {
  return new BootproofError(`${name} was closed`, { fault: 'infra', code: 'link-closed', hint: 'connect again before sending' });
}

export function packetTooLarge(name: string, size: number, max: number): BootproofError {
  return new BootproofError(`an SMP packet of ${size} bytes does not fit ${name}, which carries ${max}`, {
    fault: 'input',
    code: 'packet-too-large',
    hint: 'send less data in one request',
  });
}

export function noConsole(name: string): BootproofError {
  return new BootproofError(`${name} carries SMP packets only and has no console`, {
    fault: 'input',
    code: 'no-console',
    hint: "give the board's console an address of its own in the bench file",
  });
}
