/** The simulated device for a recorded server, made from the first line of its file. */

import { compareVersions, parseVersion } from '../../../src/mcuboot/version.ts';
import { member } from './record.ts';
import type { ImageVersion } from '../../../src/mcuboot/version.ts';
import type { PortKind, ProvisionOptions } from '../../../src/sim/device.ts';
import type { FlashProfile, SimProfile } from '../../../src/sim/profile.ts';
import type { RecoveryProfile } from '../../../src/sim/recovery/profile.ts';
import type { InfoProfile, ServerOverrides, StatisticsProfile, ThreadProfile } from '../../../src/sim/server/profile.ts';
import type { Json, ServerRecord } from './record.ts';
import type { ImageShape } from './stand-ins.ts';

export interface SimulatedServer {
  readonly profile: SimProfile;
  readonly port: PortKind;
  /** The recording began in the bootloader, with a sound image in the primary slot. */
  readonly startsInRecovery: boolean;
  /** Shape of the image that the device was delivered with. */
  readonly factory: ImageShape;
  /** Its recorded hash, where the recording names it. */
  readonly factoryHash: string | undefined;
  /** What else lay in flash then. */
  readonly remains: NonNullable<ProvisionOptions['slots']>;
}

/** What is known about a recorded board beside what its first line says. */
interface Board {
  readonly mode: 'single' | 'ramload' | 'offset';
  readonly sectorSize: number;
  readonly erasedValue: 0xff | 0x00;
  readonly primaryAddress: number;
  readonly slotSize: number;
  readonly factory: ImageShape;
  /** Something that is no image lay in the secondary slot from the beginning. */
  readonly secondaryInUse?: boolean;
}

const noVersion: ImageVersion = { major: 0, minor: 0, revision: 0, build: 0 };

const nativeSim: Board = {
  mode: 'single',
  sectorSize: 4096,
  erasedValue: 0xff,
  primaryAddress: 0,
  slotSize: 0x10000,
  factory: { version: noVersion, headerSize: 0x200, bodySize: 1024, loadAddress: 0, flags: 0 },
};

/** real-servers.md 1 and 2. */
const boards: Readonly<Record<string, Board>> = {
  native_sim: nativeSim,
  mps2_an385: {
    mode: 'ramload',
    sectorSize: 4096,
    erasedValue: 0,
    primaryAddress: 0x2005_0000,
    slotSize: 0x80000,
    factory: { version: noVersion, headerSize: 0x200, bodySize: 131_924, loadAddress: 0x2024_0000, flags: 0x20 },
  },
  qemu_cortex_m0: {
    mode: 'offset',
    sectorSize: 1024,
    erasedValue: 0xff,
    primaryAddress: 0x8000,
    slotSize: 0x1a000,
    factory: { version: noVersion, headerSize: 0x200, bodySize: 49_140, loadAddress: 0, flags: 0 },
    // A first chunk that announced the whole slot failed in erasing (surprise 20), which is left out in a blank slot.
    secondaryInUse: true,
  },
};

/** What else has to be known to build the device: found in the uploads of the recording. */
export interface RecordedImages {
  readonly shapes: readonly ImageShape[];
  /** Versions that do not come up when they are started. */
  readonly hangingVersions: readonly string[];
}

export function simulatedServer(record: ServerRecord, images: RecordedImages): SimulatedServer {
  const { config, facts } = record;
  const board = config.mcuboot ? (boards[config.target] ?? boards['qemu_cortex_m0']!) : nativeSim;
  const startsInRecovery = record.firmware.startsWith('MCUboot');
  const listed = member(list(member(facts['img-state-read'], 'images'))[0], 'version');
  const version = (typeof listed === 'string' ? parseVersion(listed) : undefined) ?? noVersion;
  const hash = member(member(list(member(facts['img-state-read'], 'images'))[0], 'hash'), '$hex');
  return {
    port: portOf(config.transport),
    startsInRecovery,
    // The recorder uploaded the delivered image too: whoever has its version has its shape.
    factory: images.shapes.find((shape) => compareVersions(shape.version, version, { build: true }) === 0) ?? { ...board.factory, version },
    factoryHash: typeof hash === 'string' ? hash : undefined,
    remains:
      board.secondaryInUse === true ? [{ slot: 1, content: { kind: 'raw', offset: board.slotSize / 2, bytes: new Uint8Array(4) } }] : [],
    profile: {
      name: record.server,
      ...memoryOf(board, slotSizeOf(facts) ?? board.slotSize),
      bootloader: {
        config: { mode: board.mode, release: 'head' },
        key: 'none',
        banner: [],
        startMs: 1,
        ...(config.serial_recovery ? { recovery: recoveryOf(record, startsInRecovery) } : {}),
      },
      server: { profile: 'z4.4', overrides: overridesOf(record, startsInRecovery) },
      application: {
        confirm: 'never',
        lines: [],
        startMs: 1,
        serverMs: 1,
        versions: Object.fromEntries(images.hangingVersions.map((name) => [name, { fault: { kind: 'hang', afterMs: 0 } }])),
      },
      console: 'own',
      links: { serial: { baud: 115_200 }, udp: { datagramMax: 1500 }, ble: { mtu: 247, reassembly: true } },
    },
  };
}

function portOf(transport: string): PortKind {
  if (transport.startsWith('udp')) return 'datagram';
  if (transport.includes('raw')) return 'serial-raw';
  return transport === 'shell' ? 'shell' : 'serial';
}

type Memory = Pick<SimProfile, 'flash' | 'images' | 'storage'>;

