/** Errors of Bluetooth adapters and connections: faults of the lab. */

import type { ErrorPages } from './page.ts';

export const bluetoothPages = {
  'adapter-broken': {
    means: 'The controller refused a command that each controller must know, or answered against the protocol.',
    mend: 'Reset it, or plug it out and in again.',
  },
  'adapter-denied': {
    means: 'The kernel lets only privileged programs use an adapter directly.',
    mend: 'Allow it once with the `setcap` line of the hint, or use a controller over HCI.',
  },
  'adapter-down': { means: 'The adapter is switched off, or blocked.', mend: 'sudo rfkill unblock bluetooth; sudo hciconfig hci0 up' },
  'adapter-lost': {
    means: 'The link to the controller ended while it was in use.',
    mend: 'Check its cable, or that the program behind it still runs.',
  },
  'adapter-missing': { means: 'There is no adapter of that number.', mend: '`hciconfig -a` or `btmgmt info` lists those that are there.' },
  'adapter-silent': {
    means: 'The controller does not answer, or answers with bytes that are no HCI: a wrong port or a wrong speed.',
    mend: 'Check port, speed and flow control of the controller.',
  },
  'adapter-unavailable': {
    means: 'Bluetooth could not be started on this host, for the reason that the message gives.',
    mend: 'Mend that, or use a controller over HCI, which needs nothing of the kernel.',
  },
  'adapter-unsupported': { means: 'The adapter has no Bluetooth Low Energy.', mend: 'Use one of version 4.0 or newer.' },
  'ble-not-installed': {
    means: 'Bluetooth comes with an optional package, which was not installed.',
    mend: 'npm install @abandonware/noble',
  },
  'ble-unknown-version': {
    means: 'The installed noble is of a version whose inner parts differ from those that bootproof works with.',
    mend: 'Install the version that the package of bootproof asks for.',
  },
  'bluetooth-missing': {
    means: 'The kernel has no Bluetooth, as in most containers.',
    mend: 'sudo modprobe bluetooth, or use a controller over HCI.',
  },
  'connect-failed': {
    means: 'The connection was not established: a weak signal, or another program that uses the same adapter.',
    mend: 'Bring the board nearer, and stop bluetoothd if it manages the adapter.',
  },
  'connect-timeout': {
    means: 'The device advertised, and did not take the connection in time.',
    mend: 'Try again: it may have been reset meanwhile, or be connected to something else.',
  },
  'device-ambiguous': {
    means: 'Several devices advertise the name, as all boards do that run one sample.',
    mend: 'Write the address of the board in place of its name.',
  },
  'device-not-found': {
    means: 'The device did not advertise in time. The message lists the nearest ones that did.',
    mend: 'Check that the firmware advertises, that nothing else is connected to it, and how the name is spelt.',
  },
  'gatt-timeout': {
    means: 'The connection is there, and the board does not answer questions about its services.',
    mend: 'See its console: it may hang, or refuse the MTU exchange.',
  },
  'pairing-required': {
    means: 'The SMP characteristic demands a paired link, and pairing needs a person.',
    mend: 'Build the firmware under test with CONFIG_MCUMGR_TRANSPORT_BT_PERM_RW=y.',
  },
  'smp-service-missing': {
    means: 'The device has no SMP service: it runs other firmware, or a bootloader without one.',
    mend: 'Check CONFIG_MCUMGR_TRANSPORT_BT, and which firmware runs.',
  },
} as const satisfies ErrorPages;
