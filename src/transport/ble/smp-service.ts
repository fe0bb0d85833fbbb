/** The names of SMP in GATT (Zephyr smp_bt.c; smp.md 5.4), as noble writes UUIDs: lower case without dashes. */

export const smpServiceUuid = '8d53dc1d1db74cd3868b8a527460aa84';

/** Written without response, answered by notifications. */
export const smpCharacteristicUuid = 'da2e7828fbce4e01ae9e261174997c48';
