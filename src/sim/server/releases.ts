/**
 * The SMP servers that are built in, by release (smp.md section 0). A new release or product is an entry: what it changes
 * in the one before or after it.
 */

import { assert } from '../../base/assert.ts';
import { changedProfile } from './profile.ts';
import type { InfoProfile, ServerOverrides, ServerProfile } from './profile.ts';

/** The built-in profile with this name, changed by `overrides`. */
export function serverProfile(name: string, overrides: ServerOverrides = {}): ServerProfile {
  const base = serverProfiles[name];
  assert(base !== undefined, `no server profile "${name}"`);
  return changedProfile(base, overrides);
}

const info: InfoProfile = {
  node: 'unknown',
  release: 'v4.4.0',
  version: '4.4.0',
  buildDate: 'Thu Jan  1 00:00:00 2026',
  machine: 'arm',
  processor: 'cortex-m4',
  board: 'nrf52840dk/nrf52840',
  os: 'Zephyr',
  outputMax: 256,
};

const zephyr44: ServerProfile = {
  name: 'z4.4',
  protocol: {
    answeredVersion: 'request',
    groupErrors: 'err',
    successRc: 'none',
    reasons: true,
    tooLargeRc: 7,
    checksLength: true,
    requestAlign: 1,
  },
  groups: [10, 8, 1, 0, 3, 9, 2, 63],
  buffers: { size: 384, count: 4 },
  requestUs: 500,
  lines: { max: 128 },
  os: {
    echoWithoutText: 'empty',
    threads: [
      { name: 'mcumgr smp', prio: 3, tid: 0, state: 128, stksiz: 512, stkuse: 228 },
      { name: 'sysworkq', prio: -1, tid: 1, state: 2, stksiz: 576, stkuse: 58 },
      { name: 'logging', prio: 14, tid: 2, state: 2, stksiz: 192, stkuse: 114 },
      { name: 'idle', prio: 15, tid: 3, state: 0, stksiz: 64, stkuse: 16 },
      { name: 'main', prio: 0, tid: 4, state: 4, stksiz: 544, stkuse: 336 },
    ],
    params: true,
    info,
    bootloaderInfo: true,
    datetime: 'milliseconds',
    resetDelayMs: 250,
    bootMode: true,
  },
  image: {
    slotInfo: true,
    directUpload: false,
    frugalList: false,
    imageCheck: false,
    eraseProgressively: false,
    allowErasePending: true,
    sizeCheck: true,
    overrunCheck: true,
    refusalEndsUpload: true,
    compareBuild: false,
    rejectMismatchedAddress: false,
    confirmOtherImage: 'secondary',
    confirmInactiveSlot: 'with-revert',
    blockSize: 512,
    cutsToWriteUnit: false,
  },
  statistics: [{ name: 'smp_svr_stats', fields: [['ticks', 'uptime-s']] }],
  settings: { roots: ['app'], persistent: true, nameMax: 32, valueMax: 32 },
  files: { mount: '/lfs1', pathMax: 64, idleCloseMs: 5000, downloadOverhead: 44 },
  shell: { outputMax: 512, lineMax: 256, logLevelCommand: true, resultKey: 'ret' },
};

const zephyr42 = earlier(zephyr44, '4.2.0', { image: { confirmInactiveSlot: 'always' } });

const zephyr40 = earlier(zephyr42, '4.0.0', { os: { bootMode: false }, image: { allowErasePending: false } });

const zephyr37 = earlier(zephyr40, '3.7.0', {
  protocol: { successRc: 'statistics' },
  groups: [8, 1, 0, 3, 9, 2, 63],
  image: { slotInfo: false },
});

const zephyr34 = earlier(zephyr37, '3.4.0', {
  protocol: { groupErrors: 'ret' },
  groups: [8, 1, 0, 9, 2, 63],
  os: { echoWithoutText: 'refuse', datetime: null, bootloaderInfo: false },
  image: { sizeCheck: false },
});

const zephyr33 = earlier(zephyr34, '3.3.0', { protocol: { answeredVersion: 'zero', groupErrors: 'rc' } });

const zephyr32 = earlier(zephyr33, '3.2.0', {
  protocol: { successRc: 'all' },
  os: { info: null },
  image: { imageCheck: false, refusalEndsUpload: false },
  shell: { resultKey: 'rc' },
});

/**
 * Of this release only what its answers look like and how uploads go on is modelled. Its error numbers differ in places,
 * its state writes follow older rules, and its decoder takes fields of the wrong type as absent (smp.md 1.4, 4.4, 4.5).
 */
const zephyr27 = earlier(zephyr32, '2.7.0', {
  protocol: { tooLargeRc: 2, checksLength: false, requestAlign: 4 },
  os: { echoWithoutText: 'empty', params: false },
  image: { overrunCheck: false, dataMax: 512, cutsToWriteUnit: true, unknownHashRc: 3 },
});

/** Built-in server profiles by name: `z` and the Zephyr release. What is not listed behaves as the next one down. */
export const serverProfiles: Readonly<Record<string, ServerProfile>> = Object.fromEntries(
  [zephyr44, zephyr42, zephyr40, zephyr37, zephyr34, zephyr33, zephyr32, zephyr27].map((profile) => [profile.name, profile]),
);

function earlier(later: ServerProfile, version: string, overrides: ServerOverrides): ServerProfile {
  const [major, minor] = version.split('.');
  const dated = later.os.info === undefined ? {} : { info: { ...later.os.info, release: `v${version}`, version } };
  return { ...changedProfile(later, { ...overrides, os: { ...dated, ...overrides.os } }), name: `z${major}.${minor}` };
}