/** Flash that takes no time, as QEMU's. */
function memoryOf(board: Board, slotSize: number): Memory {
  const chip = { writeSize: 4, eraseRequired: true, costs: { eraseSectorUs: 0, programUnitUs: 0, readByteUs: 0 } };
  const slots: FlashProfile = {
    ...chip,
    name: 'slots',
    sectors: [[board.sectorSize, (2 * slotSize) / board.sectorSize]],
    erasedValue: board.erasedValue,
  };
  const storage: FlashProfile = { ...chip, name: 'storage', sectors: [[4096, 4]], erasedValue: 0xff };
  const slot = (index: number): Memory['images'][number]['primary'] => ({
    flash: 'slots',
    offset: index * slotSize,
    size: slotSize,
    address: board.primaryAddress + index * slotSize,
  });
  return {
    flash: [slots, storage],
    images: [board.mode === 'single' ? { primary: slot(0) } : { primary: slot(0), secondary: slot(1) }],
    storage: { flash: 'storage', offset: 0, size: 0x4000 },
  };
}

function slotSizeOf(facts: ServerRecord['facts']): number | undefined {
  const images = list(member(facts['img-slot-info'], 'images'));
  const size = member(list(member(images[0], 'slots'))[0], 'size');
  return typeof size === 'number' ? size : undefined;
}

function recoveryOf({ config, facts }: ServerRecord, recorded: boolean): RecoveryProfile {
  const listed = list(member(facts['img-state-read'], 'images'))[0];
  return {
    profile: 'mcuboot-2.x',
    entry: { noApplication: true, request: true },
    overrides: {
      ...(recorded ? { receiveSize: config.buf_size } : {}),
      params: !recorded || isBuiltIn(facts['os-params']),
      hashes: !recorded || member(listed, 'hash') !== undefined,
      imageState: recorded && member(listed, 'bootable') !== undefined,
      slotInfo: recorded && isBuiltIn(facts['img-slot-info']),
    },
  };
}

const groupNames: Readonly<Record<string, number>> = { os: 0, img: 1, stat: 2, settings: 3, fs: 8, shell: 9, enum: 10, zbasic: 63 };

function overridesOf({ config, facts }: ServerRecord, inRecovery: boolean): ServerOverrides {
  const application: ServerOverrides = {
    // No recorded application has a settings handler (real-servers.md 1).
    settings: { roots: [], persistent: false },
    os: { datetime: null, bootloaderInfo: false },
  };
  if (inRecovery) return application;
  const listed = list(member(facts['enum-list'], 'groups')).filter((group) => typeof group === 'number');
  const statistics = statisticsOf(facts);
  return {
    ...application,
    buffers: { size: config.buf_size, count: config.buf_count },
    lines: { max: config.line_length_max ?? 128 },
    groups: listed.length > 0 ? listed : config.groups.flatMap((name) => groupNames[name] ?? []),
    os: osOf(facts),
    image: { slotInfo: isBuiltIn(facts['img-slot-info']) },
    ...(statistics === undefined ? {} : { statistics }),
  };
}

function osOf(facts: ServerRecord['facts']): NonNullable<ServerOverrides['os']> {
  const threads = threadsOf(facts['os-taskstat']);
  const info = infoOf(facts);
  return {
    datetime: facts['os-datetime-get'] !== undefined && isBuiltIn(facts['os-datetime-get']) ? 'seconds' : null,
    bootloaderInfo: facts['os-bootloader-info'] !== undefined && isBuiltIn(facts['os-bootloader-info']),
    params: isBuiltIn(facts['first-params'] ?? facts['os-params']),
    ...(threads === undefined ? {} : { threads }),
    ...(info === undefined ? {} : { info }),
  };
}

/** Threads are shown in the order of their ids, which the names of JSON members do not keep. */
function threadsOf(fact: Json | undefined): readonly ThreadProfile[] | null | undefined {
  if (!isBuiltIn(fact)) return null;
  const tasks = member(fact, 'tasks');
  if (typeof tasks !== 'object' || tasks === null) return undefined;
  const threads = Object.entries(tasks).map(([name, figures]) => ({ name, ...(figures as Omit<ThreadProfile, 'name'>) }));
  return threads.sort((a, b) => a.tid - b.tid);
}

function infoOf(facts: ServerRecord['facts']): InfoProfile | undefined {
  const output = (format: string): string | undefined => {
    const text = member(facts[`os-info-format-${format}`], 'output');
    return typeof text === 'string' ? text : undefined;
  };
  const [os, node, release, version] = [output('s'), output('n'), output('r'), output('v')];
  const [machine, processor, board, buildDate] = [output('m'), output('p'), output('i'), output('b')];
  if (os === undefined || release === undefined || version === undefined) return undefined;
  return {
    node: node ?? 'unknown',
    release,
    version,
    ...(buildDate === undefined ? {} : { buildDate }),
    machine: machine ?? '',
    processor: processor ?? '',
    board: board ?? '',
    os,
    outputMax: 256,
  };
}

/** More counters than any server's encoder takes. */
const tooManyCounters = Array.from({ length: 300 }, (_, index) => [`counter-${index}`, 0] as const);

function statisticsOf(facts: ServerRecord['facts']): readonly StatisticsProfile[] | undefined {
  const names = list(member(facts['stat-list'], 'stat_list')).filter((name) => typeof name === 'string');
  if (names.length === 0) return undefined;
  return names.map((name) => {
    const fields = member(facts[`stat-show-${name}`], 'fields');
    if (typeof fields !== 'object' || fields === null) return { name, fields: tooManyCounters };
    return { name, fields: Object.entries(fields).map(([field, value]) => [field, typeof value === 'number' ? value : 0] as const) };
  });
}

/** An unknown command is answered with rc 8. Without a record of it nothing speaks against it. */
function isBuiltIn(fact: Json | undefined): boolean {
  return member(fact, 'rc') !== 8;
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
