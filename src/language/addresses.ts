/** Kinds of addresses that a bench may write. Whether the rest of an address is well formed is asked of the transports (`LoadOptions.addressProblem`). */

import { closestMatch } from 'leven';

const schemes = ['serial', 'tcp', 'rfc2217', 'udp', 'ble', 'sim'];

/** Why a text is no transport address; undefined when its scheme is known and something follows. */
export function transportAddressProblem(text: string): string | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return `it has no scheme; addresses begin with one of ${schemes.map((scheme) => `${scheme}:`).join(' ')}`;
  const scheme = text.slice(0, colon);
  if (schemes.includes(scheme)) return text.slice(colon + 1).trim() === '' ? `nothing follows "${scheme}:"` : undefined;
  const near = closestMatch(scheme, schemes, { maxDistance: 2 });
  const help = near === undefined ? `there are ${schemes.map((known) => `${known}:`).join(' ')}` : `did you mean "${near}:"?`;
  return `there is no transport "${scheme}:"; ${help}`;
}

/** Why a text is no address of a simulator's control port; undefined when it is one. */
export function controlAddressProblem(text: string): string | undefined {
  return /^tcp:[^\s:]+:\d{1,5}$/.test(text) ? undefined : 'its form is tcp:HOST:PORT';
}

export function lockProblem(text: string): string | undefined {
  return /^[a-z][a-z0-9-]*:\S+$/.test(text) ? undefined : 'its form is kind:name';
}

/** Whether an address is a port of this host on which a device is waited for that asks by itself. */
export function isListening(address: string): boolean {
  return /[?&]listen=on(?:&|$)/.test(address);
}

/**
 * What tells two addresses of one thing apart from addresses of two: the address without its options. Two radios hear the same
 * board; but controllers behind sockets are those of simulators, each with an air of its own.
 */
export function identityOfAddress(address: string): string {
  const [identity = '', options = ''] = address.split('?', 2);
  const air = /(?:^|&)adapter=(h4:(?:tcp|unix):[^&]+)/.exec(options)?.[1];
  return air === undefined ? identity : `${identity} over ${air}`;
}

export function flashAddressProblem(text: string): string | undefined {
  return /^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) && Number(text) <= 0xffff_ffff ? undefined : 'it is no number of 32 bits';
}

export function rungProblem(text: string): string | undefined {
  return text === 'reset' || text === 'power' ? undefined : 'a text is `reset` or `power`';
}
