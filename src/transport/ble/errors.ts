/** What can go wrong with Bluetooth, and what to do about it. The lab's faults all of them, so infra errors. */

import { BootproofError, messageOf, systemCodeOf } from '../../base/errors.ts';
import { formatDuration } from '../../base/quantities.ts';
import { linkLost, openFailed, type Mend, type Mends } from '../link-errors.ts';
import { hciStatus } from './hci.ts';

function infra(message: string, mend: Mend, cause?: unknown): BootproofError {
  return new BootproofError(message, { fault: 'infra', ...mend, cause });
}

const withoutKernel = 'or use an HCI controller over H4 (adapter=h4:serial:PATH)';

const loadMends: Mends = {
  MODULE_NOT_FOUND: {
    code: 'ble-not-installed',
    hint: 'install the optional package: npm install @abandonware/noble (adapters of the kernel also need a C++ compiler then)',
  },
  EAFNOSUPPORT: {
    code: 'bluetooth-missing',
    hint: `this kernel has no Bluetooth: load its module (sudo modprobe bluetooth), ${withoutKernel}`,
  },
  ENODEV: { code: 'adapter-missing', hint: 'see which adapters there are with "hciconfig -a" or "btmgmt info"' },
  EPERM: {
    code: 'adapter-denied',
    hint: `allow it once: sudo setcap cap_net_raw+eip "$(readlink -f "$(which node)")", ${withoutKernel}`,
  },
};

/** noble or the kernel's Bluetooth could not be had. */
export function adapterUnavailable(name: string, cause: unknown): BootproofError {
  const general: Mend = { code: 'adapter-unavailable', hint: `check that this host can use Bluetooth, ${withoutKernel}` };
  return openFailed(`adapter ${name}`, cause, loadMends[systemCodeOf(cause) ?? ''] ?? general);
}

export function unknownNoble(what: string): BootproofError {
  return infra(`the installed @abandonware/noble is not of a version that bootproof knows: ${what}`, {
    code: 'ble-unknown-version',
    hint: 'install the version that the package of bootproof asks for',
  });
}

/** The adapter came to another state than working, as noble names states. */
export function adapterNotOn(name: string, state: string): BootproofError {
  const mends: Readonly<Record<string, Mend>> = {
    unauthorized: loadMends['EPERM']!,
    unsupported: { code: 'adapter-unsupported', hint: 'it has no Bluetooth Low Energy: use an adapter of version 4.0 or newer' },
    poweredOff: { code: 'adapter-down', hint: 'switch it on: sudo rfkill unblock bluetooth; sudo hciconfig hci0 up' },
  };
  return infra(`adapter ${name} is ${state}`, mends[state] ?? { code: 'adapter-down', hint: 'plug it out and in again' });
}

export function adapterSilent(name: string, ms: number, skipped: number): BootproofError {
  const said = skipped === 0 ? 'nothing came back' : `${skipped} bytes came back that are no HCI`;
  return infra(`adapter ${name} did not answer HCI commands within ${formatDuration(ms)}: ${said}`, {
    code: 'adapter-silent',
    hint:
      skipped === 0
        ? 'check that an HCI controller is there, its speed and its flow control (baud=, flow=none)'
        : 'is this the port of a console, or the speed wrong (baud=)?',
  });
}

/** The controller refused a command that it must know, or does not obey the protocol. */
export function adapterBroken(name: string, why: string): BootproofError {
  return infra(`adapter ${name} ${why}`, { code: 'adapter-broken', hint: 'reset the controller, or plug it out and in again' });
}

export function adapterLost(name: string, cause: unknown): BootproofError {
  const why = cause === undefined ? 'its transport was closed' : messageOf(cause);
  return linkLost(`adapter ${name}`, why, {
    code: 'adapter-lost',
    hint: 'check the cable of the adapter, or that its program runs',
    cause,
  });
}

/** Something that advertises. */
export interface Advertiser {
  readonly address: string;
  readonly name: string | undefined;
  readonly rssi: number;
}

/** Devices that a message names; an office has dozens. */
const namedMax = 8;

export function deviceNotFound(link: string, ms: number, seen: readonly Advertiser[]): BootproofError {
  const nearest = [...seen].sort((a, b) => b.rssi - a.rssi).slice(0, namedMax);
  const more = seen.length > nearest.length ? `, and ${seen.length - nearest.length} more` : '';
  const list = nearest.map(({ address, name, rssi }) => `${address}${name === undefined ? '' : ` "${name}"`} (${rssi} dBm)`).join(', ');
  return infra(`${link}: the device did not advertise within ${formatDuration(ms)}; seen: ${list === '' ? 'nothing' : list}${more}`, {
    code: 'device-not-found',
    hint:
      list === ''
        ? 'nothing at all was heard: check the antenna and that the board is powered and in reach'
        : 'check the name or address, that the board is up, and that no other central is connected to it',
  });
}

export function deviceAmbiguous(link: string, addresses: readonly string[]): BootproofError {
  return infra(`${link}: ${addresses.length} devices have that name: ${addresses.join(', ')}`, {
    code: 'device-ambiguous',
    hint: 'write the address of the board in place of its name',
  });
}

export function connectTimeout(link: string, ms: number): BootproofError {
  return infra(`${link}: the device advertised, but no connection came about within ${formatDuration(ms)}`, {
    code: 'connect-timeout',
    hint: 'the signal may be weak, or the board was reset meanwhile: try again',
  });
}

export function connectFailed(link: string, cause: unknown): BootproofError {
  return infra(
    `${link}: no connection came about: ${messageOf(cause)}`,
    {
      code: 'connect-failed',
      hint: 'the signal may be weak, or another program (bluetoothd) uses the same adapter',
    },
    cause,
  );
}

/** What a client does on a new connection, one after the other. */
export type GattStep = 'services' | 'characteristics' | 'subscribe';

const steps: Readonly<Record<GattStep, { readonly what: string; readonly mend: Mend }>> = {
  services: {
    what: 'asked for its services',
    mend: { code: 'gatt-timeout', hint: 'the board may hang, or refuse the MTU exchange in a wrong way: see its console' },
  },
  characteristics: {
    what: 'asked for the characteristics of SMP',
    mend: { code: 'gatt-timeout', hint: 'the board may hang: see its console' },
  },
  subscribe: {
    what: 'told to send notifications',
    mend: {
      code: 'pairing-required',
      hint: 'the SMP characteristic probably demands pairing, which needs a person: build the test image with CONFIG_MCUMGR_TRANSPORT_BT_PERM_RW=y',
    },
  },
};

export function gattTimeout(link: string, step: GattStep, ms: number): BootproofError {
  return infra(`${link}: the device did not answer within ${formatDuration(ms)} when ${steps[step].what}`, steps[step].mend);
}

/** `error`: of ATT (Core Specification, volume 3 part F, section 3.4.1.1). */
export function gattRefused(link: string, step: GattStep, error: number): BootproofError {
  return infra(
    `${link}: the device refused (ATT error 0x${error.toString(16).padStart(2, '0')}) when ${steps[step].what}`,
    steps[step].mend,
  );
}

export function notAnSmpDevice(link: string, offered: readonly string[]): BootproofError {
  return infra(`${link}: the device has no SMP service; it offers: ${offered.length === 0 ? 'nothing' : offered.join(', ')}`, {
    code: 'smp-service-missing',
    hint: 'build the image with CONFIG_MCUMGR_TRANSPORT_BT=y, or correct the name or address',
  });
}

/** Reasons that explain themselves better than their numbers (Core Specification, volume 1 part F). */
const reasons: Readonly<Record<number, string>> = {
  0x05: 'authentication failed',
  0x06: 'the keys of an earlier pairing are missing',
  0x08: 'the device fell silent (supervision timeout)',
  0x13: 'the device ended the connection',
  0x14: 'the device ended the connection for want of resources',
  0x15: 'the device ended the connection because it powers off',
  0x16: 'this host ended the connection',
  0x22: 'the device did not answer a link layer request',
  0x3d: 'the encryption failed',
  0x3e: 'the connection was never established',
};

export function connectionLost(link: string, reason: number): BootproofError {
  const why = reasons[reason] ?? 'the connection ended';
  return linkLost(link, `${why} (0x${reason.toString(16).padStart(2, '0')})`, {
    code: reason === hciStatus.failedToEstablish ? 'connect-failed' : 'connection-lost',
    hint: 'a board that boots or loses power does this; connect again when it is up',
  });
}
